// The coding screen by key and without reloading. Every act is a form of the page, sent as it stands; the answer
// holds the touched passages rendered anew. Without this script each act is a page of its own.
import { card, coding, current, goOn, goTo, isDrawn, light, makeCurrent, openIn, passages, say, step } from "./coding_place.js";
import { openPicker, picker } from "./coding_picker.js";
import { done, retry, send, waiting } from "./coding_sending.js";
import { selectedWords } from "./coding_words.js";

const keys = document.getElementById("keys");

// ---- acting

function press(button) {
  const target = button.closest(".app-suggestion, .app-coded");
  const passage = button.closest(".app-passage");
  const data = new FormData(button.form);
  if (target) {
    data.set("card", target.id);
    target.setAttribute("aria-busy", "true");
  }
  if (button.matches("[data-key=b]")) {
    data.set("read", "yes");
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
  const data = new FormData(passage.querySelector("form"));
  data.set("back", last.card ?? "");
  goTo(passage, passage);
  send(last.url, data);
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

const at = (key) => current().querySelector(`[data-key=${key}]`);

// A key with nothing to press says so: silence reads as a fault.
function pressOr(button, none) {
  button ? button.click() : say(none);
}

const moves = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  u: undo,
  n: () => document.getElementById("next").click(),
  "?": () => keys.showModal(),
  w: () => pressOr(card()?.querySelector("[data-key=w]") ?? at("w"), "You have coded nothing on this passage."),
  x: () => pressOr(at("x"), "This passage cannot be cut anew here."),
  b: () => pressOr(at("b"), "This passage does not wait to be read without suggestions."),
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
  if (!current() && event.key !== "n") {
    return; // a submission without words
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
    const none = () => say(`There is no open suggestion ${event.key} on this passage.`);
    return target ? () => goTo(current(), target) : none;
  }
  if ("ares".includes(event.key) && !event.repeat) {
    const target = card();
    const button = target?.matches(".app-suggestion") ? target : openIn(current())[0];
    return () => {
      const act = button?.querySelector(`[data-key="${event.key}"]`);
      const none = isDrawn(current())
        ? "This passage is read without suggestions: c adds a code, b says that you have read it."
        : "There is no open suggestion on this passage: c adds a code, n goes to the next submission.";
      act ? act.click() : say(none);
    };
  }
  return null;
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
