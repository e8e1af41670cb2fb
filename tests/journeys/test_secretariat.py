"""The secretariat reads, codes by keyboard alone, and never wonders whether it was saved."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

EMOJI = "👍"
HOME = "/inquiries/future-of-localism"
SignIn = Callable[[Page, str], None]
Look = Callable[[Page, str], None]


def status(page: Page) -> Locator:
    return page.locator("#status")


def left(page: Page) -> int:
    return int(page.locator("#left").inner_text())


def open_suggestions(page: Page) -> int:
    return page.locator(".app-suggestion").count()


def begin_coding(page: Page) -> None:
    page.goto(f"{HOME}/coding")
    page.get_by_role("link", name="Continue coding").or_(
        page.get_by_role("button", name="Continue coding")
    ).click()
    expect(page.locator("#coding")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("k")


def decide(page: Page, key: str) -> None:
    """Press a key and wait until the page says that it is saved."""
    before = open_suggestions(page)
    page.keyboard.press(key)
    expect(page.locator(".app-suggestion")).to_have_count(before - 1)
    expect(status(page)).to_contain_text("Saved")


def test_pages_of_the_secretariat_are_sound(page: Page, sign_in: SignIn, look: Look) -> None:
    page.goto("/sign-in")
    look(page, "sign-in")
    sign_in(page, "clerk")
    look(page, "inquiries")
    for name, path in {
        "overview": "",
        "calls": "/calls",
        "call": "/calls/call-for-evidence",
        "reading-room": "/evidence",
        "reading-room-search": "/evidence?q=hall",
        "reading-room-empty": "/evidence?q=zzzz",
        "submission": "/evidence/LOC0004",
        "codebook": "/codebook",
        "groups": "/codebook/groups",
        "groups-all": "/codebook/groups?of=all",
        "groups-settled": "/codebook/groups/settled",
        "code": "/codebook/codes/power_elsewhere",
        "code-edit": "/codebook/codes/power_elsewhere/edit",
        "queue": "/coding",
        "coding": "/coding/LOC0005",
        "coding-done": "/coding/LOC0004",
        "coding-settings": "/coding/settings",
        "quality": "/coding/quality",
        "model-runs": "/coding/runs",
        "model-card": "/coding/runs/1",
        "records": "/records",
        "audit-log": "/audit-log",
    }.items():
        page.goto(f"{HOME}{path}")
        look(page, f"staff-{name}")


def test_twenty_suggestions_are_decided_without_the_mouse(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "analyst")
    begin_coding(page)
    decided = 0
    while decided < 20:
        if open_suggestions(page) == 0:
            reference = page.url
            page.keyboard.press("n")
            page.wait_for_function("before => location.href !== before", arg=reference)
            page.keyboard.press("j")
            page.keyboard.press("k")
            continue
        if page.locator(".is-current .app-blind").count():
            read_the_current(page)
        if not page.locator(".is-current .app-suggestion").count():
            page.keyboard.press("j")
            continue
        decide(page, "a" if decided % 3 == 0 else "r")
        decided += 1
    page.reload()
    expect(page.locator("#coding")).to_be_visible()


def test_an_act_is_taken_back_by_key(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "analyst")
    page.goto(f"{HOME}/coding/LOC0021")
    page.keyboard.press("j")
    page.keyboard.press("k")
    codings, suggestions = page.locator(".app-coded").count(), open_suggestions(page)
    decide(page, "a")
    expect(page.locator(".app-coded")).to_have_count(codings + 1)
    page.keyboard.press("u")
    expect(page.locator(".app-coded")).to_have_count(codings)
    expect(page.locator(".app-suggestion")).to_have_count(suggestions)
    page.reload()
    expect(page.locator(".app-suggestion")).to_have_count(suggestions)


def test_a_code_is_added_to_selected_words(page: Page, sign_in: SignIn, look: Look) -> None:
    sign_in(page, "analyst")
    # This text has an emoji: offsets of the browser are not those of the text.
    page.goto(f"{HOME}/coding/LOC0053")
    target = page.locator(".app-passage", has_text=EMOJI).first
    target.locator(".app-passage__text").scroll_into_view_if_needed()
    words = target.locator(".app-passage__text").evaluate(
        """text => {
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            let node, last;
            while ((node = walker.nextNode())) { if (node.data.trim().length > 12) last = node; }
            const range = document.createRange();
            const end = last.data.trimEnd().length;
            range.setStart(last, end - 10); range.setEnd(last, end);
            const selection = getSelection();
            selection.removeAllRanges(); selection.addRange(range);
            return selection.toString();
        }"""
    )
    page.keyboard.press("c")
    page.locator("#picker-search").fill("trust")
    look_at = page.locator("#picker")
    expect(look_at).to_be_visible()
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Saved")
    page.reload()
    expect(page.locator(".app-coded__quote", has_text=words.strip()).first).to_be_attached()


def test_a_code_is_added_to_words_that_run_over_two_passages(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "analyst")
    page.goto(f"{HOME}/coding/LOC0064")
    # What stands between the two texts on the page, a panel with suggestions, is no part of the words.
    page.locator("#coding").evaluate(
        """coding => {
            const section = [...coding.querySelectorAll("section")].find(
                (one) => one.querySelectorAll(".app-passage__text").length > 1);
            const [first, second] = section.querySelectorAll(".app-passage__text");
            getSelection().setBaseAndExtent(first, 0, second, second.childNodes.length);
        }"""
    )
    before = page.locator(".app-coded").count()
    page.keyboard.press("c")
    expect(page.locator("#picker-about")).not_to_contain_text("Add a code")
    page.locator("#picker-search").fill("trust")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Saved")
    assert page.locator(".app-coded").count() > before


def test_coding_works_without_script(plain_page: Page, sign_in: SignIn) -> None:
    sign_in(plain_page, "analyst")
    plain_page.goto(f"{HOME}/coding/LOC0036")
    before = open_suggestions(plain_page)
    plain_page.get_by_role("button", name=re.compile("^Reject")).first.click()
    expect(plain_page.locator(".app-suggestion")).to_have_count(before - 1)


def test_a_passage_is_split_by_key_and_joined_again(page: Page, sign_in: SignIn, look: Look) -> None:
    sign_in(page, "analyst")
    page.goto(f"{HOME}/coding/LOC0021")
    passages = page.locator(".app-passage")
    before, words = passages.count(), passages.nth(1).locator(".app-passage__text").inner_text()
    passages.nth(1).focus()
    page.keyboard.press("x")
    expect(page.get_by_role("heading", name="Cut this passage anew")).to_be_visible()
    look(page, "staff-cut-anew")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(passages).to_have_count(before + 1)
    first = passages.nth(1)
    assert words.startswith(first.locator(".app-passage__text").inner_text().strip())
    first.focus()
    page.keyboard.press("x")
    page.get_by_role("button", name="Join the two passages").click()
    expect(passages).to_have_count(before)
    assert passages.nth(1).locator(".app-passage__text").inner_text() == words


def test_a_passage_is_split_without_script_at_words_that_are_typed(plain_page: Page, sign_in: SignIn) -> None:
    sign_in(plain_page, "analyst")
    plain_page.goto(f"{HOME}/coding/LOC0064")
    before = plain_page.locator(".app-passage").count()
    plain_page.get_by_role("link", name="Split or join").last.click()
    plain_page.get_by_role("radio", name="At other words").check()
    plain_page.get_by_label("Words with which the second passage begins").fill("no such words")
    plain_page.get_by_role("button", name="Split the passage").click()
    expect(plain_page.get_by_role("alert")).to_contain_text("These words are not in the passage")
    typed = plain_page.get_by_label("Words with which the second passage begins")
    expect(typed).to_have_value("no such words")
    words = plain_page.locator("blockquote").first.inner_text().split()
    typed.fill(" ".join(words[3:8]))
    plain_page.get_by_role("button", name="Split the passage").click()
    expect(plain_page.locator(".app-passage")).to_have_count(before + 1)


def test_a_passage_drawn_by_lot_is_read_before_its_suggestions_are_seen(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "analyst")
    page.goto(f"{HOME}/coding/LOC0020")
    drawn = page.locator(".app-passage", has=page.locator(".app-blind")).first
    key = drawn.get_attribute("id")
    expect(drawn.locator(".app-suggestion")).to_have_count(0)
    page.locator(f"#{key}").focus()
    page.keyboard.press("b")
    expect(page.locator(f"#{key} .app-blind")).to_have_count(0)
    expect(status(page)).to_contain_text("Read")


def test_a_key_with_nothing_to_press_says_so(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "analyst")
    page.goto(f"{HOME}/coding/LOC0020")
    undrawn = page.locator(".app-passage:not(:has(.app-blind))").first
    undrawn.focus()
    page.keyboard.press("b")
    expect(status(page)).to_contain_text("does not wait to be read without suggestions")
    page.keyboard.press("5")
    expect(status(page)).to_contain_text("no open suggestion 5")


def test_a_lost_connection_loses_no_act(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "analyst")
    page.goto(f"{HOME}/coding/LOC0020")
    read_what_was_drawn(page)
    page.locator(".app-passage", has=page.locator(".app-suggestion")).first.focus()
    before = open_suggestions(page)
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.locator("#trouble-words")).to_contain_text("not saved yet")
    page.context.set_offline(False)
    page.locator("#retry").click()
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator(".app-suggestion")).to_have_count(before - 1)
    expect(status(page)).to_contain_text("Saved")
    page.reload()
    expect(page.locator(".app-suggestion")).to_have_count(before - 1)


def read_what_was_drawn(page: Page) -> None:
    """Say of each passage drawn by lot that it has been read, so that its suggestions are there."""
    for _ in range(page.locator(".app-blind").count()):
        page.locator(".app-passage", has=page.locator(".app-blind")).first.focus()
        read_the_current(page)


def read_the_current(page: Page) -> None:
    waiting = page.locator(".app-blind")
    before = waiting.count()
    page.keyboard.press("b")
    expect(waiting).to_have_count(before - 1)


def test_a_call_is_written_and_published_in_the_browser(page: Page, sign_in: SignIn, look: Look) -> None:
    sign_in(page, "clerk")
    page.goto(f"{HOME}/calls")
    look(page, "staff-call-list")
    page.get_by_role("button", name="Write a call").click()
    look(page, "staff-call-new")
    page.get_by_label("Title").fill("What about the buses?")
    page.get_by_label("What the call is for").fill("To hear about **buses**.")
    page.locator("[name=what_happens]").fill("We read them.")
    page.locator("[name=opens_day]").fill("2026-11-01")
    page.locator("[name=opens_time]").fill("09:00")
    page.locator("[name=closes_day]").fill("2036-11-01")
    page.locator("[name=closes_time]").fill("17:00")
    page.get_by_role("button", name="Save and write the questions").click()
    page.get_by_role("link", name="Free text").or_(page.get_by_role("button", name="Free text")).first.click()
    page.locator("[name=prompt]").fill("Which bus do you miss most?")
    look(page, "staff-question")
    page.get_by_role("button", name="Save and finish").click()
    page.get_by_role("button", name="Publish this call").click()
    look(page, "staff-call-published")
    page.goto("/")
    expect(page.get_by_role("link", name="What about the buses?")).to_be_visible()
