// Keys for a clerk at the inbox. Each only presses what is on the page, which works without them.
const entries = [...document.querySelectorAll("[data-entry]")];
const keys = document.getElementById("keys");
const tickPage = document.getElementById("tick-page");

function current() {
  return document.activeElement.closest("[data-entry]");
}

function go(entry) {
  entry?.focus();
  entry?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const at = entries.indexOf(current());
  go(at < 0 ? entries[0] : entries[at + by]);
}

function inCurrent(selector) {
  return current()?.querySelector(selector);
}

const acts = {
  j: () => step(1),
  k: () => step(-1),
  x: () => inCurrent("input[name=tick]")?.click(),
  a: () => inCurrent("[data-accept]")?.click(),
  o: () => inCurrent("[data-open]")?.click(),
  d: () => inCurrent("[data-decide]")?.click(),
  m: () => document.getElementById("to")?.focus(),
  "?": () => {
    keys.open = !keys.open;
    keys.scrollIntoView({ block: "nearest" });
  },
};

function isTyping(place) {
  return place.closest("input:not([type=checkbox]), textarea, select") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) {
    return;
  }
  const act = acts[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

if (tickPage) {
  tickPage.hidden = false;
  keys.hidden = false;
  tickPage.querySelector("input").addEventListener("change", (event) => {
    for (const box of document.querySelectorAll("input[name=tick]")) {
      box.checked = event.target.checked;
    }
  });
}

// After accepting one the address names the next, where the clerk goes on.
go(document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("[data-entry]"));
