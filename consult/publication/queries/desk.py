"""What lies on the redaction desk: submissions with something to decide, and one of them with all of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Question
from consult.evidence.models import Answer, ConfidentialPassage, SourceText, Submission
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import TextRead, text_stands
from consult.evidence.rules import Bounds, PublicationChoice, SubmissionState
from consult.publication.models import (
    PublicationWithdrawal,
    PublishedPart,
    PublishedSubmission,
    Redaction,
    RedactionDecision,
    RedactionProposal,
)
from consult.publication.queries.withholding import (
    confidence_open,
    has_been_read,
    proposal_open,
    readable,
    undone,
)
from consult.publication.rules import Clearance, Ground, Verdict


@dataclass(frozen=True)
class QueueRow:
    """A submission on the desk: how much of it is decided, and whether the machine has read all of it."""

    id: int
    reference: str
    title: str
    state: SubmissionState
    publication: PublicationChoice
    asked: int
    open: int
    unread: int

    @property
    def decided(self) -> int:
        """Return how many have been decided."""
        return self.asked - self.open


@dataclass(frozen=True)
class Item:
    """Something on the desk: a proposal, a passage in confidence, or a clerk's own redaction, as it stands.

    `bounds` and `ground` are those of the redaction where one stands, else those that were proposed.
    """

    source_text_id: int
    bounds: Bounds
    ground: Ground
    proposal_id: int | None
    confidence_id: int | None
    redaction_id: int | None
    decision_id: int | None
    verdict: Verdict | None
    reason: str
    score: float | None
    by: str
    at: datetime | None
    why: str

    @property
    def key(self) -> str:
        """Return the word for this item in an address."""
        if self.proposal_id:
            return f"p{self.proposal_id}"
        return f"c{self.confidence_id}" if self.confidence_id else f"r{self.redaction_id}"


@dataclass(frozen=True)
class LogRow:
    """A line of the desk's log."""

    at: datetime
    by: str
    verdict: Verdict
    ground: Ground | None
    why: str
    # Whether the text was on the public pages at that moment.
    was_out: bool


@dataclass(frozen=True)
class DeskText:
    """A text on the desk: an answer under its question, or a document that came along."""

    heading: str
    text: TextRead


def texts_on_desk(session: Session, submission_id: int) -> list[DeskText]:
    """Return every standing text of a submission in order, whether an answer or a document."""
    rows = session.execute(
        select(
            SourceText.id,
            SourceText.language,
            SourceText.body,
            SourceText.first_paragraph,
            Question.number,
            Question.prompt,
            Attachment.name,
        )
        .outerjoin(Answer, Answer.id == SourceText.answer_id)
        .outerjoin(Attachment, Attachment.id == SourceText.attachment_id)
        .outerjoin(Question, Question.id == Answer.question_id)
        .where(SourceText.submission_id == submission_id, text_stands())
        .order_by(SourceText.position)
    )
    return [
        DeskText(
            f"{row.number}. {row.prompt}" if row.prompt else f"Document: {row.name or 'without a name'}",
            TextRead(row.id, row.language, row.body, row.first_paragraph),
        )
        for row in rows
    ]


def queue(session: Session, inquiry_id: int) -> list[QueueRow]:
    """Return the submissions that may be published and hold something to decide, the least decided first."""
    asked = _asked().subquery()
    unread = (
        select(SourceText.submission_id, func.count().label("unread"))
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(Submission.inquiry_id == inquiry_id, ~has_been_read(), text_stands())
        .group_by(SourceText.submission_id)
        .subquery()
    )
    number, left = func.count(asked.c.source_text_id), func.coalesce(func.sum(asked.c.open), 0)
    rows = (
        select(
            Submission.id,
            Submission.reference,
            Submission.title,
            Submission.state,
            Submission.publication,
            number.label("asked"),
            left.label("open"),
            func.coalesce(func.max(unread.c.unread), 0).label("unread"),
        )
        .join(SourceText, SourceText.submission_id == Submission.id)
        .join(asked, asked.c.source_text_id == SourceText.id)
        .outerjoin(unread, unread.c.submission_id == Submission.id)
        .where(Submission.inquiry_id == inquiry_id, readable(Clearance.PUBLIC), text_stands())
        .group_by(
            Submission.id, Submission.reference, Submission.title, Submission.state, Submission.publication
        )
        .order_by((left == 0), Submission.id)
    )
    return [QueueRow(**row._mapping) for row in session.execute(rows)]


def _asked() -> Select[Any]:
    """Select everything that a clerk has to decide, with 1 where nobody has."""
    proposals = select(RedactionProposal.source_text_id, case((proposal_open(), 1), else_=0).label("open"))
    marks = select(ConfidentialPassage.source_text_id, case((confidence_open(), 1), else_=0).label("open"))
    both = union_all(proposals, marks).subquery()
    return select(both.c.source_text_id, both.c.open)


def open_count(session: Session, submission_id: int) -> int:
    """Return how much of a submission is undecided."""
    return open_counts(session, [submission_id]).get(submission_id, 0)


def open_counts(session: Session, submission_ids: list[int]) -> dict[int, int]:
    """Return how much of each submission is undecided; one without anything has no entry."""
    asked = _asked().subquery()
    rows = (
        select(SourceText.submission_id, func.sum(asked.c.open))
        .join(asked, asked.c.source_text_id == SourceText.id)
        .where(SourceText.submission_id.in_(submission_ids), text_stands())
        .group_by(SourceText.submission_id)
    )
    return {submission_id: left for submission_id, left in session.execute(rows) if left}


def unread_count(session: Session, inquiry_id: int) -> int:
    """Return how many texts of an inquiry the machine has not read for personal data."""
    rows = (
        select(func.count())
        .select_from(SourceText)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(Submission.inquiry_id == inquiry_id, ~has_been_read(), text_stands())
    )
    return session.scalar(rows) or 0


def items_of(session: Session, submission_id: int) -> list[Item]:
    """Return everything on the desk of one submission, in reading order."""
    statements = [
        _proposals(submission_id),
        _marks(submission_id),
        _own(submission_id),
    ]
    found = [_item(row) for statement in statements for row in session.execute(statement)]
    return sorted(found, key=lambda item: (item.source_text_id, item.bounds, item.key))


def _word_columns() -> list[Any]:
    return [
        RedactionDecision.id.label("decision_id"),
        RedactionDecision.verdict,
        RedactionDecision.redaction_id,
        Redaction.start.label("redacted_start"),
        Redaction.end.label("redacted_end"),
        Redaction.ground.label("redacted_ground"),
        User.name.label("by"),
        RedactionDecision.at,
        RedactionDecision.why,
    ]


def _with_word(rows: Any, about: Any) -> Any:
    standing = and_(about, RedactionDecision.verdict != Verdict.UNDO, ~undone())
    return (
        rows.outerjoin(RedactionDecision, standing)
        .outerjoin(Redaction, Redaction.id == RedactionDecision.redaction_id)
        .outerjoin(User, User.id == RedactionDecision.user_id)
    )


def _proposals(submission_id: int) -> Any:
    rows = select(
        RedactionProposal.source_text_id,
        RedactionProposal.start,
        RedactionProposal.end,
        RedactionProposal.ground,
        RedactionProposal.id.label("proposal_id"),
        literal(None).label("confidence_id"),
        RedactionProposal.reason,
        RedactionProposal.score,
        *_word_columns(),
    ).join(SourceText, SourceText.id == RedactionProposal.source_text_id)
    about = RedactionDecision.proposal_id == RedactionProposal.id
    return _with_word(rows, about).where(SourceText.submission_id == submission_id)


def _marks(submission_id: int) -> Any:
    rows = select(
        ConfidentialPassage.source_text_id,
        ConfidentialPassage.start,
        ConfidentialPassage.end,
        literal(Ground.CONFIDENTIAL.value).label("ground"),
        literal(None).label("proposal_id"),
        ConfidentialPassage.id.label("confidence_id"),
        ConfidentialPassage.harm.label("reason"),
        literal(None).label("score"),
        *_word_columns(),
    ).join(SourceText, SourceText.id == ConfidentialPassage.source_text_id)
    about = RedactionDecision.confidence_id == ConfidentialPassage.id
    return _with_word(rows, about).where(SourceText.submission_id == submission_id)


def _own(submission_id: int) -> Any:
    """Select a clerk's own redactions; those that answer something come with what they answer."""
    own = and_(RedactionDecision.proposal_id.is_(None), RedactionDecision.confidence_id.is_(None))
    return (
        select(
            Redaction.source_text_id,
            Redaction.start,
            Redaction.end,
            Redaction.ground,
            literal(None).label("proposal_id"),
            literal(None).label("confidence_id"),
            literal("chosen by hand").label("reason"),
            literal(None).label("score"),
            *_word_columns(),
        )
        .select_from(Redaction)
        .join(SourceText, SourceText.id == Redaction.source_text_id)
        .join(RedactionDecision, and_(RedactionDecision.redaction_id == Redaction.id, own))
        .join(User, User.id == RedactionDecision.user_id)
        .where(SourceText.submission_id == submission_id, ~undone())
    )


def _item(row: Any) -> Item:
    withheld = row.redaction_id is not None
    return Item(
        source_text_id=row.source_text_id,
        bounds=Bounds(row.redacted_start, row.redacted_end) if withheld else Bounds(row.start, row.end),
        ground=Ground(row.redacted_ground if withheld else row.ground),
        proposal_id=row.proposal_id,
        confidence_id=row.confidence_id,
        redaction_id=row.redaction_id,
        decision_id=row.decision_id,
        verdict=row.verdict,
        reason=row.reason,
        score=row.score,
        by=row.by or "",
        at=row.at,
        why=row.why or "",
    )


def log_of(session: Session, submission_id: int) -> list[LogRow]:
    """Return what was decided on a submission, the newest first."""
    rows = (
        select(
            RedactionDecision.at,
            User.name.label("by"),
            RedactionDecision.verdict,
            func.coalesce(Redaction.ground, RedactionProposal.ground).label("ground"),
            RedactionDecision.why,
            _was_out().label("was_out"),
        )
        .join(SourceText, SourceText.id == RedactionDecision.source_text_id)
        .join(User, User.id == RedactionDecision.user_id)
        .outerjoin(Redaction, Redaction.id == RedactionDecision.redaction_id)
        .outerjoin(RedactionProposal, RedactionProposal.id == RedactionDecision.proposal_id)
        .where(SourceText.submission_id == submission_id)
        .order_by(RedactionDecision.id.desc())
    )
    return [LogRow(**row._mapping) for row in session.execute(rows)]


def _was_out() -> ColumnElement[bool]:
    """Hold for decisions on a text that was on the public pages when they were made."""
    taken_back = exists().where(
        PublicationWithdrawal.published_id == PublishedSubmission.id,
        PublicationWithdrawal.at <= RedactionDecision.at,
    )
    return exists().where(
        PublishedPart.source_text_id == RedactionDecision.source_text_id,
        PublishedSubmission.id == PublishedPart.published_id,
        PublishedSubmission.at <= RedactionDecision.at,
        ~taken_back,
    )


def last_decision(session: Session, submission_id: int, user_id: int) -> int | None:
    """Return the newest standing decision that a clerk made on a submission, for undoing."""
    rows = (
        select(RedactionDecision.id)
        .join(SourceText, SourceText.id == RedactionDecision.source_text_id)
        .where(
            SourceText.submission_id == submission_id,
            RedactionDecision.user_id == user_id,
            RedactionDecision.verdict != Verdict.UNDO,
            ~undone(),
        )
        .order_by(RedactionDecision.id.desc())
        .limit(1)
    )
    return session.scalar(rows)
