// On every page. All of it is a convenience: each page works without script.
import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
} from "govuk-frontend";

import "./countdown.js";
import "./respond_words.js";

// The components look for these marks. They are set here and not by a line inside the page, which our
// Content-Security-Policy refuses.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

// A second press of "Send" must not send twice, also from a page that forgot to ask for it.
createAll(Button, { preventDoubleClick: true });

const others = [
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
];
for (const component of others) {
  createAll(component);
}

// A part marked data-poll="2000" is fetched anew that often, while somebody waits for a job. Its children are exchanged
// and not itself, so that what a screen reader listens to stays in place.
function poll(part) {
  setTimeout(async () => {
    const fresh = await freshCopy(part);
    if (!fresh) {
      return; // signed out, or no network: the page still has its link
    }
    if (!fresh.dataset.poll) {
      location.reload();
      return;
    }
    part.replaceChildren(...fresh.childNodes);
    poll(part);
  }, Number(part.dataset.poll));
}

async function freshCopy(part) {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.getElementById(part.id);
  } catch {
    return null;
  }
}

for (const part of document.querySelectorAll("[data-poll][id]")) {
  poll(part);
}
