// Where one is on the coding screen, and what it says.

export const coding = document.getElementById("coding");
const status = document.getElementById("status");
const trouble = document.getElementById("trouble");

export const passages = () => [...coding.querySelectorAll(".app-passage")];
export const current = () => coding.querySelector(".app-passage.is-current") ?? passages()[0];
export const openIn = (passage) => [...passage.querySelectorAll(".app-suggestion:not([aria-busy])")];
const fresh = (passage) => openIn(passage).filter((card) => !card.matches(".app-suggestion--skipped"));

// One drawn by lot waits to be read; the others wait for what was proposed on them.
export const isDrawn = (passage) => Boolean(passage?.querySelector(".app-blind"));
const waits = (passage) => fresh(passage).length > 0 || isDrawn(passage);

export const anyFresh = () => passages().some(waits);

export function card() {
  const passage = current();
  const focused = document.activeElement?.closest(".app-suggestion, .app-coded");
  return focused && passage?.contains(focused) ? focused : openIn(passage)[0];
}

export function makeCurrent(passage) {
  const before = coding.querySelector(".is-current");
  if (before !== passage) {
    before?.classList.remove("is-current");
    before?.style.removeProperty("min-height");
    // The panel of the current passage lies over the page: without this the row could shrink and the text jump.
    passage.style.minHeight = `${passage.getBoundingClientRect().height}px`;
    passage.classList.add("is-current");
  }
  for (const one of passages()) {
    one.toggleAttribute("aria-current", one === passage);
  }
}

export function light(suggestion) {
  for (const word of coding.querySelectorAll(".is-lit")) {
    word.classList.remove("is-lit");
  }
  const id = suggestion?.dataset.suggestion;
  if (id) {
    for (const word of suggestion.closest(".app-passage").querySelectorAll(".app-reason")) {
      word.classList.toggle("is-lit", word.dataset.of.split(" ").includes(id));
    }
  }
}

export function goTo(passage, target) {
  if (!passage) {
    return;
  }
  makeCurrent(passage);
  const focus = target ?? openIn(passage)[0] ?? passage;
  focus.focus({ preventScroll: true });
  light(focus);
  passage.querySelector(".app-panel").scrollIntoView({ block: "nearest" });
  passage.scrollIntoView({ block: "nearest" });
  focus.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const all = passages();
  const next = all[all.indexOf(current()) + by];
  if (next) {
    goTo(next);
  } else {
    say(by > 0 ? "This is the last passage." : "This is the first passage.");
  }
}

// After a decision: the next open suggestion of the passage, then of the passages after it, then from the top.
export function goOn(from) {
  const all = passages();
  const at = all.indexOf(from);
  const ahead = [...all.slice(at), ...all.slice(0, at)];
  const next = ahead.find(waits);
  if (next) {
    goTo(next, fresh(next)[0]);
  } else {
    from.focus({ preventScroll: true });
    light(null);
  }
}

export function say(words) {
  status.textContent = words;
}

export function complain(words, { retry = false, signIn = false } = {}) {
  document.getElementById("trouble-words").textContent = words;
  document.getElementById("retry").hidden = !retry;
  document.getElementById("sign-in").hidden = !signIn;
  trouble.hidden = false;
}

export function calm() {
  trouble.hidden = true;
}
