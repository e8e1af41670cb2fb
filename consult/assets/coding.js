// The coding screen by key and without reloading. Every act is a form of the page, sent as it stands; the answer
// holds the touched passages rendered anew. An act that could not be sent waits, in order, until it can be:
// the page's key makes a second sending the same act.

const coding = document.getElementById("coding");
const status = document.getElementById("status");
const trouble = document.getElementById("trouble");
const picker = document.getElementById("picker");
const keys = document.getElementById("keys");
const search = document.getElementById("picker-search");

const waiting = []; // acts not yet on the server's disk: {url, data}
const done = []; // what can be taken back: {url, block}
let sending = false;
let picking = null; // {url, form, suggestion, selection}

// ---- where one is

const passages = () => [...coding.querySelectorAll(".app-passage")];
const current = () => coding.querySelector(".app-passage.is-current") ?? passages()[0];
const openIn = (passage) => [...passage.querySelectorAll(".app-suggestion:not([aria-busy])")];
const fresh = (passage) => openIn(passage).filter((card) => !card.matches(".app-suggestion--skipped"));

function card() {
  const passage = current();
  const focused = document.activeElement?.closest(".app-suggestion, .app-coded");
  return focused && passage?.contains(focused) ? focused : openIn(passage)[0];
}

function makeCurrent(passage) {
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

function light(suggestion) {
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

function goTo(passage, target) {
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

function step(by) {
  const all = passages();
  const next = all[all.indexOf(current()) + by];
  if (next) {
    goTo(next);
  } else {
    say(by > 0 ? "This is the last passage." : "This is the first passage.");
  }
}

// After a decision: the next open suggestion of the passage, then of the passages after it, then from the top.
function goOn(from) {
  const all = passages();
  const at = all.indexOf(from);
  const ahead = [...all.slice(at), ...all.slice(0, at)];
  const next = ahead.find((passage) => fresh(passage).length > 0);
  if (next) {
    goTo(next, fresh(next)[0]);
  } else {
    from.focus({ preventScroll: true });
    light(null);
  }
}

// ---- saying what happened

function say(words) {
  status.textContent = words;
}

function complain(words, { retry = false, signIn = false } = {}) {
  document.getElementById("trouble-words").textContent = words;
  document.getElementById("retry").hidden = !retry;
  document.getElementById("sign-in").hidden = !signIn;
  trouble.hidden = false;
}

// ---- sending acts, one after the other

function send(url, data) {
  waiting.push({ url, data });
  work();
}

async function work() {
  if (sending) {
    return;
  }
  sending = true;
  try {
    while (waiting.length > 0 && (await sendFirst())) {
      waiting.shift();
    }
  } finally {
    sending = false;
  }
}

// True when the act is settled, one way or the other; false when it has to be sent again.
async function sendFirst() {
  const { url, data } = waiting[0];
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(data),
      headers: { Accept: "application/json" },
    });
  } catch {
    complain(`${unsaved()} There is no connection to the server.`, { retry: true });
    return false;
  }
  const answer = await response.json().catch(() => null);
  if (answer === null && [400, 401, 403].includes(response.status)) {
    complain(`${unsaved()} You have been signed out. Sign in, come back here and choose “Try again”.`, {
      retry: true,
      signIn: true,
    });
    return false;
  }
  if (answer === null || response.status >= 500) {
    complain(`${unsaved()} ${answer?.message ?? "The server could not answer."}`, { retry: true });
    return false;
  }
  receive(answer, response.ok, data);
  return true;
}

function unsaved() {
  return waiting.length === 1 ? "Your last act is not saved yet." : `${waiting.length} acts are not saved yet.`;
}

function receive(answer, fine, data) {
  const block = data.get("block");
  for (const [key, html] of Object.entries(answer.blocks ?? {})) {
    replace(key, html);
  }
  const left = document.getElementById("left");
  if (left && answer.left !== undefined) {
    left.textContent = answer.left;
  }
  if (!fine) {
    complain(answer.message);
    document.getElementById(block)?.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    return;
  }
  trouble.hidden = true;
  if (answer.undo) {
    done.push({ url: answer.undo, block, card: data.get("card") });
  }
  if (data.get("back")) {
    goTo(document.getElementById(block), document.getElementById(data.get("back")));
  }
  const nothingLeft = answer.left === 0 ? " All decided here." : "";
  say(`Saved ${answer.at}. ${answer.message}.${nothingLeft}`);
}

function replace(key, html) {
  const old = document.getElementById(key);
  if (!old) {
    return;
  }
  const held = old.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : null;
  const template = document.createElement("template");
  template.innerHTML = html;
  const anew = template.content.querySelector(".app-passage");
  // Acts on this passage that are still on their way stay marked.
  for (const busy of old.querySelectorAll("[aria-busy]")) {
    if (waiting.slice(1).some(({ data }) => data.get("card") === busy.id)) {
      anew.querySelector(`#${CSS.escape(busy.id)}`)?.setAttribute("aria-busy", "true");
    }
  }
  anew.classList.toggle("is-current", old.classList.contains("is-current"));
  anew.style.minHeight = old.style.minHeight;
  old.replaceWith(anew);
  if (held) {
    const focus = document.getElementById(held) ?? anew;
    focus.focus({ preventScroll: true });
    light(focus.closest(".app-suggestion"));
  }
}

// A new page has a new token: the old one ended with the old session.
async function retry() {
  trouble.hidden = true;
  try {
    const page = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" } });
    const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = parsed.querySelector("#coding input[name=csrf_token]")?.value;
    if (page.ok && token) {
      for (const field of document.querySelectorAll("input[name=csrf_token]")) {
        field.value = token;
      }
      for (const { data } of waiting) {
        data.set("csrf_token", token);
      }
    }
  } catch {
    // Sending will say what is wrong.
  }
  work();
}

// ---- acting

function fieldsOf(form) {
  return new FormData(form);
}

function press(button) {
  const target = button.closest(".app-suggestion, .app-coded");
  const passage = button.closest(".app-passage");
  const data = fieldsOf(button.form);
  if (target) {
    data.set("card", target.id);
    target.setAttribute("aria-busy", "true");
  }
  send(button.formAction, data);
  if (target?.matches(".app-suggestion")) {
    goOn(passage);
  }
}

function undo() {
  const last = done.pop();
  const button = last ? null : current().querySelector("[data-undo]");
  if (button) {
    press(button);
    return;
  }
  const passage = last && document.getElementById(last.block);
  if (!passage) {
    say("There is nothing to undo here.");
    return;
  }
  const data = fieldsOf(passage.querySelector("form"));
  data.set("back", last.card ?? "");
  goTo(passage, passage);
  send(last.url, data);
}

// ---- words selected in the text, counted in code points as the server counts them

const codePoints = (words) => [...words].length;

function selectedWords() {
  const selection = getSelection();
  if (selection.rangeCount === 0 || selection.isCollapsed) {
    return null;
  }
  const range = selection.getRangeAt(0);
  const [first, last] = [range.startContainer, range.endContainer].map((node) =>
    (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".app-passage__text"),
  );
  const touched = [...coding.querySelectorAll(".app-passage__text")].filter((text) => range.intersectsNode(text));
  const [from, to] = [first ?? touched[0], last ?? touched.at(-1)];
  if (!from || !to) {
    return null;
  }
  const [start, end] = [offsetIn(from, range, first, "start"), offsetIn(to, range, last, "end")];
  const [passage, other] = [from, to].map((text) => text.closest(".app-passage"));
  if (passage.dataset.text !== other.dataset.text) {
    return { problem: "The words are in two answers. Select words within one answer." };
  }
  return { passage, text: passage.dataset.text, start, end, words: range.toString(), whole: from === to };
}

function offsetIn(text, range, inside, edge) {
  const base = Number(text.closest(".app-passage").dataset.start);
  const before = document.createRange();
  before.selectNodeContents(text);
  if (inside && edge === "start") {
    before.setEnd(range.startContainer, range.startOffset);
  } else if (inside) {
    before.setEnd(range.endContainer, range.endOffset);
  } else if (edge === "start") {
    before.collapse(true);
  }
  return base + codePoints(before.toString());
}

// ---- the code picker: a text field that filters a list, the choice moved by arrows

const options = () => [...picker.querySelectorAll("[role=option]")];
const shown = () => options().filter((option) => !option.hidden);
const chosen = () => shown().find((option) => option.getAttribute("aria-selected") === "true");

function openPicker(link) {
  const suggestion = link.closest(".app-suggestion");
  const selection = suggestion ? null : selectedWords();
  if (selection?.problem) {
    complain(selection.problem);
    return;
  }
  const passage = selection?.passage ?? link.closest(".app-passage");
  picking = { url: link.dataset.pick, passage, suggestion, selection };
  document.getElementById("picker-title").textContent = suggestion ? "Another code" : "Add a code";
  document.getElementById("picker-about").textContent = about(suggestion, selection, link);
  search.value = "";
  filter();
  picker.showModal();
  search.focus();
}

function about(suggestion, selection, link) {
  if (suggestion) {
    return `In the place of “${link.dataset.name}”.`;
  }
  return selection ? `For the words “${selection.words.trim()}”.` : "For the whole passage.";
}

function filter() {
  const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  for (const option of options()) {
    const words = option.textContent.toLowerCase();
    option.hidden = !wanted.every((part) => words.includes(part));
  }
  // A hit in the name goes before one in the definition.
  const named = (option) => {
    const name = option.querySelector(".app-picker__name").textContent.toLowerCase();
    return wanted.every((part) => name.includes(part));
  };
  choose(shown().find(named) ?? shown()[0]);
  const count = shown().length;
  document.getElementById("picker-count").textContent =
    count === 0 ? "No code has these words." : `${count} ${count === 1 ? "code" : "codes"}`;
}

function choose(option) {
  for (const one of options()) {
    one.setAttribute("aria-selected", String(one === option));
  }
  if (option) {
    search.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    search.removeAttribute("aria-activedescendant");
  }
}

function moveChoice(by) {
  const all = shown();
  const at = all.indexOf(chosen());
  choose(all[Math.max(0, Math.min(all.length - 1, at + by))]);
}

function useChoice() {
  const option = chosen();
  if (!option || !picking) {
    return;
  }
  const { url, suggestion, selection, passage } = picking;
  const data = fieldsOf(passage.querySelector("form"));
  data.set("code", option.dataset.code);
  if (suggestion) {
    data.set("card", suggestion.id);
  } else {
    data.set("text", passage.dataset.text);
    data.set("passage_start", passage.dataset.start);
    data.set("passage_end", passage.dataset.end);
    if (selection) {
      data.set("start", selection.start);
      data.set("end", selection.end);
      data.set("words", selection.words);
    }
  }
  picker.close();
  getSelection().removeAllRanges();
  suggestion?.setAttribute("aria-busy", "true");
  send(url, data);
  if (suggestion) {
    goOn(passage);
  } else {
    goTo(passage, passage);
  }
}

// ---- keys

function typing(target) {
  return target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]") !== null;
}

function keysOn() {
  try {
    return localStorage.getItem("single-keys") !== "off";
  } catch {
    return true;
  }
}

const moves = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  u: undo,
  n: () => document.getElementById("next").click(),
  "?": () => keys.showModal(),
  w: () => (card()?.querySelector("[data-key=w]") ?? current().querySelector("[data-key=w]"))?.click(),
  c: () => (selectedWords()?.passage ?? current()).querySelector("[data-key=c]").click(),
};

function onKey(event) {
  const plain = !(event.ctrlKey || event.altKey || event.metaKey) && !event.isComposing;
  if (!plain || typing(event.target) || picker.open || keys.open || (!keysOn() && event.key !== "?")) {
    return;
  }
  // With the shift key held, arrows select words.
  if (event.shiftKey && event.key.startsWith("Arrow")) {
    return;
  }
  const act = moves[event.key] ?? actionOf(event);
  if (act) {
    event.preventDefault();
    act();
  }
}

function actionOf(event) {
  if (/^[1-5]$/.test(event.key)) {
    const target = openIn(current())[Number(event.key) - 1];
    return target && (() => goTo(current(), target));
  }
  if ("ares".includes(event.key) && !event.repeat) {
    const target = card();
    const button = target?.matches(".app-suggestion") ? target : openIn(current())[0];
    return () => {
      const act = button?.querySelector(`[data-key="${event.key}"]`);
      act ? act.click() : say("There is no open suggestion on this passage. c adds a code.");
    };
  }
  return null;
}

function onPickerKey(event) {
  const act = {
    ArrowDown: () => moveChoice(1),
    ArrowUp: () => moveChoice(-1),
    PageDown: () => moveChoice(8),
    PageUp: () => moveChoice(-8),
    Enter: useChoice,
  }[event.key];
  if (act && !event.isComposing) {
    event.preventDefault();
    act();
  }
}

// ---- start

// An address may name any place of a text: the passage it lies in is meant.
function named(hash) {
  const [, text, start] = hash.match(/^#t(\d+)-(\d+)$/) ?? [];
  return passages().find(
    ({ dataset }) => dataset.text === text && Number(dataset.start) <= start && start < Number(dataset.end),
  );
}

function onClick(event) {
  const pick = event.target.closest("[data-pick]");
  const button = event.target.closest("button[formaction]");
  const passage = event.target.closest(".app-passage");
  if (pick) {
    event.preventDefault();
    openPicker(pick);
  } else if (button) {
    event.preventDefault();
    press(button);
  } else if (passage && getSelection().isCollapsed) {
    makeCurrent(passage);
    light(event.target.closest(".app-suggestion"));
  }
}

if (coding) {
  coding.classList.add("keys-heard");
  document.getElementById("bar").classList.add("keys-heard");
  document.getElementById("keys-open").hidden = false;
  coding.addEventListener("click", onClick);
  coding.addEventListener("focusin", (event) => {
    const passage = event.target.closest(".app-passage");
    if (passage) {
      makeCurrent(passage);
      light(event.target.closest(".app-suggestion"));
    }
  });
  document.addEventListener("keydown", onKey);
  document.getElementById("keys-open").addEventListener("click", () => keys.showModal());
  document.getElementById("retry").addEventListener("click", retry);
  document.getElementById("picker-choose").addEventListener("click", useChoice);
  search.addEventListener("input", filter);
  search.addEventListener("keydown", onPickerKey);
  picker.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) {
      choose(option);
      useChoice();
    }
  });
  const switchOfKeys = document.getElementById("keys-on");
  switchOfKeys.checked = keysOn();
  switchOfKeys.addEventListener("change", () => {
    try {
      localStorage.setItem("single-keys", switchOfKeys.checked ? "on" : "off");
    } catch {
      say("This browser does not let the page remember that.");
    }
  });
  addEventListener("beforeunload", (event) => {
    if (waiting.length > 0) {
      event.preventDefault();
    }
  });
  goTo(named(location.hash) ?? current());
}
