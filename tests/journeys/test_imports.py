"""A clerk imports a spreadsheet of another platform, with script and without."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

HOME = "/inquiries/future-of-localism"
BARRIERS = "What stops people in your area from changing what they know needs changing?"
CONTROL = "How much control do you feel you have over decisions that affect the country?"
CALL = "Who decides? A call for evidence on local power"
SignIn = Callable[[Page, str], None]
Look = Callable[[Page, str], None]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    # Both tests give theirs to one site, which knows responses by their numbers.
    number = time.time_ns()
    book = Workbook()
    book.active.append(["ID", "Start time", "Completion time", "Name", BARRIERS, CONTROL, "Our own notes"])
    book.active.append(
        [str(number), None, "2026-06-03 14:20", "Wenna Import", "The bus does not come here.", "Some", "A"]
    )
    book.active.append(
        [str(number + 1), None, "2026-06-04 10:00", "Jo Import", "Meetings are by day.", "Plenty", "B"]
    )
    path = tmp_path / "responses.xlsx"
    book.save(path)
    book.close()
    return path


def give(page: Page, path: Path) -> None:
    page.goto(f"{HOME}/inbox")
    page.get_by_text("Import a spreadsheet").first.click()
    page.get_by_label("Spreadsheet").set_input_files(path)
    page.get_by_label(CALL).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Columns of responses.xlsx")


def test_a_clerk_brings_in_a_workbook_and_finds_it_in_the_inbox(
    page: Page, sign_in: SignIn, look: Look, workbook: Path
) -> None:
    sign_in(page, "clerk")
    give(page, workbook)
    look(page, "import-columns")
    page.get_by_label("Column G is for").select_option("Title")
    page.get_by_role("button", name="Check every row").click()
    # The page waits by itself.
    expect(page.get_by_role("heading", level=1)).to_have_text("Checked: responses.xlsx", timeout=60_000)
    expect(page.get_by_role("table")).to_contain_text("“Plenty” is none of the options")
    look(page, "import-checked")
    page.get_by_role("button", name="Store 1 submission").click()
    expect(page.get_by_role("alert")).to_contain_text("tick that those rows are left out")
    look(page, "import-refused")
    page.get_by_label("Leave out the rows with problems").check()
    page.get_by_role("button", name="Store 1 submission").click()
    done = "1 submission stored from responses.xlsx"
    expect(page.get_by_role("heading", level=1)).to_have_text(done, timeout=60_000)
    look(page, "import-done")
    page.get_by_text("Look at them in the inbox").click()
    expect(page.get_by_role("link", name="Wenna Import").first).to_be_visible()
    expect(page.get_by_role("link", name="Jo Import")).to_have_count(0)


def test_it_goes_without_script_too(plain_page: Page, sign_in: SignIn, workbook: Path) -> None:
    page = plain_page
    sign_in(page, "clerk")
    give(page, workbook)
    page.get_by_label("Column E is for").select_option("Nothing: leave it out")
    page.get_by_label("Column F is for").select_option("Nothing: leave it out")
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("alert")).to_contain_text("No column answers a question")
    page.get_by_label("Column E is for").select_option("Answer to question 1")
    page.get_by_role("button", name="Check every row").click()
    for _ in range(60):
        if "Checked" in page.get_by_role("heading", level=1).inner_text():
            break
        page.wait_for_timeout(500)
        page.get_by_text("See how far it is now").click()
    expect(page.get_by_role("button", name="Store 2 submissions")).to_be_visible()
