"""A clerk reviews the demo's campaign by keyboard, and the chair sees the figures both ways."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

HOME = "/inquiries/future-of-localism"
SignIn = Callable[[Page, str], None]
Look = Callable[[Page, str], None]


def received(page: Page) -> int:
    """Return the first number of the page of themes: how many submissions its figures count."""
    return int(page.locator(".app-number__digits").first.inner_text())


def see_figures_three_ways(page: Page) -> None:
    ruled = received(page)
    page.get_by_role("link", name="Every letter counted").click()
    every = received(page)
    page.get_by_role("link", name="Without campaigns").click()
    assert received(page) < ruled < every


def test_similar_letters_are_reviewed_by_key_and_counted_by_the_rule_chosen(
    page: Page, sign_in: SignIn, look: Look
) -> None:
    sign_in(page, "clerk")
    page.goto(f"{HOME}/campaigns")
    look(page, "campaigns")
    page.get_by_role("link", name=re.compile("9 letters like")).click()
    look(page, "campaign-proposed")
    expect(page.locator("ins.app-own").nth(1)).to_be_visible()
    page.get_by_label("Name of the campaign").fill("Keep the hall")
    page.get_by_label("Count the campaign once").check()
    page.locator("h1").click()
    page.keyboard.press("o")
    expect(page.locator("h1")).to_have_text("Keep the hall")
    look(page, "campaign-waiting")
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator("[data-variant]").first).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_text("in the campaign, counted by itself")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("letters added to the campaign")).to_be_visible()
    expect(page.get_by_text("9 letters of the campaign")).to_be_visible()
    look(page, "campaign")
    page.goto(f"{HOME}/themes")
    look(page, "themes-with-a-campaign")
    see_figures_three_ways(page)
    page.goto(f"{HOME}/coding/LOC0037")
    expect(page.get_by_text("This letter shows the template of the campaign")).to_be_visible()
    look(page, "campaign-template-coded")
