// Paragraphs and their questions by key. Every key does what a select or a button of the page does without script.
const rows = [...document.querySelectorAll("[data-row]")];
const keys = document.getElementById("keys");
const keysOn = document.getElementById("keys-on");
const count = document.getElementById("count");
const selects = rows.map((row) => row.querySelector("select")).filter(Boolean);
const shown = new Map(selects.map((select) => [select, select.value]));
let at = -1;
let from = -1;

function mark() {
  const [low, high] = from < at ? [from, at] : [at, from];
  rows.forEach((row, index) => {
    row.classList.toggle("app-map__row--current", index >= low && index <= high);
  });
  rows[at]?.querySelector("select")?.focus({ preventScroll: true });
  rows[at]?.scrollIntoView({ block: "nearest" });
}

function step(by, extend) {
  at = Math.min(Math.max(at < 0 ? 0 : at + by, 0), rows.length - 1);
  from = extend && from >= 0 ? from : at;
  mark();
}

function put(number) {
  const [low, high] = from < at ? [from, at] : [at, from];
  for (const row of rows.slice(Math.max(low, 0), high + 1)) {
    const select = row.querySelector("select");
    const option = select?.querySelector(`option[data-number="${number}"]`);
    if (option) {
      select.value = option.value;
    }
  }
  tell();
}

function tell() {
  const changed = selects.filter((select) => select.value !== shown.get(select)).length;
  count.textContent = changed === 0 ? "" : changed === 1 ? "1 change not kept yet" : `${changed} changes not kept yet`;
}

// Kept for all rooms that act on single keys.
function stored() {
  try {
    return localStorage.getItem("single-keys") !== "off";
  } catch {
    return true;
  }
}

function store() {
  try {
    localStorage.setItem("single-keys", keysOn.checked ? "on" : "off");
  } catch {
    // the choice then lasts for this page
  }
}

function onKey(event) {
  if (!keysOn.checked) {
    return;
  }
  const typing = event.target.closest("input:not([type=checkbox]), textarea, [contenteditable]") !== null;
  const ranging = event.target.closest("#range_question") !== null;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing || ranging) {
    return;
  }
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    step(key === "j" ? 1 : -1, event.shiftKey);
  } else if (/^[0-9]$/.test(key) && at >= 0) {
    put(key);
  } else if ((key === "a" || key === "s") && !event.repeat) {
    document.querySelector(`[data-key="${key}"]`)?.click();
  } else {
    return;
  }
  event.preventDefault();
}

if (keys && count) {
  keys.hidden = false;
  keysOn.checked = stored();
  keysOn.addEventListener("change", store);
  document.addEventListener("keydown", onKey);
  for (const select of selects) {
    select.addEventListener("change", tell);
    select.addEventListener("focus", () => {
      const index = rows.indexOf(select.closest("[data-row]"));
      if (index !== at) {
        at = from = index;
        mark();
      }
    });
  }
  tell();
}
