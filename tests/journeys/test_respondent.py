"""A respondent gives evidence: in a browser with script, without, by keyboard, and across a break."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

CALL = "/calls/future-of-localism/call-for-evidence"
WORDS = "We asked for a crossing in 2019.\n\nNobody could say who decides. Café ☕ and all."
Look = Callable[[Page, str], None]


def begin(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name=re.compile("^Who decides")).click()
    page.get_by_role("button", name="Start now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("About you")


def about(page: Page) -> None:
    page.get_by_label("Your name", exact=False).first.fill("Ann O’Neill")
    page.get_by_label("Community organisation").check()
    press(page)


def press(page: Page, name: str = "Save and continue") -> None:
    """Press a button that leads to another page, and be there.

    With script the words are saved first and the form is sent after that, so a click alone ends too early.
    """
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def answer_all(page: Page, seen: Look | None = None) -> None:
    """Answer the questions of the first call, one a page."""
    steps: list[Callable[[], None]] = [
        lambda: page.get_by_role("textbox").fill(WORDS),
        lambda: None,
        lambda: page.get_by_role("textbox").fill("Whoever decides should live here."),
        lambda: page.get_by_label("A little").check(),
        lambda: page.get_by_label("None at all").check(),
        lambda: page.get_by_label("Neighbourhood plan").check(),
        lambda: page.get_by_label("In part").check(),
        lambda: page.get_by_role("radio", name="Parish or town council: Badly").check(force=True),
        lambda: page.get_by_role("radio").nth(1).check(),
        lambda: page.get_by_role("textbox").fill("40"),
        lambda: page.get_by_label("Wigan").check(),
    ]
    for number, step in enumerate(steps, start=1):
        expect(page.get_by_text(f"Question {number} of 11")).to_be_visible()
        if seen:
            seen(page, f"respond-question-{number}")
        step()
        press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Documents (optional)")
    press(page)


def choose_and_check(page: Page) -> None:
    page.get_by_role("radio").first.check()
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers before you send them")
    expect(page.get_by_text("Nobody could say who decides. Café ☕ and all.")).to_be_visible()


def test_a_respondent_gives_evidence_and_keeps_a_receipt(page: Page, look: Look) -> None:
    page.goto("/")
    look(page, "front")
    page.goto(CALL)
    look(page, "call")
    begin(page)
    look(page, "respond-about")
    about(page)
    answer_all(page, look)
    look(page, "respond-publication")
    choose_and_check(page)
    look(page, "respond-check")
    press(page, "Send my evidence")
    expect(page.get_by_text(re.compile(r"LOC\d{4}")).first).to_be_visible()
    look(page, "respond-sent")
    reference = re.search(r"LOC\d{4}", page.content())
    page.get_by_role("link", name=re.compile("copy", re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference.group() if reference else "LOC")
    expect(page.get_by_text("Whoever decides should live here.")).to_be_visible()
    look(page, "respond-receipt")


def test_the_journey_needs_no_script(plain_page: Page) -> None:
    begin(plain_page)
    about(plain_page)
    answer_all(plain_page)
    choose_and_check(plain_page)
    press(plain_page, "Send my evidence")
    expect(plain_page.get_by_text(re.compile(r"LOC\d{4}")).first).to_be_visible()


def test_the_journey_needs_no_mouse(page: Page) -> None:
    page.goto(CALL)
    tab_to(page, "button", "Start now")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("About you")
    tab_to(page, "input", "")
    page.keyboard.type("A reader by keyboard")
    radios = page.get_by_role("radio")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    assert radios.first.is_checked()
    tab_to(page, "button", "Save and continue")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Question 1 of 11")).to_be_visible()


def tab_to(page: Page, element: str, words: str) -> None:
    """Press Tab until an element of this kind and these words has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            "[document.activeElement.tagName.toLowerCase(), document.activeElement.innerText || '']"
        )
        if focus[0] == element and words in focus[1]:
            return
    raise AssertionError(f"no Tab leads to {element} “{words}”")


def test_an_error_is_told_and_the_words_stay(page: Page, look: Look) -> None:
    begin(page)
    about(page)
    long = "word " * 1300
    page.get_by_role("textbox").fill(long)
    press(page)
    expect(page.get_by_role("alert").or_(page.locator(".govuk-error-summary")).first).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: "))
    assert page.get_by_role("textbox").input_value().strip() == long.strip()
    look(page, "respond-error")


def test_a_respondent_comes_back_on_another_device(page: Page, plain_page: Page, look: Look) -> None:
    begin(page)
    about(page)
    page.get_by_role("textbox").fill(WORDS)
    press(page, "Save and come back later")
    look(page, "respond-later")
    code = page.locator(".app-secret").first.inner_text().strip()
    plain_page.goto("/")
    plain_page.get_by_role("link", name=re.compile("go on with your answers")).click()
    plain_page.get_by_role("textbox").first.fill(code)
    plain_page.locator("main").get_by_role("button").first.click()
    plain_page.goto("/respond/future-of-localism/call-for-evidence/questions/1")
    assert plain_page.get_by_role("textbox").input_value() == WORDS


@pytest.mark.parametrize("lost", ["cookies", "token"])
def test_a_lost_session_loses_no_word(plain_page: Page, lost: str) -> None:
    begin(plain_page)
    about(plain_page)
    plain_page.get_by_role("textbox").fill(WORDS)
    lose(plain_page, lost)
    press(plain_page)
    assert plain_page.get_by_role("textbox").first.input_value() == WORDS
    press(plain_page)
    expect(plain_page.get_by_text("Question 2 of 11")).to_be_visible()


@pytest.mark.parametrize("lost", ["cookies", "token"])
def test_with_script_a_lost_session_is_not_even_noticed(page: Page, lost: str) -> None:
    begin(page)
    about(page)
    page.get_by_role("textbox").fill(WORDS)
    lose(page, lost)
    press(page)
    expect(page.get_by_text("Question 2 of 11")).to_be_visible()
    page.goto("/respond/future-of-localism/call-for-evidence/questions/1")
    assert page.get_by_role("textbox").input_value() == WORDS


def lose(page: Page, lost: str) -> None:
    """Let the session end as it may while somebody writes."""
    if lost == "cookies":
        page.context.clear_cookies()
    else:
        page.evaluate("document.querySelector('[name=csrf_token]').value = 'stale'")


def test_a_double_click_sends_once(page: Page) -> None:
    begin(page)
    about(page)
    answer_all(page)
    choose_and_check(page)
    page.get_by_role("button", name="Send my evidence").dblclick()
    expect(page.get_by_text(re.compile(r"LOC\d{4}")).first).to_be_visible()
    first = re.findall(r"LOC\d{4}", page.content())[0]
    page.goto("/respond/future-of-localism/call-for-evidence/check")
    assert set(re.findall(r"LOC\d{4}", page.content())) <= {first}
