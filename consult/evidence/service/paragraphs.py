"""Keep what is proposed and decided about the questions to which the paragraphs of a document belong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.models_documents import ParagraphProposal, ParagraphQuestion
from consult.evidence.queries.paragraphs import ParagraphMap, ParagraphPlaced, paragraph_map
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor

MAPPED = "put paragraphs to questions"


@dataclass(frozen=True)
class NewProposal:
    """What a machine proposes for a paragraph."""

    source_text_id: int
    paragraph: int
    question_id: int | None
    score: float
    reason: str


def record_placings(session: Session, model: str, found: Sequence[NewProposal], *, at: datetime) -> int:
    """Keep a machine's proposals; what the same model said of a text before is not said again."""
    texts = {each.source_text_id for each in found}
    said = set(
        session.scalars(
            select(ParagraphProposal.source_text_id)
            .where(ParagraphProposal.model == model, ParagraphProposal.source_text_id.in_(texts))
            .distinct()
        )
    )
    rows = [
        {
            "source_text_id": each.source_text_id,
            "paragraph": each.paragraph,
            "question_id": each.question_id,
            "score": each.score,
            "reason": each.reason,
            "model": model,
            "proposed_at": at,
        }
        for each in found
        if each.source_text_id not in said
    ]
    if rows:
        session.execute(insert(ParagraphProposal), rows)
    return len(rows)


def place_paragraphs(
    session: Session,
    reference: str,
    source_text_id: int,
    chosen: Mapping[int, int | None],
    *,
    seen: int,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> int:
    """Decide to which question paragraphs belong, None for no question; return how many decisions are new.

    `seen` is the last decision that the member saw: Refused when somebody has decided since. BadInput for a
    paragraph or a question that is not there; NotFound for another inquiry's. What stands already is not
    decided again.
    """
    found = _held(session, inquiry_id, reference, source_text_id)
    if found.newest_decision != seen:
        raise Refused("Somebody else has decided on this document meanwhile. Look at it again.")
    paragraphs = {each.number: each for each in found.paragraphs}
    _check(found, paragraphs, chosen)
    new = [
        (paragraphs[number], question_id)
        for number, question_id in chosen.items()
        if not _stands(paragraphs[number], question_id)
    ]
    _write(session, found, new, actor=actor, at=at)
    if new:
        followed = sum(p.proposed is not None and p.proposed.question_id == q for p, q in new)
        detail = {"reference": reference, "paragraphs": len(new), "as proposed": followed}
        act = audit.Act(MAPPED, "source text", source_text_id, detail=detail)
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return len(new)


def _held(session: Session, inquiry_id: int, reference: str, source_text_id: int) -> ParagraphMap:
    """Return the map of a text whose submission is held until the commit, so that nobody decides between."""
    mine = select(Submission.id).where(Submission.inquiry_id == inquiry_id, Submission.reference == reference)
    if session.scalar(mine.with_for_update()) is None:
        raise NotFound("There is no such submission in this inquiry.")
    return paragraph_map(session, inquiry_id, reference, source_text_id)


def _check(
    found: ParagraphMap, paragraphs: Mapping[int, ParagraphPlaced], chosen: Mapping[int, int | None]
) -> None:
    if not chosen.keys() <= paragraphs.keys():
        first, last = found.paragraphs[0].number, found.paragraphs[-1].number
        raise BadInput(f"This document has the paragraphs {first} to {last} and no others.")
    if not set(chosen.values()) <= {None, *(question.id for question in found.questions)}:
        raise BadInput("The call asks no such question that words could answer.")


def _stands(paragraph: ParagraphPlaced, question_id: int | None) -> bool:
    return paragraph.decided is not None and paragraph.decided.question_id == question_id


def _write(
    session: Session,
    found: ParagraphMap,
    new: Sequence[tuple[ParagraphPlaced, int | None]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    rows = [
        {
            "source_text_id": found.source_text_id,
            "paragraph": paragraph.number,
            "question_id": question_id,
            "proposal_id": paragraph.proposed.id if paragraph.proposed else None,
            "user_id": actor.user_id,
            "at": at,
        }
        for paragraph, question_id in new
    ]
    if rows:
        session.execute(insert(ParagraphQuestion), rows)
