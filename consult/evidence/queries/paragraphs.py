"""To which questions the paragraphs of long documents belong: what was proposed, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from consult.accounts.models import User
from consult.calls.models import Question
from consult.calls.rules import QuestionKind
from consult.evidence.models import Answer, Passage, SourceText, Submission
from consult.evidence.models_documents import Attachment, ParagraphProposal, ParagraphQuestion
from consult.evidence.queries.standing import text_stands
from consult.evidence.queries.states import counted
from consult.evidence.queries.texts import TextRead
from consult.evidence.rules_documents import own_number
from consult.foundation.errors import NotFound

# What paragraphs can speak to; a place or a file is given, not written about.
ASKS_FOR_WORDS = frozenset(QuestionKind) - {QuestionKind.PLACE, QuestionKind.FILE}


@dataclass(frozen=True)
class Proposed:
    """A machine's proposal for a paragraph."""

    id: int
    question_id: int | None
    score: float
    reason: str


@dataclass(frozen=True)
class Decided:
    """A person's decision on a paragraph, the newest."""

    id: int
    question_id: int | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ParagraphPlaced:
    """A paragraph with what is known of its question."""

    number: int
    # As the author numbered it, where they did.
    own_number: str
    words: str
    given_id: int | None
    proposed: Proposed | None
    decided: Decided | None

    @property
    def question_id(self) -> int | None:
        """Return the question to show: what was decided, else proposed, else given with the text."""
        if self.decided:
            return self.decided.question_id
        return self.proposed.question_id if self.proposed else self.given_id

    @property
    def is_open(self) -> bool:
        """Tell whether a proposal waits for a person."""
        return self.proposed is not None and self.decided is None


@dataclass(frozen=True)
class ParagraphMap:
    """A text of a submission whose paragraphs are put to the questions of its call."""

    submission_id: int
    reference: str
    source_text_id: int
    name: str
    language: str
    questions: Sequence[Question]
    paragraphs: Sequence[ParagraphPlaced]

    @cached_property
    def newest_decision(self) -> int:
        """Return the id of the last decision on any of its paragraphs; 0 before the first."""
        return max((each.decided.id for each in self.paragraphs if each.decided), default=0)

    @property
    def open(self) -> int:
        """Return how many proposals wait."""
        return sum(each.is_open for each in self.paragraphs)


def paragraph_map(session: Session, inquiry_id: int, reference: str, source_text_id: int) -> ParagraphMap:
    """Return a standing text with what is known of each paragraph; NotFound for another inquiry's."""
    row = session.execute(
        select(SourceText, Submission, Answer.question_id, Attachment)
        .join(Submission, Submission.id == SourceText.submission_id)
        .outerjoin(Answer, Answer.id == SourceText.answer_id)
        .outerjoin(Attachment, Attachment.id == SourceText.attachment_id)
        .where(
            Submission.inquiry_id == inquiry_id,
            Submission.reference == reference,
            SourceText.id == source_text_id,
            text_stands(),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such text in this submission.")
    text, submission, answered_id, attachment = row
    is_document = attachment is not None
    return ParagraphMap(
        submission_id=submission.id,
        reference=reference,
        source_text_id=text.id,
        name=attachment.name if is_document else "",
        language=text.language,
        questions=questions_to_map(session, submission.call_id),
        paragraphs=_placed(session, text, attachment.question_id if is_document else answered_id),
    )


def questions_to_map(session: Session, call_id: int) -> Sequence[Question]:
    """Return the questions of a call that paragraphs can speak to, in order."""
    asked = select(Question).where(Question.call_id == call_id, Question.kind.in_(ASKS_FOR_WORDS))
    return session.scalars(asked.order_by(Question.number)).all()


def _placed(session: Session, text: SourceText, given_id: int | None) -> list[ParagraphPlaced]:
    proposed, decided = _proposals(session, text.id), _decisions(session, text.id)
    read = TextRead(text.id, text.language, text.body, text.first_paragraph)
    return [
        ParagraphPlaced(
            each.number,
            own_number(each.words),
            each.words,
            given_id,
            proposed.get(each.number),
            decided.get(each.number),
        )
        for each in read.paragraphs
    ]


def _proposals(session: Session, source_text_id: int) -> dict[int, Proposed]:
    """Return the newest proposal for each paragraph."""
    rows = session.scalars(
        select(ParagraphProposal)
        .where(ParagraphProposal.source_text_id == source_text_id)
        .order_by(ParagraphProposal.id)
    )
    return {row.paragraph: Proposed(row.id, row.question_id, row.score, row.reason) for row in rows}


def _decisions(session: Session, source_text_id: int) -> dict[int, Decided]:
    """Return the newest decision on each paragraph."""
    rows = session.execute(
        select(ParagraphQuestion, User.name)
        .join(User, User.id == ParagraphQuestion.user_id)
        .where(ParagraphQuestion.source_text_id == source_text_id)
        .order_by(ParagraphQuestion.id)
    )
    return {row.paragraph: Decided(row.id, row.question_id, name, row.at) for row, name in rows}


def mapped_numbers(session: Session, submission_id: int) -> dict[int, int]:
    """Return the number of the question to which each mapped paragraph of a submission belongs."""
    rows = session.execute(
        select(ParagraphQuestion.paragraph, Question.number)
        .join(SourceText, SourceText.id == ParagraphQuestion.source_text_id)
        .join(Question, Question.id == ParagraphQuestion.question_id)
        .where(SourceText.submission_id == submission_id, text_stands(), decision_stands())
    )
    return {row[0]: row[1] for row in rows}


def open_proposals(session: Session, submission_id: int) -> dict[int, int]:
    """Return how many proposals wait in each text of a submission that has been proposed for."""
    rows = session.execute(
        select(
            ParagraphProposal.source_text_id,
            func.count(case((~decided_on(ParagraphProposal), ParagraphProposal.paragraph)).distinct()),
        )
        .join(SourceText, SourceText.id == ParagraphProposal.source_text_id)
        .where(SourceText.submission_id == submission_id, text_stands())
        .group_by(ParagraphProposal.source_text_id)
    )
    return {row[0]: row[1] for row in rows}


def submissions_to_map(session: Session, inquiry_id: int) -> list[str]:
    """Return the references of the submissions that count and hold proposals nobody has decided."""
    rows = (
        select(Submission.reference)
        .join(SourceText, SourceText.submission_id == Submission.id)
        .join(ParagraphProposal, ParagraphProposal.source_text_id == SourceText.id)
        .where(Submission.inquiry_id == inquiry_id, counted(), text_stands(), ~decided_on(ParagraphProposal))
        .group_by(Submission.id, Submission.reference)
        .order_by(Submission.id)
    )
    return list(session.scalars(rows))


def decision_stands() -> ColumnElement[bool]:
    """Hold for decisions on a paragraph that no later one replaced."""
    later = aliased(ParagraphQuestion)
    return ~exists().where(
        later.source_text_id == ParagraphQuestion.source_text_id,
        later.paragraph == ParagraphQuestion.paragraph,
        later.id > ParagraphQuestion.id,
    )


def decided_on(place: Any) -> ColumnElement[bool]:
    """Hold where somebody has decided on the paragraph that a row names."""
    return exists().where(
        ParagraphQuestion.source_text_id == place.source_text_id,
        ParagraphQuestion.paragraph == place.paragraph,
    )


def question_of_passage() -> ColumnElement[int | None]:
    """Return the question to which a passage belongs: as decided of its paragraph, else as it was given.

    Needs Passage, and Answer and Attachment outer joined by the passage's source text, in the statement.
    """
    of_paragraph = (
        select(ParagraphQuestion.question_id)
        .where(
            ParagraphQuestion.source_text_id == Passage.source_text_id,
            ParagraphQuestion.paragraph == Passage.paragraph,
        )
        .order_by(ParagraphQuestion.id.desc())
        .limit(1)
        .correlate(Passage)
        .scalar_subquery()
    )
    given = func.coalesce(Answer.question_id, Attachment.question_id)
    return case((decided_on(Passage).correlate(Passage), of_paragraph), else_=given)
