// Sending acts, one after the other. One that could not be sent waits, in order, until it can be: the page's key
// makes a second sending the same act.
import { anyFresh, calm, complain, goOn, goTo, light, say } from "./coding_place.js";

export const waiting = []; // acts not yet on the server's disk: {url, data}
export const done = []; // what can be taken back: {url, block, card}
let sending = false;

export function send(url, data) {
  waiting.push({ url, data });
  work();
}

async function work() {
  if (sending) {
    return;
  }
  sending = true;
  try {
    while (waiting.length > 0 && (await sendFirst())) {
      waiting.shift();
    }
  } finally {
    sending = false;
  }
}

// True when the act is settled, one way or the other; false when it has to be sent again.
async function sendFirst() {
  const { url, data } = waiting[0];
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(data),
      headers: { Accept: "application/json" },
    });
  } catch {
    complain(`${unsaved()} There is no connection to the server.`, { retry: true });
    return false;
  }
  const answer = await response.json().catch(() => null);
  if (answer === null && [400, 401, 403].includes(response.status)) {
    complain(`${unsaved()} You have been signed out. Sign in, come back here and choose “Try again”.`, {
      retry: true,
      signIn: true,
    });
    return false;
  }
  if (answer === null || response.status >= 500) {
    complain(`${unsaved()} ${answer?.message ?? "The server could not answer."}`, { retry: true });
    return false;
  }
  receive(answer, response.ok, data);
  return true;
}

function unsaved() {
  return waiting.length === 1 ? "Your last act is not saved yet." : `${waiting.length} acts are not saved yet.`;
}

function receive(answer, fine, data) {
  const block = data.get("block");
  for (const [key, html] of Object.entries(answer.blocks ?? {})) {
    replace(key, html);
  }
  const left = document.getElementById("left");
  if (left && answer.left !== undefined) {
    left.textContent = answer.left;
  }
  if (!fine) {
    complain(answer.message);
    document.getElementById(block)?.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    return;
  }
  calm();
  if (answer.undo) {
    done.push({ url: answer.undo, block, card: data.get("card") });
  }
  if (data.get("read")) {
    goOn(document.getElementById(block)); // to what was proposed for it, if anything was
  }
  if (data.get("back")) {
    goTo(document.getElementById(block), document.getElementById(data.get("back")));
  }
  say(`Saved ${answer.at}. ${answer.message}.${whatIsLeft(answer.left)}`);
}

function whatIsLeft(left) {
  if (left === 0) {
    return " All decided here.";
  }
  return left !== undefined && !anyFresh() ? " Only what was skipped is left here." : "";
}

function replace(key, html) {
  const old = document.getElementById(key);
  if (!old) {
    return;
  }
  const held = old.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : null;
  const template = document.createElement("template");
  template.innerHTML = html;
  const anew = template.content.querySelector(".app-passage");
  // Acts on this passage that are still on their way stay marked.
  for (const busy of old.querySelectorAll("[aria-busy]")) {
    if (waiting.slice(1).some(({ data }) => data.get("card") === busy.id)) {
      anew.querySelector(`#${CSS.escape(busy.id)}`)?.setAttribute("aria-busy", "true");
    }
  }
  anew.classList.toggle("is-current", old.classList.contains("is-current"));
  anew.style.minHeight = old.style.minHeight;
  old.replaceWith(anew);
  if (held) {
    const focus = document.getElementById(held) ?? anew;
    focus.focus({ preventScroll: true });
    light(focus.closest(".app-suggestion"));
  }
}

// A new page has a new token: the old one ended with the old session.
export async function retry() {
  calm();
  try {
    const page = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" } });
    const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = parsed.querySelector("#coding input[name=csrf_token]")?.value;
    if (page.ok && token) {
      for (const field of document.querySelectorAll("input[name=csrf_token]")) {
        field.value = token;
      }
      for (const { data } of waiting) {
        data.set("csrf_token", token);
      }
    }
  } catch {
    // Sending will say what is wrong.
  }
  work();
}
