"""What a respondent meets around the closing of a call: grace, countdown, policy."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.evidence.models import Submission
from consult.foundation.clock import now
from consult.respond.models import Draft
from tests.page import PageClient
from tests.unit.respond.walk import World, answer

GRACE = 15


@pytest.fixture
def closing(session: Session, world: World) -> datetime:
    """Give the instant at which the call will close, with a grace after it."""
    world.call.closes_at = (now() + timedelta(hours=1)).replace(microsecond=0)
    world.call.grace_minutes = GRACE
    session.commit()
    return world.call.closes_at


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_draft_begun_before_closing_is_sent_within_the_grace(
    session: Session, filled_in: PageClient, world: World, closing: datetime, seconds: int
) -> None:
    with time_machine.travel(closing + timedelta(seconds=seconds), tick=False):
        page = filled_in.get(f"{world.base}/check")
        filled_in.submit(page, button="Send my evidence")
    assert session.scalars(select(Submission)).one()


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_the_grace_ends_at_an_instant(
    session: Session, filled_in: PageClient, world: World, closing: datetime, seconds: int
) -> None:
    sent = seconds < 0
    page = filled_in.get(f"{world.base}/check")
    end = closing + timedelta(minutes=GRACE, seconds=seconds)
    with time_machine.travel(end, tick=False):
        shown = filled_in.submit(page, button="Send my evidence", status=200 if sent else 409)
    assert ("The bus stopped in 2019." in shown.text) is not sent
    assert (session.scalars(select(Submission)).one_or_none() is not None) is sent


def test_a_page_may_still_be_saved_within_the_grace_and_says_until_when(
    filled_in: PageClient, world: World, closing: datetime, the_draft: Callable[[], Draft]
) -> None:
    with time_machine.travel(closing + timedelta(minutes=1), tick=False):
        assert (
            "This call has closed. What you have begun can be sent until"
            in filled_in.get(f"{world.base}/check").text
        )
        answer(filled_in, world, QuestionKind.NUMBER, "77")
    assert the_draft().answers[world.questions[QuestionKind.NUMBER].slug] == "77"


def test_nothing_is_begun_within_the_grace(
    session: Session, world: World, client: PageClient, closing: datetime
) -> None:
    page = client.get(world.call_page)
    with time_machine.travel(closing, tick=False):
        assert "Start now" not in client.get(world.call_page).text
        client.submit(page, button="Start now")
    assert session.scalars(select(Draft)).all() == []


def test_a_stray_page_begins_no_draft_within_the_grace(
    session: Session, world: World, begun: PageClient, closing: datetime
) -> None:
    page = begun.get(world.path(QuestionKind.FREE_TEXT))
    session.query(Draft).delete()
    session.commit()
    with time_machine.travel(closing, tick=False):
        shown = begun.submit(page, {"answer": "Last words"}, button="Save and continue", status=409)
    assert "Last words" in shown.text
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("hours", [-24, 24])
def test_the_clock_of_the_respondents_device_does_not_matter(
    session: Session, filled_in: PageClient, world: World, closing: datetime, hours: int
) -> None:
    page = filled_in.get(f"{world.base}/check")
    told = (now() + timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    filled_in.http.environ_base.update({"HTTP_DATE": told, "HTTP_IF_MODIFIED_SINCE": told})
    filled_in.submit(page, button="Send my evidence")
    assert session.scalars(select(Submission)).one()


def test_the_pages_count_down_by_the_servers_clock(
    client: PageClient, filled_in: PageClient, world: World, closing: datetime
) -> None:
    with time_machine.travel(closing - timedelta(minutes=20), tick=False):
        assert "closes in 20 minutes" in filled_in.get(world.path(QuestionKind.NUMBER)).text
        left = client.http.get(f"{world.call_page}/time-left").get_json()
    assert "closes in 20 minutes" in left["words"]
    assert (left["again"], left["passed"]) == (30, 1)
    with time_machine.travel(closing + timedelta(minutes=GRACE), tick=False):
        over = client.http.get(f"{world.call_page}/time-left").get_json()
    assert (over["words"], over["again"]) == ("This call is closed.", 0)


def test_the_policy_stands_on_the_call_and_before_sending(
    filled_in: PageClient, world: World, session: Session
) -> None:
    world.call.closes_at = datetime(2040, 10, 28, 0, 30, tzinfo=UTC)
    world.call.grace_minutes = GRACE
    session.commit()
    for path in (world.call_page, f"{world.base}/check"):
        text = filled_in.get(path).text
        assert "28 October 2040 at 01:30 (London time, BST)" in text
        assert "for 15 minutes more, until 01:45" in text
        assert "kept for 14 days" in text
