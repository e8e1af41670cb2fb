// Words as they are typed and chosen: how many there are, and which are to be kept back.

// A field marked data-counts-words="ID" has its words counted into that element, in the page's own wordings.
for (const field of document.querySelectorAll("[data-counts-words]")) {
  const count = document.getElementById(field.dataset.countsWords);
  if (count) {
    const wordings = JSON.parse(count.dataset.wordings);
    const kinds = new Intl.PluralRules(document.documentElement.lang);
    const written = new Intl.NumberFormat(document.documentElement.lang);
    field.addEventListener("input", () => {
      const words = field.value.split(/\s+/).filter(Boolean).length;
      const wording = wordings[kinds.select(words)] ?? wordings.other;
      count.textContent = wording.replace("%{count}", written.format(words));
    });
  }
}

// Words selected within data-marking="ID" are put into that field; without script they are copied there.
for (const text of document.querySelectorAll("[data-marking]")) {
  const field = document.getElementById(text.dataset.marking);
  const take = () => {
    const chosen = getSelection();
    const words = text.contains(chosen.anchorNode) && text.contains(chosen.focusNode) ? String(chosen).trim() : "";
    if (words) {
      field.value = words;
    }
    return words;
  };
  text.addEventListener("mouseup", take);
  text.addEventListener("keyup", take);
  // A press that ends a selection must not tick the paragraph under it.
  text.addEventListener("click", (event) => {
    if (event.target.closest("label") && take()) {
      event.preventDefault();
    }
  });
}
