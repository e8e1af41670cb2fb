"""Read a campaign's template once: a person's explicit act applies its coding to the same words elsewhere."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.coding.models import Coding, CodingWithdrawal
from consult.coding.queries import stands
from consult.coding.queries.repeats import own_codings_elsewhere, passages_without_code
from consult.coding.rules import CodingOrigin
from consult.coding.service.shared import hold_passage, member_of, usable_code
from consult.foundation import audit
from consult.foundation.errors import NotFound, Refused
from consult.foundation.security import Actor


def apply_to_repeats(session: Session, coding_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> int:
    """Apply a standing coding's code to all letters' passages with the same words; return how many.

    Those to which anybody has applied it already are left as they are, so doing it twice changes nothing.
    Own words of a letter are never touched. Refused for a retired code or a coding that was withdrawn.
    """
    user_id = member_of(actor)
    coding = _standing(session, coding_id, inquiry_id)
    usable_code(session, coding.code_id, inquiry_id)
    passages = list(session.scalars(passages_without_code(coding)))
    row = {"inquiry_id": inquiry_id, "code_id": coding.code_id, "user_id": user_id, "at": at}
    if passages:
        rows = [{**row, "passage_id": each, "origin": CodingOrigin.OWN} for each in passages]
        session.execute(insert(Coding), rows)
        detail = {"code": coding.code_id, "passages": len(passages)}
        act = audit.Act("apply code to same words", "coding", coding.id, detail=detail)
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return len(passages)


def withdraw_from_repeats(
    session: Session, coding_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> int:
    """Withdraw one's own codings with the same code on the letters' passages with the same words."""
    user_id = member_of(actor)
    coding = session.get(Coding, coding_id)
    if coding is None or coding.inquiry_id != inquiry_id:
        raise NotFound("There is no such coding in this inquiry.")
    hold_passage(session, coding.passage_id, inquiry_id)
    codings = list(session.scalars(own_codings_elsewhere(coding, user_id)))
    if codings:
        rows = [{"coding_id": each, "user_id": user_id, "at": at} for each in codings]
        session.execute(insert(CodingWithdrawal), rows)
        detail = {"code": coding.code_id, "passages": len(codings)}
        act = audit.Act("withdraw code from same words", "coding", coding.id, detail=detail)
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return len(codings)


def _standing(session: Session, coding_id: int, inquiry_id: int) -> Coding:
    """Return a coding with its passage held, so that two people's acts come one after the other."""
    coding = session.get(Coding, coding_id)
    if coding is None or coding.inquiry_id != inquiry_id:
        raise NotFound("There is no such coding in this inquiry.")
    hold_passage(session, coding.passage_id, inquiry_id)
    if session.scalar(select(Coding.id).where(Coding.id == coding_id, stands())) is None:
        raise Refused("This coding has been withdrawn. Nothing was applied.")
    return coding
