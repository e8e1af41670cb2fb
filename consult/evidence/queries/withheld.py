"""What a respondent asked to be kept from readers outside, and what they declared."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, select
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
    """Return the words of a submission that its writer marked as confidential, in reading order.

    Each text is read once however many of its words are marked: a long document has many and is long.
    """
    marks: dict[int, list[Any]] = {}
    for row in session.execute(_marks_in(submission_id)):
        marks.setdefault(row.source_text_id, []).append(row)
    texts = select(SourceText.id, SourceText.body, SourceText.first_paragraph)
    found = []
    for text in session.execute(texts.where(SourceText.id.in_(marks)).order_by(SourceText.position)):
        paragraphs = paragraphs_of(text.body)
        found += [
            ConfidenceRead(
                text.id,
                Bounds(mark.start, mark.end),
                text.body[mark.start : mark.end],
                text.first_paragraph + paragraph_at(paragraphs, mark.start),
                mark.harm,
            )
            for mark in marks[text.id]
        ]
    return found


def _marks_in(submission_id: int) -> Executable:
    return (
        select(
            ConfidentialPassage.source_text_id,
            ConfidentialPassage.start,
            ConfidentialPassage.end,
            ConfidentialPassage.harm,
        )
        .join(SourceText, SourceText.id == ConfidentialPassage.source_text_id)
        .where(SourceText.submission_id == submission_id)
        .order_by(ConfidentialPassage.start, ConfidentialPassage.end)
    )


def declaration_of(session: Session, submission_id: int) -> Declaration | None:
    """Return what a respondent declared, if anything."""
    return session.get(Declaration, submission_id)
