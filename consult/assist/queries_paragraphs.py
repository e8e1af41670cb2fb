"""Long documents whose paragraphs nobody has proposed questions for yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Question
from consult.evidence.models import Answer, SourceText, Submission
from consult.evidence.models_documents import Attachment, ParagraphProposal
from consult.evidence.queries import counted, text_stands
from consult.evidence.queries.paragraphs import ASKS_FOR_WORDS
from consult.evidence.rules import Channel

# In characters: a shorter text is read whole and needs no map.
LONG = 1_500


@dataclass(frozen=True)
class Asked:
    """A question as the library sees it."""

    id: int
    number: int
    words: str


@dataclass(frozen=True)
class LongText:
    """A text to place, with the number of its first paragraph."""

    id: int
    body: str
    first_paragraph: int


def calls_with_questions(session: Session, inquiry_id: int) -> dict[int, list[Asked]]:
    """Return the questions of each call that asks at least two which words can answer."""
    rows = session.execute(
        select(Question.call_id, Question.id, Question.number, Question.prompt)
        .join(Call, Call.id == Question.call_id)
        .where(Call.inquiry_id == inquiry_id, Question.kind.in_(ASKS_FOR_WORDS))
        .order_by(Question.call_id, Question.number)
    )
    found: dict[int, list[Asked]] = {}
    for row in rows:
        found.setdefault(row.call_id, []).append(Asked(row.id, row.number, row.prompt))
    return {call_id: asked for call_id, asked in found.items() if len(asked) > 1}


def count_to_place(session: Session, call_id: int, model: str) -> int:
    """Return how many long texts of a call this model has not read."""
    texts = select(func.count(SourceText.id)).join(Submission, Submission.id == SourceText.submission_id)
    return session.scalar(texts.where(*_waiting(call_id, model))) or 0


def texts_to_place(
    session: Session, call_id: int, model: str, *, after_id: int, limit: int
) -> Sequence[LongText]:
    """Return the next long texts of a call that this model has not read, in order."""
    rows = session.execute(
        select(SourceText.id, SourceText.body, SourceText.first_paragraph)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(*_waiting(call_id, model), SourceText.id > after_id)
        .order_by(SourceText.id)
        .limit(limit)
    )
    return [LongText(*row) for row in rows]


def _waiting(call_id: int, model: str) -> list[ColumnElement[bool]]:
    read = exists().where(ParagraphProposal.source_text_id == SourceText.id, ParagraphProposal.model == model)
    return [
        Submission.call_id == call_id,
        counted(),
        text_stands(),
        func.length(SourceText.body) >= LONG,
        _given_for_no_question(),
        ~read,
    ]


def _given_for_no_question() -> ColumnElement[bool]:
    """Hold for documents that their sender put to no question, and for papers entered whole under one.

    Who answered on our pages chose the question; so did who filled in another platform's form. A whole
    paper that came otherwise is the only answer of its submission.
    """
    document = exists().where(Attachment.id == SourceText.attachment_id, Attachment.question_id.is_(None))
    others = exists().where(Answer.submission_id == Submission.id, Answer.id != SourceText.answer_id)
    whole = (Submission.channel != Channel.WEB) & SourceText.answer_id.is_not(None) & ~others
    return document | whole
