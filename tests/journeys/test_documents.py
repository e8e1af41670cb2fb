"""A clerk types a scan, and puts the paragraphs of a paper to questions, with keys and without script."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]
ROOM = "/inquiries/future-of-localism/evidence"


def test_a_clerk_takes_away_a_scan_types_it_and_finds_it_ready_to_code(
    page: Page, sign_in: SignIn, look: Look
) -> None:
    sign_in(page, "clerk")
    page.goto(f"{ROOM}/LOC0048")
    look(page, "document-scan")
    expect(page.get_by_role("heading", name="On the clerk’s desk: needs transcription")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the original").click()
    assert saved.value.suggested_filename == "LOC0048-1.pdf"
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="Type what it says").click()
    look(page, "document-transcription")
    words = page.get_by_label("What the document says")
    words.fill("Dear Commissioners,\n\nI should like to be told before.")
    page.get_by_role("button", name="Keep this text").click()
    expect(page.get_by_role("heading", name="On the clerk’s desk: new")).to_be_visible()
    expect(page.locator("main")).to_contain_text("I should like to be told before.")
    expect(page.locator("main")).to_contain_text("typed by Clem Clerk")


def open_map(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "clerk")
    page.goto(f"{ROOM}/LOC0008")
    page.get_by_role("link", name="Put its paragraphs to the questions").click()


def test_a_clerk_puts_paragraphs_to_questions_by_key(page: Page, sign_in: SignIn, look: Look) -> None:
    open_map(page, sign_in)
    look(page, "document-paragraphs")
    expect(page.get_by_label("Question of paragraph 12")).to_contain_text("1. What stops people")
    page.locator("h1").click()
    for key in ("j", "j", "Shift+J", "0"):
        page.keyboard.press(key)
    expect(page.get_by_label("Question of paragraph 11")).to_have_value("none")
    expect(page.locator("#count")).to_have_text("1 change not kept yet")
    page.keyboard.press("s")
    expect(page.get_by_text("One paragraph has its question.")).to_be_visible()
    expect(page.locator("#why-11")).to_contain_text("Decided by Clem Clerk")
    expect(page.locator("#why-12")).to_contain_text("Proposed. It stands under a heading")
    page.locator("h1").click()
    page.keyboard.press("a")
    expect(page.get_by_text("15 paragraphs have their question.")).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)


def test_keys_do_nothing_once_they_are_switched_off(page: Page, sign_in: SignIn) -> None:
    open_map(page, sign_in)
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Act on single keys").uncheck()
    page.reload()
    for key in ("j", "3"):
        page.keyboard.press(key)
    expect(page.locator("#count")).to_have_text("")


def test_without_script_a_range_is_put_to_a_question(
    browser: Browser, base_url: str, sign_in: SignIn
) -> None:
    page = browser.new_context(base_url=base_url, java_script_enabled=False).new_page()
    open_map(page, sign_in)
    page.get_by_label("From paragraph").fill("21")
    page.get_by_label("to", exact=True).fill("23")
    page.get_by_label("belong to").select_option(
        label="2. Where have communities held real power, and what made it work?"
    )
    page.get_by_role("button", name="Put the range").click()
    expect(page.get_by_text("3 paragraphs have their question.")).to_be_visible()
    page.goto(f"{ROOM}/LOC0008")
    expect(page.locator("#p22")).to_contain_text("[to question 2]")
