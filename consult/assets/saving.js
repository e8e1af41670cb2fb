// Saves what somebody types on a page of the journey: two seconds after the last key, every eight while typing goes on,
// and when the page is left. Words are kept on the page and on the server, and nowhere else in the browser.
const QUIET = 2_000;
const LONGEST = 8_000;
const PATIENCE = 15_000;
const SLOWEST = 20_000;
// Browsers refuse to carry more than 64 KiB beyond the end of a page.
const CARRIED = 60_000;
const FINAL = new Set(["gone", "closed", "sent"]);

class Saving {
  constructor(form) {
    this.form = form;
    this.shown = form.querySelector("[data-saving-shown]");
    this.told = form.querySelector("[data-saving-told]");
    this.turn = Number(form.elements.turn.value);
    this.typed = 0; // counts changes
    this.saved = 0; // the count up to which the server has them
    this.since = 0; // when the oldest change that is not saved was made
    this.last = 0; // when the newest was
    this.carried = 0; // the count up to which a page that is going has sent them along
    this.pause = 0; // before the next try, after one that failed
    this.notBefore = 0; // when that is
    this.over = false;
    this.sending = null;
    this.timer = null;
    this.listen();
  }

  listen() {
    for (const kind of ["input", "change"]) {
      this.form.addEventListener(kind, () => this.changed());
    }
    this.form.addEventListener("focusout", () => this.plan(0));
    this.form.addEventListener("submit", (event) => this.beforeSubmit(event));
    addEventListener("online", () => {
      this.notBefore = 0;
      this.plan(0);
    });
    addEventListener("pagehide", () => this.carry());
    addEventListener("beforeunload", (event) => this.leave(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.carry());
  }

  get unsaved() {
    return !this.over && this.typed > this.saved;
  }

  changed() {
    this.last = Date.now();
    if (!this.unsaved) {
      this.since = this.last;
    }
    this.typed += 1;
    this.plan();
  }

  plan(due = Math.min(this.last + QUIET, this.since + LONGEST)) {
    clearTimeout(this.timer);
    if (this.unsaved) {
      this.timer = setTimeout(() => this.save(), Math.max(due, this.notBefore) - Date.now());
    }
  }

  // Returns whether everything typed is saved now. One save at a time; a second one waits for the first.
  async save() {
    clearTimeout(this.timer);
    while (this.sending) {
      await this.sending;
    }
    if (!this.unsaved) {
      return !this.over;
    }
    this.sending = this.send();
    const done = await this.sending;
    this.sending = null;
    this.plan();
    return done && !this.unsaved;
  }

  async send() {
    const upTo = this.typed;
    try {
      const answer = await fetch(this.form.dataset.saving, {
        ...this.request(),
        signal: AbortSignal.timeout(PATIENCE),
      });
      return this.heard(upTo, answer, await answer.json());
    } catch {
      return this.failed(this.shown.dataset.trying);
    }
  }

  request() {
    this.turn += 1;
    this.form.elements.turn.value = this.turn;
    const words = new FormData(this.form);
    for (const [name, value] of [...words]) {
      if (value instanceof File) {
        words.delete(name);
      }
    }
    return { method: "POST", body: words, headers: { Accept: "application/json" }, redirect: "error" };
  }

  heard(upTo, answer, { state, message, token }) {
    if (token) {
      this.form.elements.csrf_token.value = token;
    }
    this.over = FINAL.has(state);
    if (this.over) {
      this.tell(message, true);
      return false;
    }
    if (!answer.ok) {
      return this.failed(answer.status === 413 ? this.shown.dataset.tooLong : this.shown.dataset.busy);
    }
    this.saved = Math.max(this.saved, upTo);
    this.since = Date.now();
    this.pause = 0;
    this.notBefore = 0;
    this.tell(message, state === "waiting" || state === "untouched");
    return true;
  }

  failed(message) {
    this.pause = Math.min(SLOWEST, Math.max(QUIET, this.pause * 2));
    this.notBefore = Date.now() + this.pause;
    this.tell(message, true);
    return false;
  }

  // Said aloud only when things change from well to not so well or back, and the first time: not every few seconds.
  tell(message, worrying) {
    const before = this.shown.textContent;
    if (!before || this.shown.classList.contains("app-saving--failing") !== worrying) {
      this.told.textContent = message;
    }
    this.shown.textContent = message;
    this.shown.classList.toggle("app-saving--failing", worrying);
  }

  // The page is going: what is not saved yet is sent along, in a request that outlives it.
  carry() {
    if (this.unsaved && !this.submitting && this.typed > this.carried) {
      const upTo = this.typed;
      this.carried = upTo;
      fetch(this.form.dataset.saving, { ...this.request(), keepalive: this.isCarried })
        .then(async (answer) => this.heard(upTo, answer, await answer.json()))
        .catch(() => {
          this.carried = 0;
        });
    }
  }

  get isCarried() {
    const words = [...new FormData(this.form).values()];
    return words.reduce((sum, each) => sum + new Blob([each]).size, 0) < CARRIED;
  }

  // Words are saved before their page is given up: on a broken line its own post would take them along.
  async beforeSubmit(event) {
    if (this.submitting) {
      this.turn += 1;
      this.form.elements.turn.value = this.turn;
      return;
    }
    if (!this.unsaved) {
      return;
    }
    event.preventDefault();
    const saved = await this.save();
    if (this.submitting) {
      return;
    }
    if (saved || this.over) {
      this.submitting = true;
      // A press counts once a second for the buttons, so it is the form that is sent.
      this.form.requestSubmit(event.submitter);
    } else {
      this.shown.scrollIntoView({ block: "center" });
    }
  }

  // Whoever reloads gets the page that was asked for after this, so the words set out before it is.
  leave(event) {
    this.carry();
    if (this.unsaved && !this.submitting && (this.pause || !this.isCarried)) {
      event.preventDefault();
    }
  }
}

const form = document.querySelector("form[data-saving]");
if (form) {
  const saving = new Saving(form);
  addEventListener("pageshow", () => {
    saving.submitting = false;
  });
}

// A link of ours carries its code behind "#", which no server and no other page gets to see. It is put into its field, and
// taken out of the address before anybody copies that.
const code = document.querySelector("[data-code]");
if (code && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
}
