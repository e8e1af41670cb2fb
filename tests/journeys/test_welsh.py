"""The whole journey in Welsh: every page in Welsh and nothing left in English, with script and without."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from consult.translations import build
from tests.journeys.conftest import AXE, ROOT, WIDTHS, Site

CALL = "/calls/future-of-localism/call-for-evidence"
RESPOND = "/respond/future-of-localism/call-for-evidence"
WORDS = "Gofynnwyd am groesfan yn 2019.\n\nNi allai neb ddweud pwy oedd yn penderfynu. Tŷ, môr, ŵy ☕."
NEXT = "Cadw a pharhau"
CODE = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}-[0-9A-Z]{6}")
# Words that stand in almost every English sentence and in no Welsh one.
ENGLISH_WORDS = re.compile(
    r"\b(the|your|you|and|with|this|that|these|what|which|from|have|has|are|was|will|not|may|must|answers?"
    r"|questions?|evidence|write|save|send|choose|back|open|closed?|page|name|words?)\b",
    re.IGNORECASE,
)
# What a reader sees or a screen reader says, outside of anything marked as another language.
SAID = """() => {
  const foreign = (node) => {
    const marked = (node.nodeType === 1 ? node : node.parentElement)?.closest("[lang]");
    return marked && marked.lang !== "cy";
  };
  const said = [document.title];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const hidden = node.parentElement.closest("script, style, template, textarea");
    if (!hidden && !foreign(node)) said.push(node.data);
  }
  const words = /^(aria-label|alt|title|placeholder)$|^data-(i18n|wordings|.*(text|words|message))/;
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (words.test(name) && !foreign(element)) said.push(value);
    }
  }
  return said.map((words) => words.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def english_sentences() -> list[re.Pattern[str]]:
    """Return what finds our English sentences, values and HTML left open; one word alone is no proof."""
    catalogue = build.read(build.HERE / "cy" / "LC_MESSAGES" / "messages.po")
    found = []
    for message in catalogue:
        for words in [message.id] if isinstance(message.id, str) else message.id:
            pieces = [p.strip() for p in re.split(r"<[^>]+>|%\(\w+\)s|%%\{count\}|\{\}", words)]
            found += [re.compile(rf"\b{re.escape(p)}", re.IGNORECASE) for p in pieces if p.count(" ") > 1]
    return found


ENGLISH_SENTENCES = english_sentences()
ADDRESS = re.compile(r"https?://\S+")


def english_left(page: Page) -> list[str]:
    """Return what a page says in English."""
    ours = {"Consult", "consult"}
    # The program is called so in Welsh too.
    told = [re.sub(r"\bWord\b", "", ADDRESS.sub("", words)) for words in page.evaluate(SAID)]
    said = [words for words in told if words not in ours]
    return [w for w in said if ENGLISH_WORDS.search(w) or any(s.search(w) for s in ENGLISH_SENTENCES)]


def seen(page: Page, name: str) -> None:
    """Check a page: Welsh throughout, said to be so, clean for axe, and no wider than either screen."""
    assert page.locator("html").get_attribute("lang") == "cy", name
    assert english_left(page) == [], name
    if page.context.browser is None or not page.evaluate("document.body.classList.contains('js-enabled')"):
        return
    standing = page.viewport_size
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 800})
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{name} is {overflow} pixels wider than a screen of {width}"
        page.screenshot(path=ROOT / ".cache" / "screenshots" / f"cy-{name}-{width}.png", full_page=True)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(rule["id"], rule["impact"], rule["nodes"][0]["html"]) for rule in found] == [], name
    if standing:
        page.set_viewport_size(standing)


def press(page: Page, name: str = NEXT) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def wrong(page: Page, name: str) -> None:
    """Check a page that has something to put right."""
    expect(page).to_have_title(re.compile("^Gwall: "))
    expect(page.get_by_role("heading", name="Mae problem wedi codi")).to_be_visible()
    seen(page, name)


def begin(page: Page) -> None:
    """Go from the front page to the first question, by way of the link to Welsh."""
    page.goto("/")
    follow(page, "Cymraeg")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rhoi tystiolaeth")
    follow(page, re.compile("^Pwy sy’n penderfynu"))
    seen(page, "call")
    press(page, "Dechrau nawr")


def about(page: Page) -> None:
    seen(page, "about")
    press(page)
    wrong(page, "about-error")
    page.get_by_label("Eich enw").fill("Siân Puw")
    page.get_by_label("Sefydliad cymunedol").check()
    press(page)


def put_right(page: Page, name: str, mistake: Callable[[], object], right: Callable[[], object]) -> None:
    """Answer a question wrongly, see what is said, then rightly."""
    mistake()
    press(page)
    wrong(page, name)
    right()
    press(page)


def answer_all(page: Page) -> None:
    """Answer each question of the call, those that can be answered wrongly first so."""
    text, radio = page.get_by_role("textbox"), page.get_by_role("radio")
    steps: list[Callable[[], object]] = [
        lambda: put_right(page, "words-error", lambda: None, lambda: text.fill(WORDS)),
        lambda: put_right(
            page, "limit-error", lambda: text.fill("gair " * 1300), lambda: text.fill("Neuadd.")
        ),
        lambda: press(page),
        lambda: (page.get_by_label("Ychydig").check(), press(page)),
        lambda: (page.get_by_label("Dim o gwbl").check(), press(page)),
        lambda: (page.get_by_label("Cynllun cymdogaeth").check(), press(page)),
        lambda: (page.get_by_label("Yn rhannol").check(), press(page)),
        lambda: (
            page.get_by_role("radio", name="Cyngor plwyf neu dref: Yn wael").check(force=True),
            press(page),
        ),
        lambda: (radio.nth(1).check(), press(page)),
        lambda: put_right(
            page, "number-error", lambda: text.first.fill("deugain"), lambda: text.first.fill("40")
        ),
        lambda: put_right(
            page,
            "postcode-error",
            lambda: page.get_by_label("Neu rhowch god post").fill("tŷ ni"),
            lambda: page.get_by_label("Neu rhowch god post").fill("CF10 1AA"),
        ),
    ]
    for number, step in enumerate(steps, start=1):
        expect(page.get_by_text(f"Cwestiwn {number} o 11")).to_be_visible()
        seen(page, f"question-{number}")
        step()
    documents(page)


def documents(page: Page) -> None:
    """Add a document, look at what was read from it, and one that is not taken."""
    seen(page, "documents")
    press(page, "Ychwanegu’r ffeiliau hyn")
    wrong(page, "documents-error")
    choose(page, "cynllun.txt", "Ein neuadd ni yw hi.")
    press(page, "Ychwanegu’r ffeiliau hyn")
    seen(page, "document")
    press(page, "Cadw ac ychwanegu un arall")
    choose(page, "gwag.txt", "")
    press(page, "Ychwanegu’r ffeiliau hyn")
    wrong(page, "documents-refused")
    press(page)


def choose(page: Page, name: str, words: str) -> None:
    """Choose a file of these words."""
    file = {"name": name, "mimeType": "text/plain", "buffer": words.encode()}
    page.locator("#files").set_input_files(file)


def publication(page: Page) -> None:
    """Choose what is published, and keep some words back."""
    seen(page, "publication")
    press(page)
    wrong(page, "publication-error")
    page.get_by_label("Cyhoeddwch hi heb fy enw").first.check()
    press(page, "Cadw a marcio geiriau’n gyfrinachol")
    seen(page, "confidential")
    follow(page, re.compile("^1\\. Beth sy’n rhwystro"))
    seen(page, "mark")
    press(page, "Dal y geiriau hyn yn ôl")
    wrong(page, "mark-error")
    page.get_by_label("Neu ba eiriau?").fill("am groesfan")
    page.get_by_label("Pa niwed fyddai eu cyhoeddi yn ei wneud?").fill("Byddai cymdogion yn ein hadnabod.")
    press(page, "Dal y geiriau hyn yn ôl")
    seen(page, "marked")
    follow(page, "cynllun.txt")
    seen(page, "document-mark")
    page.get_by_label("Neu ba eiriau?").fill("Ein tŷ")
    press(page, "Dal y geiriau hyn yn ôl")
    wrong(page, "document-mark-error")
    page.get_by_label("Neu ba eiriau?").fill("Ein neuadd")
    page.get_by_label("Pa niwed fyddai eu cyhoeddi yn ei wneud?").fill("Byddai’n ein henwi.")
    press(page, "Dal y geiriau hyn yn ôl")
    press(page, "Parhau i wirio eich atebion")


def resumed(browser: Browser, site: Site, code: str) -> None:
    """Open the draft by its code on another device, from the English page, and find it in Welsh."""
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    other = context.new_page()
    other.goto("/respond/resume?lang=cy")
    assert english_left(other) == []
    other.get_by_role("textbox").fill("dim cod")
    press(other, "Agor")
    wrong(other, "resume-error")
    other.goto("/respond/resume")
    other.get_by_role("textbox").fill(code)
    press(other, "Open")
    expect(other.get_by_role("heading", level=1)).to_have_text("Gwiriwch eich atebion cyn eu hanfon")
    seen(other, "resumed")
    context.close()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def writer(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(java_script_enabled=request.param, base_url=site.url)
    yield context.new_page()
    context.close()


def test_the_whole_journey_is_in_welsh(writer: Page, browser: Browser, site: Site) -> None:
    page = writer
    begin(page)
    about(page)
    answer_all(page)
    publication(page)
    seen(page, "check")
    follow(page, "Dod yn ôl yn nes ymlaen")
    seen(page, "later")
    found = CODE.search(page.locator(".app-secret--large").inner_text())
    assert found
    resumed(browser, site, found.group())
    page.goto(f"{RESPOND}/check")
    press(page, "Anfon fy nhystiolaeth")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mae eich tystiolaeth gennym")
    seen(page, "sent")
    follow(page, "Gweld ac argraffu copi o bopeth a anfonoch")
    expect(page.get_by_text("Ni allai neb ddweud pwy oedd yn penderfynu.")).to_be_visible()
    seen(page, "receipt")
    after_sending(page)


def after_sending(page: Page) -> None:
    """Walk from the receipt through everything that its code opens."""
    receipt = page.url
    follow(page, "Gweld beth ddaeth ohoni")
    seen(page, "became")
    page.goto(receipt)
    follow(page, "Newid yr hyn a anfonoch")
    seen(page, "change")
    press(page, "Newid fy atebion")
    seen(page, "change-check")
    press(page, "Anfon fy newidiadau")
    expect(page.get_by_text("Nid ydych wedi newid dim eto")).to_be_visible()
    seen(page, "change-nothing")
    page.goto(receipt)
    follow(page, "Tynnu eich tystiolaeth yn ôl")
    seen(page, "withdraw")
    press(page, "Tynnu fy nhystiolaeth yn ôl")
    expect(page.get_by_text("Mae’r dystiolaeth hon wedi’i thynnu’n ôl.")).to_be_visible()
    seen(page, "withdrawn")


def test_the_counter_of_words_speaks_welsh(page: Page) -> None:
    begin(page)
    page.get_by_label("Eich enw").fill("Siân Puw")
    page.get_by_label("Sefydliad cymunedol").check()
    press(page)
    for typed, said in (("gair " * 300, "900 o eiriau ar ôl"), ("gair " * 1198, "2 air ar ôl")):
        page.get_by_role("textbox").fill(typed)
        expect(page.locator(".govuk-character-count__status")).to_contain_text(f"Mae gennych {said}")


def test_pages_beside_the_journey_are_in_welsh(page: Page) -> None:
    page.goto("/?lang=cy")
    seen(page, "front")
    page.goto(f"{RESPOND}/about?lang=cy")
    expect(page.get_by_role("heading", name="Sylwer")).to_be_visible()
    seen(page, "no-draft")
    page.goto("/nothing-here?lang=cy")
    seen(page, "not-found")
    page.goto(f"{RESPOND}/copy?lang=cy")
    seen(page, "call-copy")


def test_a_lost_session_is_told_in_welsh_and_loses_no_word(plain_page: Page) -> None:
    page = plain_page
    begin(page)
    page.get_by_label("Eich enw").fill("Siân Puw")
    page.context.clear_cookies()
    press(page)
    expect(page.get_by_role("heading", name="Roedd eich sesiwn wedi dod i ben")).to_be_visible()
    assert page.get_by_label("Eich enw").input_value() == "Siân Puw"
    seen(page, "lost")
