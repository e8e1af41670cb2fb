"""Numbers of passages that an encoder made, and the passages that still want them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from consult.evidence.models import Passage, Submission
from consult.evidence.models_vectors import PassageVector
from consult.evidence.queries.standing import in_cut, passage_stands
from consult.evidence.queries.states import counted

_AT_ONCE = 2_000


def count_without_vector(session: Session, inquiry_id: int, encoder: str) -> int:
    """Return how many passages that the machine reads have no numbers of this encoder yet."""
    return session.scalar(_without(inquiry_id, encoder, func.count())) or 0


def passages_without_vector(
    session: Session, inquiry_id: int, encoder: str, *, after_id: int = 0, limit: int
) -> list[tuple[int, str]]:
    """Return id and words of such passages behind a passage, in order of id."""
    wanted = _without(inquiry_id, encoder, Passage.id, Passage.quote).where(Passage.id > after_id)
    return [(row.id, row.quote) for row in session.execute(wanted.order_by(Passage.id).limit(limit))]


def quotes_now(session: Session, passage_ids: Sequence[int]) -> dict[int, str]:
    """Return the words of passages as they are now, of those that are there still."""
    rows = session.execute(select(Passage.id, Passage.quote).where(Passage.id.in_(passage_ids)))
    return {row.id: row.quote for row in rows}


def vectors_of(session: Session, inquiry_id: int, encoder: str) -> Iterator[tuple[str, bytes]]:
    """Yield words and numbers of each passage that has them."""
    kept = (
        select(Passage.quote, PassageVector.numbers)
        .join(PassageVector, PassageVector.passage_id == Passage.id)
        .where(Passage.inquiry_id == inquiry_id, PassageVector.encoder == encoder)
    )
    for row in session.execute(kept.execution_options(yield_per=_AT_ONCE)):
        yield row.quote, row.numbers


def _without(inquiry_id: int, encoder: str, *columns: Any) -> Select[Any]:
    has = exists().where(PassageVector.passage_id == Passage.id, PassageVector.encoder == encoder)
    outside = select(Submission.id).where(Submission.inquiry_id == inquiry_id, ~counted())
    return (
        select(*columns)
        .select_from(Passage)
        .where(
            Passage.inquiry_id == inquiry_id,
            in_cut(),
            passage_stands(),
            Passage.submission_id.not_in(outside),
            ~has,
        )
    )
