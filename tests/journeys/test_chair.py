"""The chair reads figures, and every figure opens the people behind it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

HOME = "/inquiries/future-of-localism"
SignIn = Callable[[Page, str], None]
Look = Callable[[Page, str], None]


def test_pages_of_the_chair_are_sound(page: Page, sign_in: SignIn, look: Look) -> None:
    sign_in(page, "chair")
    for name, path in {
        "overview": "",
        "themes": "/themes",
        "closed-questions": "/themes/closed-questions",
        "audit-log": "/audit-log",
    }.items():
        page.goto(f"{HOME}{path}")
        look(page, f"chair-{name}")
    page.goto(f"{HOME}/themes")
    page.locator("main h2 a").nth(1).click()
    look(page, "chair-theme")
    page.get_by_role("link", name=re.compile(r"^\d+ passages?$")).first.click()
    look(page, "chair-passages")


def test_a_number_opens_its_list_and_a_quote_its_paragraph(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "chair")
    page.goto(f"{HOME}/themes")
    page.locator("main h2 a").nth(1).click()
    for unit in ("submissions", "respondents", "passages"):
        theme = page.url
        number = page.get_by_role("link", name=re.compile(rf"^\d+ {unit}?$")).first
        count = int(number.inner_text().split()[0])
        number.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert re.search(rf"\b{count}\b", page.locator("main").inner_text())
        page.goto(theme)
    quote = page.locator("main blockquote").first
    words = quote.inner_text().strip("“”\n ")[:40]
    page.get_by_role("link", name=re.compile(r"LOC\d{4}, paragraph \d+")).first.click()
    expect(page).to_have_url(re.compile(r"/evidence/LOC\d{4}#p\d+$"))
    target = page.url.partition("#")[2]
    assert words in " ".join(page.locator(f"#{target}").inner_text().split())


def test_the_chair_cannot_code(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "chair")
    page.goto(f"{HOME}/themes")
    assert page.get_by_role("link", name="Coding", exact=True).count() == 0
    answer = page.goto(f"{HOME}/coding")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("You may not open this page")
