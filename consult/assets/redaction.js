// The redaction desk by key. Every key presses a button or follows a link of the page, which works without script.
const keysOn = document.getElementById("keys-on");
const ownWords = document.getElementById("own_words");
const status = document.getElementById("status");

function stored() {
  try {
    return localStorage.getItem("single-keys") !== "off";
  } catch {
    return true;
  }
}

function typing(target) {
  return target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]") !== null;
}

// Words selected on the left go into the form below; what stands there was typed and stays otherwise.
function takeSelection() {
  const selection = getSelection();
  if (selection.isCollapsed || selection.rangeCount === 0) {
    return false;
  }
  const range = selection.getRangeAt(0);
  const texts = [...document.querySelectorAll("[data-text]")].filter((text) => range.intersectsNode(text));
  if (texts.length !== 1) {
    status.textContent = "Select words within one answer, on the left.";
    return false;
  }
  const copy = range.cloneContents();
  for (const other of copy.querySelectorAll(".app-mark-on__number, .app-paragraph__number")) {
    other.remove();
  }
  ownWords.value = copy.textContent.replace(/\s+/g, " ").trim();
  return true;
}

function onKey(event) {
  const plain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) && !event.isComposing;
  if (!plain || !keysOn.checked || typing(event.target)) {
    return;
  }
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button) {
    return;
  }
  event.preventDefault();
  if (event.key === "s") {
    const taken = takeSelection();
    if (!taken || !ownWords.value) {
      ownWords.focus();
      return;
    }
  }
  button.click();
  if (event.key === "e") {
    document.getElementById("words").focus();
  }
}

function showKeys() {
  document.getElementById("desk").classList.toggle("keys-heard", keysOn.checked);
}

document.getElementById("keys-line").hidden = false;
keysOn.checked = stored();
showKeys();
keysOn.addEventListener("change", () => {
  showKeys();
  try {
    localStorage.setItem("single-keys", keysOn.checked ? "on" : "off");
  } catch {
    // the choice then lasts for this page
  }
});
document.addEventListener("keydown", onKey);
if (location.hash === "#item") {
  document.getElementById("item")?.focus({ preventScroll: true });
  if (matchMedia("(min-width: 48.0625em) and (min-height: 45em)").matches) {
    document.querySelector(".app-mark-on--current")?.scrollIntoView({ block: "nearest" });
  }
}
