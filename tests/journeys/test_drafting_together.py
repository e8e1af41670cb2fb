"""A lead and two colleagues draft together, each in their own browser; the lead reviews and sends once."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.test_interruptions import CALL, JOURNEY, SAVED, submissions
from tests.journeys.test_respondent import press

CODE = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){3}-[0-9A-Z]{6}")
MARIS, TOMS, LEADS = "The hall is shut.", "Nobody asked the young.", "The lead wrote this meanwhile."
Look = Callable[[Page, str], None]
Browsers = Callable[..., Page]


@pytest.fixture
def browsers(browser: Browser, site: Site) -> Iterator[Browsers]:
    """Give a function that opens a browser of its own."""
    contexts: list[BrowserContext] = []

    def make(*, script: bool = True) -> Page:
        context = browser.new_context(java_script_enabled=script, base_url=site.url)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def lead_begins(page: Page) -> None:
    """Begin a draft for an organisation, as far as the page with its return code."""
    page.goto(CALL)
    press(page, "Start now")
    page.get_by_label("Your name").first.fill("Lea Leader")
    page.get_by_label("Organisation (optional)").fill("Tenants’ Association")
    page.get_by_label("Community organisation").check()
    press(page, "Save and continue")
    page.goto(f"{JOURNEY}/later")


def team_code_of(lead: Page) -> str:
    """Return the team code that the lead's page shows."""
    lead.goto(f"{JOURNEY}/share")
    return lead.locator(".app-secret").inner_text()


def join(page: Page, code: str, name: str) -> None:
    """Come with a team code."""
    page.goto("/respond/team")
    page.get_by_label("Team code").fill(code)
    page.get_by_label("Your name").fill(name)
    press(page, "Open the draft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your team’s evidence")


def write(page: Page, number: int, words: str, button: str = "Save and see all questions") -> None:
    page.goto(f"{JOURNEY}/team/questions/{number}")
    page.get_by_role("textbox").fill(words)
    press(page, button)


def test_a_lead_and_two_colleagues_draft_together(browsers: Browsers, site: Site, look: Look) -> None:
    lead, mari, tom = browsers(), browsers(), browsers(script=False)
    lead_begins(lead)
    look(lead, "team-return-code")
    lead.get_by_role("link", name="Write with colleagues").click()
    press(lead, "Make a team code")
    code = team_code_of(lead)
    assert CODE.fullmatch(code)
    mari.goto(f"/respond/team#{code}")
    expect(mari.get_by_label("Team code")).to_have_value(code)
    join(mari, code, "Mari ap Rhys")
    join(tom, code, "Tom Short")

    mari.goto(f"{JOURNEY}/team/questions/1")
    mari.get_by_role("textbox").press_sequentially(MARIS)
    expect(mari.locator("[data-saving-shown]")).to_have_text(SAVED, timeout=10_000)
    look(mari, "team-question")
    tom.goto(f"{JOURNEY}/team/questions/1")
    expect(tom.get_by_text("Mari ap Rhys is writing here since")).to_be_visible()
    write(tom, 3, TOMS)
    look_plain(tom)

    nobody_overwrites_anybody(lead, mari, look)
    team_code_of(lead)
    expect(lead.get_by_text("By Tom Short, kept on")).to_be_visible()
    expect(lead.get_by_text("By Mari ap Rhys, kept on")).to_be_visible()
    look(lead, "team-lead")

    before = submissions(site.instance)
    review_and_send(lead)
    assert submissions(site.instance) == before + 1
    mari.goto(f"{JOURNEY}/team")
    expect(mari.get_by_text("It was sent on")).to_be_visible()
    look(mari, "team-sent")


def review_and_send(lead: Page) -> None:
    """See the words of all before sending, and press twice."""
    lead.goto(f"{JOURNEY}/publication")
    lead.get_by_role("radio").first.check()
    press(lead, "Save and continue")
    for words in (MARIS, TOMS, LEADS):
        expect(lead.get_by_text(words)).to_be_visible()
    lead.get_by_role("button", name="Send my evidence").dblclick()
    expect(lead.get_by_text(re.compile(r"LOC\d{4}")).first).to_be_visible()


def look_plain(page: Page) -> None:
    """See that the list tells who wrote what, and offers no way to send."""
    expect(page.get_by_text("By you, kept on")).to_be_visible()
    assert page.get_by_role("button", name="Send").count() == 0


def nobody_overwrites_anybody(lead: Page, mari: Page, look: Look) -> None:
    """Let lead and colleague change one answer at once: both versions wait, and the colleague keeps both."""
    lead.goto(f"{JOURNEY}/questions/1")
    expect(lead.get_by_role("textbox")).to_have_value(MARIS)
    mari.goto(f"{JOURNEY}/team/questions/1")
    lead.get_by_role("textbox").fill(LEADS)
    press(lead, "Save and continue")
    mari.get_by_role("textbox").press("End")
    mari.get_by_role("textbox").press_sequentially(" And cold.")
    press(mari, "Save and see all questions")
    expect(mari.get_by_role("heading", level=1)).to_have_text("There are two versions")
    look(mari, "team-versions")
    press(mari, "Keep both, one after the other")
    expect(mari.get_by_role("textbox")).to_have_value(f"{LEADS}\n\n{MARIS} And cold.")


def test_a_new_team_code_shuts_out_whoever_came_with_the_old_one(browsers: Browsers) -> None:
    lead, mari, tom = browsers(), browsers(), browsers(script=False)
    lead_begins(lead)
    lead.goto(f"{JOURNEY}/share")
    press(lead, "Make a team code")
    old = team_code_of(lead)
    join(mari, old, "Mari ap Rhys")
    mari.goto(f"{JOURNEY}/team/questions/1")
    press(lead, "Make a new team code")
    new = team_code_of(lead)
    assert new != old
    mari.get_by_role("textbox").fill(MARIS)
    expect(mari.locator("[data-saving-shown]")).to_contain_text("opens no draft any more", timeout=10_000)
    press(mari, "Save and see all questions")
    expect(mari.get_by_role("heading", level=1)).to_have_text("This could not be saved")
    expect(mari.get_by_text(MARIS)).to_be_visible()
    tom.goto("/respond/team")
    tom.get_by_label("Team code").fill(old)
    tom.get_by_label("Your name").fill("Tom")
    press(tom, "Open the draft")
    expect(tom.get_by_text("We find no team under this code").first).to_be_visible()
    join(mari, new, "Mari ap Rhys")
    press(lead, "Let nobody in any more")
    mari.goto(f"{JOURNEY}/team")
    expect(mari.get_by_role("heading", level=1)).to_have_text("Write with your colleagues")


def test_the_page_of_the_return_code_prints_the_code_and_its_link_alone(browsers: Browsers) -> None:
    lead = browsers()
    lead_begins(lead)
    code = lead.locator(".app-secret").inner_text()
    lead.emulate_media(media="print")
    expect(lead.locator(".app-secret")).to_be_visible()
    expect(lead.get_by_text(f"/respond/resume#{code}")).to_be_visible()
    expect(lead.get_by_role("button")).to_have_count(0)
