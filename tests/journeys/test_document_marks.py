"""Words inside a document marked as confidential in a browser: with script and without, and by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.documents import docx, p, pdf, picture
from tests.journeys.test_attachments import ADD, RESPOND, begin, choose, focused, press, writer

__all__ = ["writer"]
REPORT = docx(p("We own the hall.") + p("Ann Lee told us so, and nobody else knows.") + p("The bus stopped."))
HARM = "She would lose her post."
MARK, KEEP = "Save and mark words as confidential", "Keep these words back"
Look = Callable[[Page, str], None]


def open_marking(page: Page, *files: tuple[str, bytes]) -> None:
    begin(page)
    choose(page, *(files or (("report.docx", REPORT),)))
    press(page, ADD)
    press(page, MARK)
    expect(page.get_by_role("heading", level=1)).to_have_text("Words to keep back in report.docx")


def send(page: Page) -> None:
    page.goto(f"{RESPOND}/publication")
    page.get_by_role("radio").first.check()
    press(page)
    expect(
        page.locator(".app-outcome", has_text="wherever they stand in report.docx: “Ann Lee”")
    ).to_be_visible()
    press(page, "Send my evidence")


def test_words_are_marked_told_again_before_sending_and_stand_on_the_copy(
    writer: Page, request: pytest.FixtureRequest
) -> None:
    page = writer
    open_marking(page)
    if "with script" in request.node.name:
        select(page, "Ann Lee")
        expect(page.locator("#words")).to_have_value("Ann Lee")
    else:
        page.locator("#words").fill("Ann Lee")
    page.get_by_label("The bus stopped.").check()
    press(page, KEEP)
    expect(page.locator(".govuk-error-summary")).to_contain_text("Say what harm publication would do")
    expect(page.locator("#words")).to_have_value("Ann Lee")
    expect(page.get_by_label("The bus stopped.")).to_be_checked()
    page.get_by_label("What harm would publishing them do?").fill(HARM)
    press(page, KEEP)
    assert page.locator("blockquote").all_inner_texts() == ["The bus stopped.", "Ann Lee"]
    send(page)
    page.get_by_role("link", name="See and print a copy").click()
    expect(page.get_by_text("wherever they stand in report.docx: “Ann Lee”")).to_be_visible()
    expect(page.get_by_text(f"Harm: {HARM}").first).to_be_visible()


def select(page: Page, words: str) -> None:
    """Select words of the document as a mouse does, and let go of it there."""
    label = page.locator("label", has_text=words)
    label.evaluate(
        """(label, words) => {
            const walker = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
            while (walker.nextNode() && !walker.currentNode.data.includes(words));
            const from = walker.currentNode.data.indexOf(words);
            const range = document.createRange();
            range.setStart(walker.currentNode, from);
            range.setEnd(walker.currentNode, from + words.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        words,
    )
    label.dispatch_event("mouseup")


def test_marking_needs_no_mouse(page: Page) -> None:
    open_marking(page)
    page.get_by_role("link", name="Go straight to writing it").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.type("Ann Lee")
    page.keyboard.press("Tab")
    page.keyboard.type(HARM)
    page.keyboard.press("Tab")
    assert focused(page) == KEEP
    page.keyboard.press("Enter")
    expect(page.locator("blockquote")).to_have_text("Ann Lee")
    page.get_by_role("button", name="Take the mark away").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is marked yet.")).to_be_visible()


NAME = "a-very-long-name-without-any-space-that-a-program-has-made-up-by-itself-2026-11-23.docx"


def mark(page: Page) -> None:
    """Mark words of a long document, and add another and a scan."""
    long = docx(
        p("Ann Lee told us.") + "".join(p(f"Paragraph {n} about halls and buses.") for n in range(90))
    )
    open_marking(page, ("report.docx", long))
    page.locator("#words").fill("Ann Lee")
    page.get_by_label("What harm would publishing them do?").fill(HARM)
    press(page, KEEP)
    page.goto(f"{RESPOND}/documents")
    choose(page, (NAME, REPORT), ("scan.pdf", pdf(f"#image(bytes({tuple(picture())}))")))
    press(page, ADD)


def test_the_pages_of_marking_are_sound(page: Page, look: Look) -> None:
    mark(page)
    page.goto(f"{RESPOND}/confidential")
    look(page, "respond-document-marks")
    page.get_by_role("link", name="report.docx").click()
    expect(page.get_by_text("This is part 1 of 2")).to_be_visible()
    look(page, "respond-document-mark")
    press(page, KEEP)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, "respond-document-mark-error")
    page.get_by_role("link", name="Part 2").click()
    expect(page.get_by_text("This is part 2 of 2")).to_be_visible()
    look(page, "respond-document-mark-part")
    page.goto(f"{RESPOND}/publication")
    look(page, "respond-document-publication")
    page.get_by_role("radio").first.check()
    press(page)
    expect(page.get_by_role("button", name="Send my evidence")).to_be_visible()
    look(page, "respond-document-mark-check")


def test_the_pages_after_a_marked_document_was_removed_are_sound(page: Page, look: Look) -> None:
    mark(page)
    page.get_by_role("link", name="Look at what we read from report.docx").click()
    expect(page.get_by_role("button", name=MARK)).to_be_visible()
    look(page, "respond-document-with-marking")
    press(page, "Remove this file")
    expect(page.get_by_text("Words in it were marked as confidential.")).to_be_visible()
    look(page, "respond-document-marked-removed")
    page.goto(f"{RESPOND}/confidential")
    look(page, "respond-document-marks-waiting")
    press(page, f"Mark these words in “{NAME}” instead")
    expect(page.get_by_text(re.compile("1 passage is marked in"))).to_be_visible()
    page.goto(f"{RESPOND}/publication")
    page.get_by_role("radio").first.check()
    press(page)
    press(page, "Send my evidence")
    page.get_by_role("link", name="See and print a copy").click()
    expect(page.get_by_text(f"Harm: {HARM}")).to_be_visible()
    look(page, "respond-document-mark-receipt")
