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
