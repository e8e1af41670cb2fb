"""Documents of a respondent in a browser: with script and without, by keyboard, on a narrow screen."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.documents import docx, p, pdf, picture
from tests.journeys.conftest import Site

CALL = "/calls/future-of-localism/call-for-evidence"
RESPOND = "/respond/future-of-localism/call-for-evidence"
DELETED = '<w:p><w:del w:id="1" w:author="A"><w:r><w:delText>Struck out.</w:delText></w:r></w:del></w:p>'
PLAN = docx(p("We asked for a crossing in 2019.") + p("Nobody could say who decides.") + DELETED)
ADD, CONTINUE = "Add these files", "Save and continue"
Look = Callable[[Page, str], None]


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def writer(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param, base_url=site.url)
    yield context.new_page()
    context.close()


def begin(page: Page) -> None:
    """Begin a draft and go to the documents."""
    page.goto(CALL)
    press(page, "Start now")
    page.get_by_label("Your name").fill("Ann O’Neill")
    page.get_by_label("Community organisation").check()
    press(page)
    expect(page.get_by_text("Question 1 of 11")).to_be_visible()
    page.goto(f"{RESPOND}/documents")


def press(page: Page, name: str = CONTINUE) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    page.locator("#files").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files]
    )


def test_documents_alone_are_given_looked_at_and_sent(writer: Page) -> None:
    page = writer
    begin(page)
    choose(page, ("plan.docx", PLAN))
    press(page, ADD)
    expect(page.get_by_role("heading", level=1)).to_have_text("What we read from plan.docx")
    expect(page.get_by_text("It has tracked changes")).to_be_visible()
    assert page.locator("ol.app-read__paragraphs > li").all_inner_texts() == [
        "We asked for a crossing in 2019.",
        "Nobody could say who decides.",
    ]
    page.get_by_role("radio", name=re.compile(r"^1\. ")).check()
    press(page, "Save and add another")
    choose(page, ("a.txt", b"A letter."), ("empty.txt", b""))
    press(page, ADD)
    expect(page.locator(".govuk-error-summary")).to_contain_text("“empty.txt”: The file is empty.")
    expect(page.locator(".govuk-error-summary a")).to_have_attribute("href", "#files")
    expect(page.locator(".app-files__name")).to_have_count(2)
    press(page)
    page.get_by_role("radio").first.check()
    press(page)
    expect(page.get_by_text("a.txt (9 bytes)")).to_be_visible()
    # The first question has to be answered, and is: by the document.
    expect(page.get_by_text("You cannot send this yet")).to_have_count(0)
    press(page, "Send my evidence")
    expect(page.get_by_text(re.compile(r"LOC\d{4}")).first).to_be_visible()
    page.get_by_role("link", name="See and print a copy").click()
    expect(page.get_by_text("a.txt (9 bytes)")).to_be_visible()
    expect(page.get_by_text(re.compile(r"plan\.docx \("))).to_be_visible()


def test_the_pages_of_documents_are_sound(page: Page, look: Look) -> None:
    begin(page)
    look(page, "documents-none")
    press(page, ADD)
    look(page, "documents-error")
    scan = pdf(f"#image(bytes({tuple(picture())}))")
    long = docx("".join(p(f"Paragraph {n} about halls, buses and who decides on them.") for n in range(90)))
    name = "a-very-long-name-without-any-space-that-a-program-has-made-up-by-itself-2026-11-23.docx"
    choose(page, ("scan.pdf", scan), (name, long), ("plan.docx", PLAN))
    press(page, ADD)
    expect(page.get_by_text("3 files are added.")).to_be_visible()
    look(page, "documents-added")
    page.get_by_role("link", name=f"Look at what we read from {name}").click()
    look(page, "document-long")
    page.goto(f"{RESPOND}/documents")
    page.get_by_role("link", name="Look at what we read from scan.pdf").click()
    look(page, "document-scan")
    page.goto(f"{RESPOND}/check")
    look(page, "documents-check")


def test_documents_need_no_mouse(page: Page) -> None:
    begin(page)
    choose(page, ("plan.docx", PLAN))
    page.locator("#files").focus()
    page.keyboard.press("Tab")
    assert focused(page) == ADD
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What we read from plan.docx")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(focused(page))
    assert {CONTINUE, "Save and add another", "Remove this file"} <= reached
    page.get_by_role("button", name="Remove this file").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("“plan.docx” is removed.")).to_be_visible()


def focused(page: Page) -> str:
    return str(page.evaluate("(document.activeElement.innerText || '').trim()"))


def test_files_too_large_together_are_told_on_the_page_and_not_by_a_broken_connection(
    writer: Page, tmp_path: Path
) -> None:
    page = writer
    begin(page)
    places = [tmp_path / f"{number}.txt" for number in range(3)]
    for place in places:
        place.write_bytes(b"a" * (20 * 1024 * 1024))
    page.locator("#files").set_input_files(places)
    press(page, ADD)
    expect(page.locator(".govuk-error-summary")).to_contain_text("larger than 50 MB together")


def test_a_lost_session_loses_no_file(page: Page) -> None:
    begin(page)
    choose(page, ("plan.docx", PLAN))
    page.context.clear_cookies()
    press(page, ADD)
    expect(page.get_by_role("heading", level=1)).to_have_text("What we read from plan.docx")
