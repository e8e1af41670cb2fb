"""Closing: one policy in words, its instants, its grace, and the opening that can still be moved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls import service
from consult.calls.closing import MILESTONES, closing_policy, countdown
from consult.calls.forms import moment
from consult.calls.models import Call
from consult.calls.rules import CallState, Openness, openness
from consult.foundation.clock import now
from consult.foundation.errors import BadInput, Refused
from consult.foundation.security import SYSTEM, Role
from consult.foundation.web import LONDON
from tests.builders import NOON, Builder
from tests.page import PageClient

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
# In summer; in the hour that comes twice, first and second; just before and after the hour that never comes.
CLOSINGS = [
    datetime(2026, 7, 3, 22, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
]


def standing(closes_at: datetime, at: datetime, grace: int) -> Openness:
    return openness(CallState.PUBLISHED, closes_at - 30 * DAY, closes_at, at, grace)


@pytest.mark.parametrize("closes_at", CLOSINGS)
@pytest.mark.parametrize("grace", [0, 15, 120])
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_the_instants_of_closing_and_of_the_graces_end(closes_at: datetime, grace: int, off: int) -> None:
    at = closes_at + off * SECOND
    after = Openness.GRACE if grace else Openness.CLOSED
    assert standing(closes_at, at, grace) is (Openness.OPEN if off < 0 else after)
    end = closes_at + grace * MINUTE + off * SECOND
    before_end = Openness.GRACE if grace else Openness.OPEN
    assert standing(closes_at, end, grace) is (before_end if off < 0 else Openness.CLOSED)


def test_a_call_closed_by_hand_has_no_grace() -> None:
    assert openness(CallState.CLOSED, NOON - DAY, NOON, NOON + SECOND, 60) is Openness.CLOSED


@pytest.fixture
def call(build: Builder) -> Call:
    return build.call(build.inquiry(), closes_at=CLOSINGS[0], grace_minutes=15)


def test_the_policy_names_the_zone_the_grace_and_what_becomes_of_drafts(app: Flask, call: Call) -> None:
    with app.test_request_context():
        words = " ".join(closing_policy(call))
    for part in ("3 July 2026 at 23:59", "London time, BST", "Europe/London", "until 00:14", "14 days"):
        assert part in words
    assert "15 minutes more" in words


def test_without_a_grace_the_policy_says_so(app: Flask, call: Call) -> None:
    call.grace_minutes = 0
    with app.test_request_context():
        assert "cannot be sent any more" in " ".join(closing_policy(call))


@pytest.mark.parametrize(("closes_at", "zone"), [(CLOSINGS[1], "BST"), (CLOSINGS[2], "GMT")])
def test_the_hour_that_comes_twice_is_told_apart_by_its_zone(
    app: Flask, call: Call, closes_at: datetime, zone: str
) -> None:
    call.closes_at = closes_at
    with app.test_request_context():
        assert f"25 October 2026 at 01:30 (London time, {zone})" in closing_policy(call)[0]


def test_a_closing_typed_on_londons_clock_is_one_instant_in_summer_and_winter() -> None:
    summer, winter = datetime(2026, 7, 3, 12, tzinfo=LONDON), datetime(2026, 12, 3, 12, tzinfo=LONDON)
    assert moment(summer.date(), summer.time()) == datetime(2026, 7, 3, 11, tzinfo=UTC)
    assert moment(winter.date(), winter.time()) == datetime(2026, 12, 3, 12, tzinfo=UTC)


def test_the_countdown_is_asked_for_more_often_and_said_aloud_rarely(app: Flask, call: Call) -> None:
    lefts = [40 * DAY, 2 * DAY, 90 * MINUTE, 59 * MINUTE, 9 * MINUTE, MINUTE, SECOND]
    with app.test_request_context():
        shown = [countdown(call, Openness.OPEN, call.closes_at - left) for left in lefts]
        last = countdown(call, Openness.GRACE, call.closes_at)
    found = [each for each in shown if each]
    assert len(found) == len(lefts)
    assert all(later.again <= earlier.again for earlier, later in pairwise(found))
    assert [each.passed for each in found] == [0, 0, 0, 1, 2, 3, 3]
    assert "closes within a minute" in found[-1].words
    assert last is not None
    assert last.passed > len(MILESTONES)
    assert "can be sent until 4 July 2026 at 00:14" in last.words


def test_nothing_is_counted_down_that_is_closed_or_to_come(app: Flask, call: Call) -> None:
    with app.test_request_context():
        assert countdown(call, Openness.CLOSED, NOON) is None
        assert countdown(call, Openness.NOT_YET, NOON) is None


# The clerk's verbs.


def test_the_grace_of_a_published_call_is_made_longer_only(session: Session, call: Call) -> None:
    by = {"inquiry_id": call.inquiry_id, "actor": SYSTEM, "at": call.closes_at - DAY}
    assert service.set_grace(session, call.id, 30, **by).grace_minutes == 30
    with pytest.raises(Refused, match="longer"):
        service.set_grace(session, call.id, 29, **by)
    with pytest.raises(BadInput):
        service.set_grace(session, call.id, 1441, **by)
    within = {**by, "at": call.closes_at + 29 * MINUTE}
    assert service.set_grace(session, call.id, 40, **within).grace_minutes == 40
    with pytest.raises(Refused, match="closed"):
        service.set_grace(session, call.id, 60, **{**by, "at": call.closes_at + 40 * MINUTE})


def test_the_opening_is_moved_until_somebody_has_answered(
    session: Session, build: Builder, call: Call
) -> None:
    by = {"inquiry_id": call.inquiry_id, "actor": SYSTEM, "at": NOON, "why": "The printer was late."}
    assert service.move_opening(session, call.id, NOON + DAY, **by).opens_at == NOON + DAY
    with pytest.raises(BadInput, match="why"):
        service.move_opening(session, call.id, NOON, **{**by, "why": " "})
    with pytest.raises(BadInput, match="before it closes"):
        service.move_opening(session, call.id, call.closes_at, **by)
    build.submission(call, "Words.")
    with pytest.raises(Refused, match="begun"):
        service.move_opening(session, call.id, NOON, **by)


@pytest.fixture
def staff(build: Builder, client_of: Callable[[User], PageClient], call: Call) -> PageClient:
    inquiry = build.inquiry(slug="closing-time")
    call.inquiry_id, call.slug, call.closes_at = inquiry.id, "who", NOON + 3_650 * DAY
    member = build.member(inquiry, Role.CLERK)
    build.session.commit()
    return client_of(member)


def test_a_clerk_sets_the_grace_and_moves_the_opening_on_one_page(
    staff: PageClient, session: Session, call: Call
) -> None:
    page = staff.get("/inquiries/closing-time/calls/who/closing")
    assert "Nobody has begun to answer" in page.text
    page = staff.submit(page, {"minutes": "5"}, with_field="minutes", status=422)
    assert "it can be made longer, not shorter" in page.text
    assert page.typed("minutes") == "5"
    staff.submit(page, {"minutes": "45"}, with_field="minutes")
    page = staff.get("/inquiries/closing-time/calls/who/closing")
    assert "45 minutes more" in page.text
    opening = {"opens_day": "2030-01-02", "opens_time": "09:00", "opens_why": ""}
    page = staff.submit(page, opening, with_field="opens_day", status=422)
    staff.submit(page, {**opening, "opens_why": "A mistake."}, with_field="opens_day")
    session.expire_all()
    assert (call.grace_minutes, call.opens_at) == (45, datetime(2030, 1, 2, 9, tzinfo=UTC))


def test_an_answered_call_offers_no_other_opening(
    staff: PageClient, build: Builder, session: Session, call: Call
) -> None:
    build.submission(call, "Words.")
    session.commit()
    assert "Move the opening" not in staff.get("/inquiries/closing-time/calls/who/closing").text


def test_a_draft_call_and_one_in_its_grace_can_be_given_a_longer_grace(
    staff: PageClient, session: Session, call: Call
) -> None:
    call.state = CallState.DRAFT
    session.commit()
    page = staff.get("/inquiries/closing-time/calls/who/closing")
    staff.submit(page, {"minutes": "0"}, with_field="minutes")
    session.expire_all()
    assert call.grace_minutes == 0
    call.state, call.closes_at, call.grace_minutes = CallState.PUBLISHED, now() - MINUTE, 15
    session.commit()
    page = staff.get("/inquiries/closing-time/calls/who/closing")
    staff.submit(page, {"minutes": "30"}, with_field="minutes")
    session.expire_all()
    assert call.grace_minutes == 30
    call.closes_at = now() - 31 * MINUTE
    session.commit()
    assert "Set the grace" not in staff.get("/inquiries/closing-time/calls/who/closing").text
