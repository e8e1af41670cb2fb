"""A clerk compares what arrived twice, and drops files that came by post and by e-mail."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.documents import docx, message, p

HOME = "/inquiries/future-of-localism"
PATIENCE = 90_000
SignIn = Callable[[Page, str], None]
Look = Callable[[Page, str], None]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Give a letter, a message with a document in it, and something that is no document."""
    given = {
        "letter.docx": docx(p("Submitted by Nell Ford, Wigan Tenants' Association") + p("Ask us first.")),
        "message.eml": message(
            "Please see the attached.",
            {"plan.docx": docx(p("Question 2") + p("Give the ward its own budget."))},
            From="Idris Vaughan <idris@example.org>",
            Date="Wed, 01 Jul 2026 09:00:00 +0100",
            Subject="Evidence on budgets",
        ),
        "broken.pdf": b"%PDF-1.4 this is no PDF",
    }
    for name, data in given.items():
        (tmp_path / name).write_bytes(data)
    return [tmp_path / name for name in given]


def drop(page: Page, files: list[Path]) -> None:
    page.goto(f"{HOME}/inbox")
    page.get_by_role("button", name="Drop files").click()
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("group", name="Which call do they answer?").get_by_role("radio").last.check()
    page.get_by_label("Why late evidence is taken").fill("The post was late.")
    page.get_by_role("button", name="Send the files and read them").click()
    expect(page.locator("h1")).to_have_text(re.compile("files? dropped"))


def test_a_possible_duplicate_is_looked_at_beside_the_other(page: Page, sign_in: SignIn, look: Look) -> None:
    sign_in(page, "clerk")
    page.goto(f"{HOME}/inbox/compare/LOC0038/LOC0039")
    expect(page.locator("ins.app-own").first).to_be_visible()
    look(page, "inbox-compare")


def test_files_are_dropped_looked_at_and_stored(
    page: Page, sign_in: SignIn, look: Look, files: list[Path]
) -> None:
    sign_in(page, "clerk")
    page.goto(f"{HOME}/files")
    look(page, "files-drop")
    drop(page, files)
    expect(page.locator("#ready")).to_have_text("2 ready to be stored", timeout=PATIENCE)
    expect(page.get_by_text("answers question 2")).to_be_visible()
    expect(page.get_by_text("The document is damaged or incomplete.")).to_be_visible()
    look(page, "files-review")
    page.get_by_role("link", name="2. Idris Vaughan").click()
    expect(page.locator("h1")).to_have_text("File 2 of 3: message.eml")
    look(page, "files-settle")
    page.get_by_label("Organisation", exact=True).fill("Ward budget group")
    page.get_by_label("message.eml").select_option(label="Keep it, but do not read its words")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("kept, its words not read")).to_be_visible()
    page.get_by_role("button", name="Store 2 submissions").click()
    expect(page.get_by_text("2 submissions are stored:")).to_be_visible()
    look(page, "files-stored")
    page.locator(".app-references a").last.click()
    expect(page.locator("h1")).to_contain_text("Ward budget group")
    expect(page.get_by_text("Give the ward its own budget.")).to_be_visible()
    expect(page.get_by_text("Please see the attached.")).to_have_count(0)


def test_files_are_dropped_and_stored_without_script(
    plain_page: Page, sign_in: SignIn, tmp_path: Path
) -> None:
    page = plain_page
    letter = tmp_path / "plain.txt"
    letter.write_text(
        "Name: Olu Adeyemi\n\nOur hall stands empty while we queue for rooms.", encoding="utf-8"
    )
    sign_in(page, "clerk")
    drop(page, [letter])
    expect(page.get_by_role("link", name="See how far it is now").or_(page.locator("#ready"))).to_be_visible()
    for _ in range(PATIENCE // 1000):
        if page.locator("#ready").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    page.get_by_role("button", name="Store 1 submission").click()
    expect(page.get_by_text("1 submission is stored:")).to_be_visible()
    page.get_by_text("This batch should not have been stored").click()
    page.get_by_role("button", name="Withdraw all of them").click()
    expect(page.locator("h1")).to_have_text("Move 1 submission to: withdrawn")
