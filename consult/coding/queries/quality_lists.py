"""The passages behind the figures of how good suggestions are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, null, select
from sqlalchemy.orm import Session

from consult.codebook.models import Code, Codebook
from consult.coding.models import Decision, Suggestion
from consult.coding.models_quality import BlindReading
from consult.coding.queries.quality import population, proposed_pairs, seen_pairs
from consult.coding.queries.standing import settlements
from consult.coding.rules import Verdict
from consult.evidence.models import Passage, Submission

ROWS_A_PAGE = 50


class Which(StrEnum):
    """What a list behind a figure holds."""

    DECIDED = "decided"
    ACCEPTED = "accepted"
    PROPOSED_BLIND = "proposed"
    RIGHT = "right"
    MISSED = "missed"


@dataclass(frozen=True)
class PassageListed:
    """A passage in the list behind a figure."""

    reference: str
    paragraph: int
    source_text_id: int
    start: int
    quote: str
    score: float | None
    verdict: Verdict | None
    at: datetime | None


def listed(
    session: Session, inquiry_id: int, code_slug: str, which: Which, page: int = 1
) -> list[PassageListed]:
    """Return a page of the passages behind a figure of a code; one more if more follow."""
    if which in {Which.DECIDED, Which.ACCEPTED}:
        rows = _listed_decided(inquiry_id, code_slug, which)
    else:
        rows = _listed_sample(inquiry_id, code_slug, which)
    page_of_rows = rows.order_by(Passage.id).limit(ROWS_A_PAGE + 1).offset(ROWS_A_PAGE * (page - 1))
    return [PassageListed(*row) for row in session.execute(page_of_rows)]


def _listed_decided(inquiry_id: int, code_slug: str, which: Which) -> Select[Any]:
    settled = _settled(inquiry_id)
    rows = (
        _columns(settled.c.score, settled.c.verdict, settled.c.at)
        .join(settled, settled.c.passage_id == Passage.id)
        .join(Code, Code.id == settled.c.code_id)
        .where(*population(inquiry_id), Code.slug == code_slug)
    )
    return rows.where(settled.c.verdict == Verdict.ACCEPT) if which is Which.ACCEPTED else rows


def _settled(inquiry_id: int) -> Any:
    return settlements().where(Decision.inquiry_id == inquiry_id).add_columns(Suggestion.score).subquery()


def _listed_sample(inquiry_id: int, code_slug: str, which: Which) -> Select[Any]:
    def among(pairs: Any) -> ColumnElement[bool]:
        return Passage.id.in_(select(pairs.c.passage_id).where(pairs.c.code_id == Code.id))

    proposed = among(proposed_pairs(inquiry_id).subquery())
    seen = among(seen_pairs(inquiry_id).subquery())
    wanted = {Which.RIGHT: proposed & seen, Which.MISSED: ~proposed & seen}.get(which, proposed)
    of_inquiry = select(Codebook.id).where(Codebook.inquiry_id == inquiry_id)
    return (
        _columns(None, None, BlindReading.at)
        .join(BlindReading, BlindReading.passage_id == Passage.id)
        .join(Code, Code.id <= BlindReading.last_code_id)
        .where(*population(inquiry_id), Code.slug == code_slug, Code.codebook_id.in_(of_inquiry), wanted)
    )


def _columns(score: Any, verdict: Any, at: Any) -> Select[Any]:
    return (
        select(
            Submission.reference,
            Passage.paragraph,
            Passage.source_text_id,
            Passage.start,
            Passage.quote,
            null() if score is None else score,
            null() if verdict is None else verdict,
            at,
        )
        .select_from(Passage)
        .join(Submission, Submission.id == Passage.submission_id)
    )
