"""After sending, in a browser: the receipt, changing, withdrawing, and the call on paper."""

import re
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_respondent import CALL, about, answer_all, begin, choose_and_check, press

Look = Callable[[Page, str], None]


def send(page: Page) -> str:
    """Send evidence, and return its reference."""
    begin(page)
    about(page)
    answer_all(page)
    choose_and_check(page)
    press(page, "Send my evidence")
    found = re.search(r"LOC\d{4}", page.locator("h1, .govuk-panel").all_inner_texts()[0] + page.content())
    assert found
    return found.group()


def go(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_evidence_is_changed_and_then_withdrawn(
    page: Page, plain_page: Page, look: Look, script: bool
) -> None:
    browser = page if script else plain_page
    see = look if script else lambda _page, _name: None
    reference = send(browser)
    go(browser, "See and print a copy of everything you sent")
    see(browser, "respond-receipt-open")
    go(browser, "Change what you sent")
    see(browser, "respond-change")
    press(browser, "Change my answers")
    expect(browser.get_by_text(f"Changing {reference}")).to_be_visible()
    see(browser, "respond-change-check")
    go(browser, "Change the answer to question 10")
    browser.get_by_role("textbox").fill("41")
    press(browser)
    press(browser, "Send my changes")
    expect(browser.get_by_role("heading", level=1)).to_have_text("We have your changes")
    see(browser, "respond-changed")
    go(browser, "See and print a copy of everything you sent")
    expect(browser.get_by_text("version 2")).to_be_visible()
    go(browser, "See what became of it")
    see(browser, "respond-became")
    go(browser, "Back to your receipt")
    go(browser, "Withdraw your evidence")
    see(browser, "respond-withdraw")
    press(browser, "Withdraw my evidence")
    expect(browser.get_by_text("This evidence is withdrawn.")).to_be_visible()
    see(browser, "respond-withdrawn")


def test_the_whole_call_is_read_and_saved(page: Page, look: Look) -> None:
    page.goto(CALL)
    go(page, "Print or save the whole call, to draft on")
    look(page, "respond-call-copy")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save it as a PDF").click()
    path = Path(saved.value.path())
    assert "Who decides" in pypdf.PdfReader(path).pages[0].extract_text()
    with page.expect_download() as saved:
        page.get_by_role("link", name=re.compile("Word document")).click()
    assert saved.value.suggested_filename.endswith(".docx")


def test_the_paper_has_lines_and_no_buttons(page: Page, look: Look) -> None:
    page.goto(f"{CALL.replace('/calls/', '/respond/')}/copy")
    page.emulate_media(media="print")
    expect(page.locator(".app-copy__line").first).to_be_visible()
    expect(page.get_by_role("link", name="Save it as a PDF")).to_be_hidden()
