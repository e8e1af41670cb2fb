// Keys for whoever reviews letters one by one. Each only presses a button of the page, which works without them.
const variants = [...document.querySelectorAll("[data-variant]")];
for (const told of document.querySelectorAll(".app-keys")) {
  told.hidden = false;
}

function isTyping(place) {
  return place.closest("input:not([type=checkbox], [type=radio]), textarea, select") !== null;
}

function current() {
  return document.activeElement.closest("[data-variant]");
}

function go(step) {
  const at = variants.indexOf(current());
  const next = at < 0 ? variants[0] : variants[at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const here = current();
  const button = [...document.querySelectorAll(`button[data-key="${key}"]`)].find(
    (each) => here?.contains(each) || !each.closest("[data-variant]"),
  );
  button?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) {
    return;
  }
  if (event.key === "j" || event.key === "k") {
    go(event.key === "j" ? 1 : -1);
  } else if (/^[a-z]$/.test(event.key)) {
    press(event.key);
  }
});
