"""Keep passages: those cut by the machine, in bulk, and those a person selects, one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.rules import Bounds, PassageKind, paragraph_at, paragraphs_of, quote_of, trimmed
from consult.foundation.errors import NotFound


@dataclass(frozen=True)
class CutText:
    """Where the passages of one source text lie."""

    source_text_id: int
    bounds: tuple[Bounds, ...]
    # Of each passage, where that could be told; empty when nobody looked.
    languages: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class SourceBody:
    """A source text with what its passages repeat."""

    id: int
    submission_id: int
    inquiry_id: int
    body: str
    first_paragraph: int


def store_passages(session: Session, cut: Sequence[CutText], *, at: datetime) -> int:
    """Store cut passages and return how many are new; giving them again changes nothing.

    A text given without bounds becomes one passage, so that no text is found uncut for ever. Refused when
    bounds lie outside their text.
    """
    bodies = bodies_of(session, [each.source_text_id for each in cut])
    rows = [
        {**row, "language": language}
        for each in cut
        for row, language in zip_longest(
            rows_of(bodies[each.source_text_id], each.bounds, at), each.languages[: len(each.bounds)]
        )
    ]
    return insert_cut(session, rows) if rows else 0


def passage_for(
    session: Session, source_text_id: int, bounds: Bounds, *, inquiry_id: int, at: datetime
) -> Passage:
    """Return the passage with these bounds, less white space at its ends, making it when there is none.

    NotFound when the text is not of this inquiry, Refused when the bounds lie outside it or hold no words.
    It leaves no audit event of its own: what a passage was made for does.
    """
    body = bodies_of(session, [source_text_id]).get(source_text_id)
    if body is None or body.inquiry_id != inquiry_id:
        raise NotFound("There is no such text in this inquiry.")
    quote_of(body.body, bounds)
    (row,) = rows_of(body, [trimmed(body.body, bounds)], at, PassageKind.SELECTED)
    session.execute(_insertion(session).on_conflict_do_nothing(), [row])
    return session.scalars(
        select(Passage).where(
            Passage.source_text_id == source_text_id,
            Passage.start == row["start"],
            Passage.end == row["end"],
        )
    ).one()


def bodies_of(session: Session, source_text_ids: Sequence[int]) -> dict[int, SourceBody]:
    """Return texts by id with what their passages repeat."""
    rows = session.execute(
        select(
            SourceText.id,
            SourceText.submission_id,
            Submission.inquiry_id,
            SourceText.body,
            SourceText.first_paragraph,
        )
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(SourceText.id.in_(source_text_ids))
    )
    return {row.id: SourceBody(*row) for row in rows}


def rows_of(
    text: SourceBody, bounds: Sequence[Bounds], at: datetime, kind: PassageKind = PassageKind.CUT
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a text's passages with these bounds, or of the whole text without any."""
    paragraphs = paragraphs_of(text.body)
    for span in bounds or [trimmed(text.body, Bounds(0, len(text.body)))]:
        yield {
            "inquiry_id": text.inquiry_id,
            "submission_id": text.submission_id,
            "source_text_id": text.id,
            "start": span.start,
            "end": span.end,
            "quote": quote_of(text.body, span),
            "paragraph": text.first_paragraph + paragraph_at(paragraphs, span.start),
            "language": None,
            "kind": kind,
            "cut_at": at,
        }


def _insertion(session: Session) -> Any:
    engine = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return engine.insert(Passage.__table__)


def insert_cut(session: Session, rows: list[dict[str, Any]]) -> int:
    """Insert; where a person had selected the same words first, the machine's cut takes that passage over."""
    insertion = _insertion(session).on_conflict_do_update(
        index_elements=["source_text_id", "start", "end"],
        set_={"kind": PassageKind.CUT},
        where=Passage.kind == PassageKind.SELECTED,
    )
    # Counted by what comes back: a driver that joins rows into one statement tells no row count.
    return len(session.execute(insertion.returning(Passage.id), rows).all())
