"""The pages on which a clerk reviews campaigns."""

import re
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.evidence.models_campaigns import Campaign, CampaignMember
from consult.evidence.rules_campaigns import CountingRule
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.security import Role
from tests.page import Page, PageClient, checked, forget_last_request
from tests.unit.evidence.test_campaigns import BUSES, LIBRARY, MUCH, OWN, Desk, desk

__all__ = ["desk"]


@pytest.fixture
def clerk(desk: Desk, client_of: Callable[[User], PageClient]) -> PageClient:
    return client_of(desk.clerk)


def path(desk: Desk, rest: str = "") -> str:
    return f"/inquiries/{desk.inquiry.slug}/campaigns{rest}"


def posted(client: PageClient, address: str, data: Mapping[str, object], status: int = 200) -> Page:
    """Post fields as a form of the campaign's page does."""
    page = client.get(re.sub(r"(/[0-9]+)/.*", r"\1", address))
    token = page.field("csrf_token").get("value")
    forget_last_request()
    answer = client.http.post(address, data={**data, "csrf_token": token}, follow_redirects=True)
    return checked(Page(answer), status)


def own_words(page: Page) -> list[str]:
    marks = [e for e in page.all("ins") if e.find("span") is not None]
    return ["".join(mark.itertext()).split(": ", 1)[1].removesuffix(" (end of own words)") for mark in marks]


def the_campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


def test_a_proposed_group_shows_its_template_once_and_each_variants_own_words(
    desk: Desk, clerk: PageClient
) -> None:
    letters = desk.send(*[LIBRARY] * 3, f"{LIBRARY} {OWN}", f"{LIBRARY} {MUCH}", BUSES)
    desk.group()
    page = clerk.get(path(desk))
    page = clerk.get(page.link(f"5 letters like {letters[0].reference}"))
    assert page.h1 == f"5 letters like {letters[0].reference}"
    assert page.text.count(LIBRARY) == 1
    assert own_words(page) == [MUCH, OWN]
    assert "3 different wordings" in page.text
    assert "3 letters with these words" in page.text
    assert "With much of their own" in page.text


def test_the_form_says_what_each_rule_would_make_of_the_figures(desk: Desk, clerk: PageClient) -> None:
    letters = desk.send(*[LIBRARY] * 3, f"{LIBRARY} {MUCH}", BUSES, OWN)
    desk.group()
    words = clerk.get(path(desk, f"/proposed/{letters[0].reference}")).text
    for submissions in (6, 4, 3):
        assert f"Figures would then be of {submissions} submissions." in words


@pytest.mark.parametrize(
    ("button", "members"), [("Confirm all 3 letters", 3), ("Confirm, and decide letter by letter", 1)]
)
def test_a_clerk_confirms_all_letters_or_one_by_one(
    desk: Desk, clerk: PageClient, session: Session, button: str, members: int
) -> None:
    letters = desk.send(*[LIBRARY] * 3)
    desk.group()
    page = clerk.get(path(desk, f"/proposed/{letters[0].reference}"))
    page = clerk.submit(page, {"name": "Keep the library", "rule": "once"}, button=button)
    assert page.h1 == "Keep the library"
    assert len(session.scalars(select(CampaignMember)).all()) == members
    assert the_campaign(session).rule is CountingRule.ONCE
    assert "counted once in every figure" in page.text or members == 1


def test_a_campaign_without_a_name_or_rule_is_asked_for_both_and_keeps_what_was_typed(
    desk: Desk, clerk: PageClient
) -> None:
    letters = desk.send(*[LIBRARY] * 3)
    desk.group()
    page = clerk.get(path(desk, f"/proposed/{letters[0].reference}"))
    page = clerk.submit(page, {"note": "Agreed on Monday"}, button="Confirm all 3 letters", status=422)
    assert "Give the campaign a name" in page.text
    assert "Choose how the campaign is counted" in page.text
    assert page.typed("note") == "Agreed on Monday"


def test_a_group_that_is_no_campaign_leaves_the_list(desk: Desk, clerk: PageClient, session: Session) -> None:
    letters = desk.send(*[LIBRARY] * 3)
    desk.group()
    page = clerk.get(path(desk, f"/proposed/{letters[0].reference}"))
    page = clerk.submit(page, button="No campaign: count each letter as it is")
    assert "No letters here have the same words" in page.text
    assert session.scalars(select(Campaign)).all() == []


def test_letters_are_decided_on_the_campaigns_page_and_split_moved_and_renamed(
    desk: Desk, clerk: PageClient, session: Session
) -> None:
    letters = desk.send(*[LIBRARY] * 3, f"{LIBRARY} {OWN}", BUSES)
    desk.group()
    campaign = desk.confirm(letters[0])
    here = path(desk, f"/{campaign.id}")

    def post(rest: str, **data: object) -> Page:
        return posted(clerk, here + rest, data)

    def members() -> dict[int, bool]:
        session.expire_all()
        return desk.members(campaign)

    post("/letters", letter=letters[3].reference, verdict="by_itself")
    assert members()[letters[3].id]
    post("/letters", references=f"{letters[4].reference.lower()}, {letters[1].reference}", verdict="in")
    assert letters[4].id in members()
    post("/letters", letter=letters[4].reference, verdict="not_in")
    assert letters[4].id not in members()
    post("/split", letter=f"{letters[3].reference}", name="With mothers")
    assert letters[3].id not in members()
    page = post("", name="Save the library", rule="apart", note="")
    assert page.h1 == "Save the library"
    assert "on a line of their own" in page.text


def test_letters_that_came_later_are_offered_and_taken(desk: Desk, clerk: PageClient) -> None:
    letters = desk.send(*[LIBRARY] * 3)
    desk.group()
    campaign = desk.confirm(letters[0])
    desk.send(LIBRARY, f"{LIBRARY} {OWN}")
    desk.group()
    page = clerk.get(path(desk))
    page = clerk.get(page.link("2 more letters seem to belong to it"))
    assert own_words(page) == [OWN]
    page = clerk.submit(page, button="Take all 2 into the campaign")
    assert "2 letters added" in page.text
    assert len(desk.members(campaign)) == 5


def test_a_commissioner_reads_and_is_offered_no_act(
    desk: Desk, client_of: Callable[[User], PageClient]
) -> None:
    letters = desk.send(*[LIBRARY] * 3)
    desk.group()
    reader = client_of(desk.build.member(desk.inquiry, Role.COMMISSIONER))
    desk.session.commit()
    page = reader.get(path(desk, f"/proposed/{letters[0].reference}"))
    assert not page.all("button", class_="govuk-button")
    assert "A clerk decides" in page.text


@pytest.mark.parametrize("rest", ["/999", "/proposed/LOC9999", "/proposed/nothing"])
def test_what_is_not_there_is_not_found(desk: Desk, clerk: PageClient, rest: str) -> None:
    assert clerk.get(path(desk, rest), status=404).status == 404


@pytest.mark.parametrize("data", [{}, {"letter": "LOC0001"}, {"letter": "LOC0001", "verdict": "maybe"}])
def test_a_decision_without_letters_or_verdict_says_what_to_do(
    desk: Desk, clerk: PageClient, data: dict[str, str]
) -> None:
    letters = desk.send(*[LIBRARY] * 3)
    desk.group()
    campaign = desk.confirm(letters[0])
    posted(clerk, path(desk, f"/{campaign.id}/letters"), data, status=422)


def test_asking_to_compare_again_is_asking_once(desk: Desk, clerk: PageClient, session: Session) -> None:
    for _ in range(2):
        page = clerk.submit(clerk.get(path(desk)), button="Compare all letters again")
        assert page.h1 == "Grouping similar letters"
    jobs = session.scalars(select(Job).where(Job.name == JobName.CAMPAIGNS_WANTED)).all()
    assert len(jobs) == 1
