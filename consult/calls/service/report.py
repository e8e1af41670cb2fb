"""Verbs on what respondents are promised of an inquiry: until when they may withdraw, and its report."""

from datetime import datetime

from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.calls.rules import WithdrawalPolicy
from consult.calls.withdrawing import problem_with_address
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.security import Actor

LONGEST_REPORT_TITLE, LONGEST_ADDRESS = 300, 500


def set_withdrawal_policy(
    session: Session, policy: WithdrawalPolicy, *, inquiry_id: int, actor: Actor, at: datetime
) -> Inquiry:
    """Set until when respondents may withdraw what they send from now on.

    What was sent before keeps the rule that was shown then.
    """
    inquiry = _held(session, inquiry_id)
    was, inquiry.withdrawal_policy = inquiry.withdrawal_policy, policy
    if was is not policy:
        act = audit.Act("set withdrawal policy", "inquiry", inquiry_id, detail={"was": was, "policy": policy})
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return inquiry


def announce_report(
    session: Session,
    out_at: datetime | None,
    *,
    title: str,
    address: str,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Inquiry:
    """Say when the report is out and where it is; without a moment respondents are told that none is known.

    BadInput for an address that is not one of the web, or a title that is too long.
    """
    title, address = title.strip(), address.strip()
    if problem := problem_with_address(address):
        raise BadInput(problem)
    if len(title) > LONGEST_REPORT_TITLE or len(address) > LONGEST_ADDRESS:
        raise BadInput("Shorten the title or the address of the report.")
    inquiry = _held(session, inquiry_id)
    inquiry.report_at, inquiry.report_title, inquiry.report_address = out_at, title, address
    detail = {"out_at": out_at.isoformat() if out_at else None, "title": title, "address": address}
    act = audit.Act("announce report", "inquiry", inquiry_id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return inquiry


def _held(session: Session, inquiry_id: int) -> Inquiry:
    inquiry = session.get(Inquiry, inquiry_id, with_for_update=True)
    if inquiry is None:
        raise NotFound("There is no such inquiry.")
    return inquiry
