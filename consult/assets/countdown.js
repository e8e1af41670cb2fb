// Keeps the words on how much time is left up to date. They always come from the server, whose clock decides: the clock
// of this device may be wrong. Without script, or without network, the page says what was so when it was opened.
const words = document.querySelector("[data-app-countdown]");
const aloud = document.querySelector("[data-app-countdown-aloud]");

async function ask() {
  let again = Number(words.dataset.again);
  try {
    const answer = await fetch(words.dataset.appCountdown, { headers: { Accept: "application/json" } });
    const left = await answer.json();
    show(left);
    again = left.again;
  } catch {
    again = Math.max(again, 30); // no network: the words stay, and are asked for again
  }
  if (again > 0) {
    setTimeout(ask, again * 1000);
  }
}

function show(left) {
  words.textContent = left.words;
  // Said aloud only when an hour, ten minutes and two minutes are left, and at the end: a voice that counts would be
  // in the way of writing.
  if (left.passed > Number(words.dataset.passed)) {
    aloud.textContent = left.words;
  }
  words.dataset.passed = left.passed;
}

if (words) {
  setTimeout(ask, Number(words.dataset.again) * 1000);
}
