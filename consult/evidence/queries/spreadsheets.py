"""What a spreadsheet of responses is read against."""

from collections.abc import Collection
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call, MatrixRow, Place
from consult.evidence.models import Submission
from consult.evidence.models_imports import RememberedColumns
from consult.evidence.rules import PublicationChoice
from consult.evidence.spreadsheets.layouts import plain
from consult.evidence.spreadsheets.mapping import AskedQuestion, ColumnMapping
from consult.evidence.spreadsheets.rows import Destination


def destination_of(
    session: Session, call: Call, *, zone: tzinfo, publication: PublicationChoice, at: datetime
) -> Destination:
    """Return what responses to a call are turned into; its questions and options must be loaded."""
    ids = [question.id for question in call.questions]
    rows = session.scalars(
        select(MatrixRow).where(MatrixRow.question_id.in_(ids)).order_by(MatrixRow.position)
    ).all()
    questions = tuple(
        AskedQuestion(
            question.id,
            question.slug,
            question.kind,
            question.prompt,
            {option.wording: option.id for option in question.options},
            {row.wording: row.id for row in rows if row.question_id == question.id},
            question.minimum,
            question.maximum,
        )
        for question in call.questions
    )
    today = at.astimezone(zone).date()
    return Destination(questions, _places(session, call.inquiry_id), zone, publication, today)


def _places(session: Session, inquiry_id: int) -> dict[str, int]:
    found = session.scalars(select(Place).where(Place.inquiry_id == inquiry_id)).all()
    return {plain(words): place.id for place in found for words in (place.slug, place.name)}


def remembered_columns(session: Session, call_id: int, signature: str) -> ColumnMapping | None:
    """Return the mapping that was settled for the same headings, if one was."""
    stored = session.scalar(
        select(RememberedColumns.mapping).where(
            RememberedColumns.call_id == call_id, RememberedColumns.signature == signature
        )
    )
    return None if stored is None else ColumnMapping.from_json(stored)


def keys_there(session: Session, call_id: int, keys: Collection[str]) -> set[str]:
    """Return those of some keys under which the call has evidence already."""
    there = select(Submission.external_key).where(
        Submission.call_id == call_id, Submission.external_key.in_(keys)
    )
    return {key for key in session.scalars(there) if key is not None}
