"""What a respondent asked to be kept from readers outside, and what they declared."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import ConfidentialPassage, Declaration, SourceText
from consult.evidence.rules import Bounds, paragraph_at, paragraphs_of


@dataclass(frozen=True)
class ConfidenceRead:
    """Words marked as confidential, with the paragraph in which they begin and the harm feared."""

    source_text_id: int
    bounds: Bounds
    words: str
    paragraph: int
    harm: str


def confidences_of(session: Session, submission_id: int) -> list[ConfidenceRead]:
    """Return the words of a submission that its writer marked as confidential, in reading order."""
    rows = session.execute(
        select(
            ConfidentialPassage.source_text_id,
            ConfidentialPassage.start,
            ConfidentialPassage.end,
            ConfidentialPassage.harm,
            SourceText.body,
            SourceText.first_paragraph,
        )
        .join(SourceText, SourceText.id == ConfidentialPassage.source_text_id)
        .where(SourceText.submission_id == submission_id)
        .order_by(SourceText.position, ConfidentialPassage.start, ConfidentialPassage.end)
    )
    return [
        ConfidenceRead(
            row.source_text_id,
            Bounds(row.start, row.end),
            row.body[row.start : row.end],
            row.first_paragraph + paragraph_at(paragraphs_of(row.body), row.start),
            row.harm,
        )
        for row in rows
    ]


def declaration_of(session: Session, submission_id: int) -> Declaration | None:
    """Return what a respondent declared, if anything."""
    return session.get(Declaration, submission_id)
