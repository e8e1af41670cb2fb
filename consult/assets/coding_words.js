// Words selected in the text, counted in code points as the server counts them.
import { coding } from "./coding_place.js";

const codePoints = (words) => [...words].length;

export function selectedWords() {
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
  const within = touched.slice(touched.indexOf(from), touched.indexOf(to) + 1);
  const words = within.map((text) => wordsIn(text, range)).join("\n");
  return { passage, text: passage.dataset.text, start, end, words, whole: from === to };
}

// What of one passage's own words is selected: between two passages stand panels, whose words nobody selected.
function wordsIn(text, range) {
  const own = document.createRange();
  own.selectNodeContents(text);
  if (own.compareBoundaryPoints(Range.START_TO_START, range) < 0) {
    own.setStart(range.startContainer, range.startOffset);
  }
  if (own.compareBoundaryPoints(Range.END_TO_END, range) > 0) {
    own.setEnd(range.endContainer, range.endOffset);
  }
  return own.toString();
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
