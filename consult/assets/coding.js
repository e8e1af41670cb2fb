// The coding screen by key: a press of "a" presses the button marked data-key="a", the one in front when several are.

function typing(target) {
  return target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target)) {
    return;
  }
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
  if (button) {
    event.preventDefault();
    button.click();
  }
});
