"""Verbs on when a call opens, and how long after closing a draft may still be sent."""

from datetime import datetime

from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.calls.rules import MOST_GRACE, CallState, grace_ends
from consult.calls.service.calls import call_held
from consult.calls.uses import is_answered
from consult.foundation import audit
from consult.foundation.errors import BadInput, Refused
from consult.foundation.security import Actor


def set_grace(
    session: Session,
    call_id: int,
    minutes: int,
    *,
    inquiry_id: int,
    why: str = "",
    actor: Actor,
    at: datetime,
) -> Call:
    """Let drafts begun before closing be sent for so many minutes after it; 0 for not at all.

    Refused for less than the public has been told of, and once the grace is over.
    """
    call = call_held(session, call_id, inquiry_id)
    if not 0 <= minutes <= MOST_GRACE:
        raise BadInput(f"Give a number of minutes from 0 to {MOST_GRACE:,}.")
    if call.state is not CallState.DRAFT:
        if minutes < call.grace_minutes:
            raise Refused("People have been told of a longer grace: it can be made longer, not shorter.")
        if call.state is CallState.CLOSED or at >= grace_ends(call.closes_at, call.grace_minutes):
            raise Refused("This call is closed. Open it again by a later closing date.")
    was, call.grace_minutes = call.grace_minutes, minutes
    if was != minutes:
        act = audit.Act(
            "set grace", "call", call_id, why=why.strip(), detail={"was": was, "minutes": minutes}
        )
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return call


def move_opening(
    session: Session,
    call_id: int,
    opens_at: datetime,
    *,
    inquiry_id: int,
    why: str,
    actor: Actor,
    at: datetime,
) -> Call:
    """Let a published call open at another moment, as long as nobody has begun to answer it.

    Refused once somebody has, BadInput without a reason and for a moment that is not before the closing.
    """
    call = call_held(session, call_id, inquiry_id)
    if call.state is not CallState.PUBLISHED:
        raise Refused("Only a published call that is not closed can be given another opening here.")
    if is_answered(session, call_id):
        raise Refused("People have begun to answer this call, so its opening stands.")
    if not why.strip():
        raise BadInput("Say why the opening is moved.")
    if opens_at >= call.closes_at:
        raise BadInput("The call must open before it closes.")
    detail = {"was": call.opens_at.isoformat(), "opens_at": opens_at.isoformat()}
    call.opens_at = opens_at
    act = audit.Act("move opening", "call", call_id, why=why.strip(), detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return call
