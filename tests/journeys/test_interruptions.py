"""What a respondent loses when something comes between: ten seconds of typing, without script the page.

Each interruption is made in a real browser against a real server, with script and without. What is kept is
read from the database itself.
"""

import hashlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.journeys.conftest import ROOT, Site, free_port, wait_for

CALL = "/calls/future-of-localism/call-for-evidence"
JOURNEY = "/respond/future-of-localism/call-for-evidence"
FIRST = "The last bus left in 2019."
MORE = " Nobody asked us, and nobody told us who decides."
MOST_LOST_SECONDS = 10
SAVED = re.compile(r"^Saved at \d\d:\d\d$")

WITH_AND_WITHOUT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@dataclass
class Server:
    """A site of our own, on a copy of the demo, that may be killed."""

    instance: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = self.instance / "serve.log"
        with log.open("ab") as output:
            serve = ["-m", "flask", "--app", "wsgi", "serve", "--no-demo", "--port", str(self.port)]
            self.process = subprocess.Popen(
                [sys.executable, *serve],
                cwd=ROOT,
                env={**os.environ, "CONSULT_INSTANCE": str(self.instance)},
                stdout=output,
                stderr=output,
            )
        wait_for(self.url, self.process, log)

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def server(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a copy of the demo in a process of its own."""
    instance = tmp_path_factory.mktemp("killed")
    demo, copy = (sqlite3.connect(folder / "consult.db") for folder in (site.instance, instance))
    with closing(demo), closing(copy):
        demo.backup(copy)
    server = Server(instance, free_port())
    server.start()
    yield server
    server.kill()


@dataclass
class Respondent:
    """Somebody who writes in a browser, with script or without."""

    page: Page
    script: bool
    instance: Path
    code: str = ""
    started: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        """Go as far as the first question."""
        self.page.goto(CALL)
        self.page.get_by_role("button", name="Start now").click()
        self.page.get_by_label("Your name").first.fill("Ann O’Neill")
        self.page.get_by_label("Community organisation").check()
        self.press()
        expect(self.page.get_by_text("Question 1 of")).to_be_visible()
        self.code = self.page.locator("[name=draft_code]").first.input_value()

    @property
    def words(self) -> Any:
        return self.page.get_by_role("textbox")

    def press(self, name: str = "Save and continue") -> None:
        self.page.get_by_role("button", name=name).click()

    def type(self, text: str) -> None:
        self.words.press("Control+End")
        self.words.press_sequentially(text, delay=5)

    def wait_until_kept(self, text: str) -> None:
        """Look into the database for a text, no longer than may be lost."""
        deadline = time.monotonic() + MOST_LOST_SECONDS
        while self.kept() != text:
            assert time.monotonic() < deadline, f"kept is {self.kept()!r}"
            time.sleep(0.1)

    def wait_until_saved(self, text: str) -> None:
        """Wait until a text is kept and the page says so."""
        self.wait_until_kept(text)
        expect(self.page.locator("[data-saving-shown]")).to_have_text(SAVED)

    def finds_again(self, text: str) -> None:
        """Come back to the first question, now that what a page sent along on its way out has arrived."""
        self.wait_until_kept(text)
        self.to_first()
        assert self.words.input_value() == text

    def save_a_page(self, text: str) -> None:
        """Write the first answer and let it be saved: by itself with script, by the button without."""
        self.type(text)
        if self.script:
            self.wait_until_saved(text)
        else:
            self.press()
            expect(self.page.get_by_text("Question 2 of")).to_be_visible()

    def to_first(self) -> None:
        self.page.goto(f"{JOURNEY}/questions/1")

    def kept(self) -> str:
        """Return what the database holds of the first answer."""
        return str(answers_of(self.instance, self.code).get("barriers", ""))


def answers_of(instance: Path, code: str) -> dict[str, Any]:
    plain = hashlib.sha256(code.replace("-", "").encode()).hexdigest()
    rows = query(instance, "SELECT answers FROM drafts WHERE code_hash = ?", plain)
    return json.loads(rows[0][0]) if rows else {}


def query(instance: Path, statement: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(f"file:{instance / 'consult.db'}?mode=ro", uri=True)) as reader:
        return reader.execute(statement, values).fetchall()


def submissions(instance: Path) -> int:
    return int(query(instance, "SELECT count(*) FROM submissions")[0][0])


Writer = Callable[..., Respondent]


@pytest.fixture
def writer(browser: Browser, site: Site) -> Iterator[Writer]:
    """Give a function that returns somebody at the first question, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def make(script: bool, on: Site | Server = site, begun: bool = True) -> Respondent:
        context = browser.new_context(java_script_enabled=script, base_url=on.url)
        contexts.append(context)
        respondent = Respondent(context.new_page(), script, on.instance)
        if begun:
            respondent.begin()
        return respondent

    yield make
    for context in contexts:
        context.close()


def test_while_somebody_types_never_more_than_ten_seconds_are_unsaved(writer: Writer) -> None:
    ann = writer(script=True)
    typed: list[tuple[float, str]] = []
    began = time.monotonic()
    text = ""
    while time.monotonic() - began < 13:
        text += "word "
        ann.words.press_sequentially("word ", delay=20)
        typed.append((time.monotonic(), text))
        long_ago = [words for at, words in typed if at < time.monotonic() - MOST_LOST_SECONDS]
        if long_ago:
            assert ann.kept().startswith(long_ago[-1])
    ann.wait_until_saved(text)


@WITH_AND_WITHOUT
def test_a_validation_error(writer: Writer, script: bool) -> None:
    ann = writer(script)
    long = "word " * 1300
    ann.words.fill(long)
    ann.press()
    expect(ann.page.locator(".govuk-error-summary")).to_be_visible()
    assert ann.words.input_value() == long
    assert ann.kept() == long


@WITH_AND_WITHOUT
def test_a_session_that_has_ended(writer: Writer, script: bool) -> None:
    ann = writer(script)
    ann.type(FIRST)
    ann.page.context.clear_cookies()
    if script:
        ann.wait_until_saved(FIRST)
        ann.type(MORE)
        ann.press()
    else:
        ann.type(MORE)
        ann.press()
        assert ann.words.input_value() == FIRST + MORE
        ann.press()
    expect(ann.page.get_by_text("Question 2 of")).to_be_visible()
    assert ann.kept() == FIRST + MORE


@WITH_AND_WITHOUT
def test_the_back_button(writer: Writer, script: bool) -> None:
    ann = writer(script)
    ann.type(FIRST)
    ann.press()
    expect(ann.page.get_by_text("Question 2 of")).to_be_visible()
    ann.page.go_back()
    assert ann.words.input_value() == FIRST
    ann.type(MORE)
    ann.page.go_back()
    ann.finds_again(FIRST + MORE if script else FIRST)


@WITH_AND_WITHOUT
def test_a_double_click_on_send(writer: Writer, script: bool) -> None:
    ann = writer(script)
    ann.type(FIRST)
    ann.press()
    expect(ann.page.get_by_text("Question 2 of")).to_be_visible()
    ann.page.goto(f"{JOURNEY}/publication")
    ann.page.get_by_role("radio").first.check()
    ann.press()
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("Check your answers before you send them")
    # A browser may make one request of two clicks; a second tab surely sends the same page once more.
    other = Respondent(ann.page.context.new_page(), script, ann.instance, ann.code)
    other.page.goto(ann.page.url)
    before = submissions(ann.instance)
    ann.page.get_by_role("button", name="Send my evidence").dblclick()
    expect(ann.page.get_by_text(re.compile(r"LOC\d{4}")).first).to_be_visible()
    assert submissions(ann.instance) == before + 1
    ann.page.go_back()
    ann.page.go_forward()
    other.press("Send my evidence")
    expect(other.page.get_by_role("heading", level=1)).to_have_text("We have your evidence")
    assert submissions(ann.instance) == before + 1


@WITH_AND_WITHOUT
def test_two_tabs_on_one_question(writer: Writer, script: bool) -> None:
    ann = writer(script)
    other = Respondent(ann.page.context.new_page(), script, ann.instance, ann.code)
    other.to_first()
    ann.type("From the first tab.")
    ann.press()
    expect(ann.page.get_by_text("Question 2 of")).to_be_visible()
    other.type("From the second tab.")
    if script:
        shown = other.page.locator("[data-saving-shown]")
        expect(shown).to_contain_text("beside other words", timeout=MOST_LOST_SECONDS * 1000)
    other.press()
    expect(other.page.get_by_role("heading", level=1)).to_have_text("There are two versions")
    assert ann.kept() == "From the first tab."
    other.press("Keep both, one after the other")
    assert other.words.input_value() == "From the first tab.\n\nFrom the second tab."
    assert ann.kept() == "From the first tab.\n\nFrom the second tab."


@WITH_AND_WITHOUT
def test_a_lost_connection_and_its_return(writer: Writer, script: bool) -> None:
    ann = writer(script)
    ann.save_a_page(FIRST)
    ann.page.context.set_offline(True)
    if script:
        ann.type(MORE)
        shown = ann.page.locator("[data-saving-shown]")
        expect(shown).to_contain_text("no connection", timeout=MOST_LOST_SECONDS * 1000)
        ann.press()
        assert ann.words.input_value() == FIRST + MORE
        ann.page.context.set_offline(False)
        ann.wait_until_saved(FIRST + MORE)
        return
    press_into_nothing(ann)
    ann.page.context.set_offline(False)
    ann.to_first()
    assert ann.words.input_value() == FIRST


def press_into_nothing(ann: Respondent) -> None:
    """Press the button where nobody answers: the browser shows a page of its own."""
    try:
        ann.press()
        ann.page.wait_for_url("chrome-error://**")
    except Error as error:
        assert "ERR_" in str(error) or "chrome-error" in str(error), error  # noqa: PT017  # either is the browser's


@WITH_AND_WITHOUT
def test_a_server_that_is_killed_and_comes_back(writer: Writer, server: Server, script: bool) -> None:
    ann = writer(script, on=server)
    ann.save_a_page(FIRST)
    if script:
        ann.type(MORE)
    server.kill()
    if script:
        ann.type(" Typed while nobody listened.")
        ann.press()
        expect(ann.page.locator("[data-saving-shown]")).to_contain_text("We keep trying")
    else:
        press_into_nothing(ann)
    server.start()
    if script:
        expect(ann.page.locator("[data-saving-shown]")).to_have_text(SAVED, timeout=25_000)
        assert ann.kept() == f"{FIRST}{MORE} Typed while nobody listened."
        ann.press()
        expect(ann.page.get_by_text("Question 2 of")).to_be_visible()
    else:
        ann.to_first()
        assert ann.words.input_value() == FIRST


@WITH_AND_WITHOUT
def test_a_browser_that_crashes_and_another_device(writer: Writer, script: bool) -> None:
    ann = writer(script)
    ann.save_a_page(FIRST)
    crash(ann.page)
    elsewhere = writer(script, begun=False)
    elsewhere.page.goto("/respond/resume")
    elsewhere.page.get_by_role("textbox").first.fill(ann.code.lower().replace("-", " "))
    elsewhere.press("Open")
    elsewhere.to_first()
    assert elsewhere.words.input_value() == FIRST


def crash(page: Page) -> None:
    """Let the renderer of a page die, as it does for want of memory; no event tells the page."""
    with page.expect_event("crash"), suppress(Error):  # which page came of it, nobody can answer
        page.goto("chrome://crash", timeout=5_000)


@WITH_AND_WITHOUT
def test_a_call_that_closes_while_somebody_types(writer: Writer, server: Server, script: bool) -> None:
    ann = writer(script, on=server)
    ann.type(FIRST)
    with closing_time(server.instance):
        if script:
            shown = ann.page.locator("[data-saving-shown]")
            expect(shown).to_contain_text("the call is closed", timeout=MOST_LOST_SECONDS * 1000)
            assert ann.words.input_value() == FIRST
        ann.press()
        expect(ann.page.get_by_role("heading", level=1)).to_have_text("This call is not open")
        expect(ann.page.get_by_text(FIRST)).to_be_visible()


@contextmanager
def closing_time(instance: Path) -> Iterator[None]:
    """Let the call have closed a minute ago as long as the block runs."""
    was = query(instance, "SELECT closes_at FROM calls WHERE slug = 'call-for-evidence'")[0][0]

    def close_at(moment: str) -> None:
        with closing(sqlite3.connect(instance / "consult.db", timeout=20)) as writing, writing:
            writing.execute("UPDATE calls SET closes_at = ? WHERE slug = 'call-for-evidence'", [moment])

    minute_ago = time.strftime("%Y-%m-%d %H:%M:%S.000000", time.gmtime(time.time() - 60))
    close_at(minute_ago)
    try:
        yield
    finally:
        close_at(was)


@WITH_AND_WITHOUT
def test_a_page_that_is_loaded_anew(writer: Writer, script: bool) -> None:
    ann = writer(script)
    ann.save_a_page(FIRST)
    ann.to_first()
    ann.type(MORE)
    ann.page.reload()
    ann.finds_again(FIRST + MORE if script else FIRST)


@WITH_AND_WITHOUT
def test_a_very_long_text_with_odd_characters(writer: Writer, script: bool) -> None:
    ann = writer(script)
    odd = "Café ☕ \U0001f468‍\U0001f469‍\U0001f467 مرحبا " * 5_000 + "\x00"
    kept = odd.replace("\x00", "�")
    ann.words.fill(odd)
    if script:
        ann.wait_until_saved(kept)
    ann.press()
    expect(ann.page.locator(".govuk-error-summary")).to_be_visible()
    assert ann.words.input_value() == kept
    assert ann.kept() == kept


def test_more_than_the_site_takes_stays_on_the_page(writer: Writer) -> None:
    ann = writer(script=True)
    ann.words.fill("x" * 9_000_000)
    shown = ann.page.locator("[data-saving-shown]")
    expect(shown).to_contain_text("longer than we can take", timeout=20_000)
    ann.press()
    assert len(ann.words.input_value()) == 9_000_000


@WITH_AND_WITHOUT
def test_a_lost_cookie_and_a_link_with_the_code(writer: Writer, script: bool) -> None:
    ann = writer(script)
    ann.save_a_page(FIRST)
    ann.page.context.clear_cookies()
    asked: list[str] = []
    ann.page.on(
        "request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}")
    )
    ann.page.goto(f"/respond/resume#{ann.code}")
    if script:
        expect(ann.words).to_have_value(ann.code)
        assert "#" not in ann.page.url
    else:
        ann.words.fill(ann.code)
    ann.press("Open")
    ann.to_first()
    assert ann.words.input_value() == FIRST
    plain = ann.code.replace("-", "")
    seen = [line.partition("#")[0] for line in asked]
    assert not [line for line in seen if ann.code in line or plain in line]


def test_a_database_that_somebody_else_holds(writer: Writer, server: Server) -> None:
    with_script, without = writer(script=True, on=server), writer(script=False, on=server)
    with_script.save_a_page(FIRST)
    without.type(FIRST)
    with closing(sqlite3.connect(server.instance / "consult.db", timeout=20)) as holder:
        holder.isolation_level = None
        holder.execute("BEGIN IMMEDIATE")
        with_script.type(MORE)
        without.page.set_default_timeout(60_000)
        without.press()
        expect(without.page.get_by_role("heading", level=1)).to_have_text(
            "Your words are kept", timeout=60_000
        )
        assert FIRST in without.page.content()
        shown = with_script.page.locator("[data-saving-shown]")
        expect(shown).to_contain_text("We keep trying", timeout=30_000)
        assert with_script.words.input_value() == FIRST + MORE
        holder.execute("ROLLBACK")
    without.press("Send again")
    expect(without.page.get_by_text("Question 2 of")).to_be_visible()
    assert without.kept() == FIRST
    expect(shown).to_have_text(SAVED, timeout=30_000)
    assert with_script.kept() == FIRST + MORE


def test_nothing_of_the_evidence_stays_in_the_browser(writer: Writer) -> None:
    ann = writer(script=True)
    ann.type("Canary in a library")
    ann.wait_until_saved("Canary in a library")
    ann.press()
    expect(ann.page.get_by_text("Question 2 of")).to_be_visible()
    stores = ann.page.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie,"
        " await indexedDB.databases(), await caches.keys()])"
    )
    cookies = json.dumps(ann.page.context.cookies())
    assert "Canary" not in stores + cookies
    assert json.loads(stores) == [{}, {}, "", [], []]


def test_the_time_of_saving_is_shown_and_said_once(writer: Writer, look: Callable[[Page, str], None]) -> None:
    ann = writer(script=True)
    said = "[data-saving-told]"
    ann.page.evaluate(
        "said => { const told = document.querySelector(said); window.said = 0;"
        " new MutationObserver(() => { window.said += 1; }).observe(told, {childList: true}); }", said
    )  # fmt: skip
    ann.type(FIRST)
    ann.wait_until_saved(FIRST)
    ann.type(MORE)
    ann.wait_until_saved(FIRST + MORE)
    assert ann.page.locator(said).get_attribute("role") == "status"
    assert ann.page.evaluate("window.said") == 1
    look(ann.page, "respond-saved")
