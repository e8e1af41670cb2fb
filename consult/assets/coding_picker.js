// The picker of codes: a text field that filters a list, the choice moved by arrows.
import { complain, goOn, goTo } from "./coding_place.js";
import { send } from "./coding_sending.js";
import { selectedWords } from "./coding_words.js";

export const picker = document.getElementById("picker");
const search = document.getElementById("picker-search");
let picking = null; // {url, passage, suggestion, selection}

const options = () => [...picker.querySelectorAll("[role=option]")];
const shown = () => options().filter((option) => !option.hidden);
const chosen = () => shown().find((option) => option.getAttribute("aria-selected") === "true");

export function openPicker(link) {
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
    // The code proposed cannot take its own place.
    const proposed = option.dataset.code === picking.suggestion?.dataset.code;
    option.hidden = proposed || !wanted.every((part) => words.includes(part));
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
  const data = new FormData(passage.querySelector("form"));
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

search.addEventListener("input", filter);
search.addEventListener("keydown", onPickerKey);
document.getElementById("picker-choose").addEventListener("click", useChoice);
picker.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) {
    choose(option);
    useChoice();
  }
});
