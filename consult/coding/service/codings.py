"""A member's own reading: applying a code, withdrawing a coding."""

from datetime import datetime

from sqlalchemy.orm import Session

from consult.coding.models import Coding, CodingWithdrawal
from consult.coding.rules import CodingOrigin
from consult.coding.service.shared import coding_made, hold_passage, member_of, own_standing, usable_code
from consult.evidence.rules import Bounds
from consult.evidence.service import passage_for
from consult.foundation import audit
from consult.foundation.errors import NotFound
from consult.foundation.security import Actor


def apply_code(
    session: Session,
    source_text_id: int,
    bounds: Bounds,
    code_id: int,
    *,
    inquiry_id: int,
    act_key: str | None = None,
    actor: Actor,
    at: datetime,
) -> Coding:
    """Apply a code to any words of a source text, which become a passage where they are none yet.

    Applying what the member has already applied to the same words returns the first coding.
    Refused for a retired code and for bounds outside the text.
    """
    user_id = member_of(actor)
    code = usable_code(session, code_id, inquiry_id)
    found = passage_for(session, source_text_id, bounds, inquiry_id=inquiry_id, at=at)
    passage = hold_passage(session, found.id, inquiry_id)
    done = coding_made(session, act_key, user_id) or own_standing(session, passage.id, code.id, user_id)
    if done is not None:
        return done
    coding = Coding(
        inquiry_id=inquiry_id,
        passage_id=passage.id,
        code_id=code.id,
        user_id=user_id,
        origin=CodingOrigin.OWN,
        act_key=act_key,
        at=at,
    )
    session.add(coding)
    session.flush()  # the audit event names the new id
    detail = {"passage": passage.id, "code": code.id}
    act = audit.Act("apply code", "coding", coding.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return coding


def withdraw_coding(
    session: Session, coding_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> CodingWithdrawal:
    """Withdraw a coding by a later row, which names who did it; withdrawing it again changes nothing."""
    user_id = member_of(actor)
    coding = session.get(Coding, coding_id)
    if coding is None or coding.inquiry_id != inquiry_id:
        raise NotFound("There is no such coding in this inquiry.")
    hold_passage(session, coding.passage_id, inquiry_id)
    before = session.get(CodingWithdrawal, coding_id)
    if before is not None:
        return before
    withdrawal = CodingWithdrawal(coding_id=coding_id, user_id=user_id, at=at)
    session.add(withdrawal)
    session.flush()
    detail = {"passage": coding.passage_id, "code": coding.code_id, "of": coding.user_id}
    act = audit.Act("withdraw coding", "coding", coding_id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return withdrawal
