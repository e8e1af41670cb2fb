"""The documents of a submission as they stand, with their words and what of those is kept back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Question
from consult.evidence.models import ConfidentialPassage, SourceText
from consult.evidence.models_documents import Attachment
from consult.evidence.queries.documents import attachment_stands
from consult.evidence.rules import Bounds

# Stands between the texts of a document that has several, such as a scan of which some pages were typed.
BETWEEN_TEXTS = "\n\n"


@dataclass(frozen=True)
class StandingText:
    """A text of a document, with the spans in it that its writer marked as confidential, and the harm."""

    id: int
    body: str
    confidences: tuple[tuple[Bounds, str], ...] = ()


@dataclass(frozen=True)
class StandingDocument:
    """A document that no later version took back; `question` is the slug of the one it answers."""

    attachment: Attachment
    question: str | None
    texts: tuple[StandingText, ...] = ()

    @property
    def text(self) -> str:
        """Return all its words as one text, as its sender is shown them again."""
        return BETWEEN_TEXTS.join(each.body for each in self.texts)

    @property
    def kept_back(self) -> dict[str, str]:
        """Return the words in it that are kept back, each once however often they stand, with the harm."""
        return {
            each.body[bounds.start : bounds.end]: harm
            for each in self.texts
            for bounds, harm in each.confidences
        }


def standing_documents(session: Session, submission_id: int) -> list[StandingDocument]:
    """Return the documents of a submission's newest version, in order."""
    rows = session.execute(
        select(Attachment, Question.slug)
        .outerjoin(Question, Question.id == Attachment.question_id)
        .where(Attachment.submission_id == submission_id, attachment_stands())
        .order_by(Attachment.position)
    ).all()
    texts = _texts(session, [row[0].id for row in rows])
    return [StandingDocument(held, question, tuple(texts.get(held.id, ()))) for held, question in rows]


def _texts(session: Session, attachment_ids: Sequence[int]) -> dict[int, list[StandingText]]:
    """Return the texts of documents, those of each in order."""
    if not attachment_ids:
        return {}
    rows = session.execute(
        select(SourceText.attachment_id, SourceText.id, SourceText.body)
        .where(SourceText.attachment_id.in_(attachment_ids))
        .order_by(SourceText.position)
    ).all()
    marks = _marks(session, [row.id for row in rows])
    found: dict[int, list[StandingText]] = {}
    for row in rows:
        text = StandingText(row.id, row.body, tuple(marks.get(row.id, ())))
        found.setdefault(row.attachment_id, []).append(text)
    return found


def _marks(session: Session, text_ids: Iterable[int]) -> dict[int, list[tuple[Bounds, str]]]:
    rows = session.execute(
        select(
            ConfidentialPassage.source_text_id,
            ConfidentialPassage.start,
            ConfidentialPassage.end,
            ConfidentialPassage.harm,
        )
        .where(ConfidentialPassage.source_text_id.in_(text_ids))
        .order_by(ConfidentialPassage.start, ConfidentialPassage.end)
    )
    found: dict[int, list[tuple[Bounds, str]]] = {}
    for text_id, start, end, harm in rows:
        found.setdefault(text_id, []).append((Bounds(start, end), harm))
    return found
