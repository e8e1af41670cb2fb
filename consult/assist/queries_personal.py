"""Texts that a recogniser of personal data has not read yet."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.evidence.models import Respondent, SourceText, Submission
from consult.evidence.queries import text_stands
from consult.evidence.rules import PublicationChoice
from consult.publication.models import RedactionReading, RedactionRun
from consult.publication.queries import has_been_read


@dataclass(frozen=True)
class TextToRead:
    """A text with its writer, whose name may or may not stand in it."""

    source_text_id: int
    body: str
    language: str
    publication: PublicationChoice
    name: str
    organisation: str


def count_to_search(session: Session, inquiry_id: int, recogniser: str, version: str) -> int:
    """Return how many texts a recogniser has not read."""
    rows = _unread(select(func.count(SourceText.id)), inquiry_id, recogniser, version)
    return session.scalar(rows) or 0


def texts_to_search(
    session: Session, inquiry_id: int, recogniser: str, version: str, *, after_id: int, limit: int
) -> list[TextToRead]:
    """Return the next texts that a recogniser has not read, in order."""
    columns = select(
        SourceText.id,
        SourceText.body,
        SourceText.language,
        Submission.publication,
        Respondent.name,
        Respondent.organisation,
    )
    rows = _unread(columns, inquiry_id, recogniser, version).where(SourceText.id > after_id)
    return [TextToRead(*row) for row in session.execute(rows.order_by(SourceText.id).limit(limit))]


def _unread(columns: Any, inquiry_id: int, recogniser: str, version: str) -> Any:
    read = (
        select(RedactionReading.source_text_id)
        .join(RedactionRun, RedactionRun.id == RedactionReading.run_id)
        .where(
            RedactionRun.recogniser == recogniser,
            RedactionRun.version == version,
            RedactionReading.source_text_id == SourceText.id,
        )
        .correlate(SourceText)
    )
    return (
        columns.select_from(SourceText)
        .join(Submission, Submission.id == SourceText.submission_id)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .where(Submission.inquiry_id == inquiry_id, text_stands(), ~(read.exists() & has_been_read()))
    )
