"""Reads of what was sent, for whoever holds a receipt code: of any of its versions, for all of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.calls.models import Call, Inquiry, Question
from consult.calls.rules import Openness, WithdrawalPolicy, openness
from consult.calls.withdrawing import Way, way_to_withdraw
from consult.evidence.models import (
    Answer,
    AnswerCell,
    AnswerChoice,
    ConfidentialPassage,
    SourceText,
    Submission,
    SubmissionVersion,
    WithdrawalRequest,
)
from consult.evidence.queries import cells_in_words, confidences_of
from consult.evidence.queries.standing import answer_stands, text_stands
from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.foundation.errors import NotFound
from consult.foundation.language import ENGLISH, _, in_language
from consult.respond.codes import hash_of
from consult.respond.queries_files import DocumentSent, documents_sent

SENDING = (Openness.OPEN, Openness.GRACE)


@dataclass(frozen=True)
class AnswerSent:
    """One answer on a receipt: words as they were sent, or what was chosen."""

    position: int
    prompt: str
    words: str
    chosen: tuple[str, ...]
    # Its own choice, where it is not the one for all.
    publication: PublicationChoice | None = None
    # Words marked as confidential, with the harm feared.
    kept_back: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Wish:
    """A request to withdraw, and what the commission said; None while it has not decided."""

    asked_at: datetime
    decided_at: datetime | None
    granted: bool | None
    answer: str


@dataclass(frozen=True)
class Report:
    """Where the report of an inquiry is, and since when it is out."""

    out_at: datetime | None
    title: str
    address: str

    def is_out(self, at: datetime) -> bool:
        return self.out_at is not None and self.out_at <= at


@dataclass(frozen=True)
class Standing:
    """What can be done with something sent: by its call's dates, its rule and its state."""

    submission_id: int
    inquiry_id: int
    call_id: int
    version: int
    call: Call
    policy: WithdrawalPolicy
    report: Report
    withdrawn: bool
    wishes: tuple[Wish, ...]

    def may_change(self, at: datetime) -> bool:
        """Tell whether a new version can be begun."""
        return self.openness(at) is Openness.OPEN and not self.withdrawn

    def openness(self, at: datetime) -> Openness:
        call = self.call
        return openness(call.state, call.opens_at, call.closes_at, at, call.grace_minutes)

    def way_to_withdraw(self, at: datetime) -> Way | None:
        """Return how it can be withdrawn; None where it is, or where a wish waits for the commission."""
        if self.withdrawn:
            return None
        is_open, out = self.openness(at) in SENDING, self.report.is_out(at)
        way = way_to_withdraw(self.policy, is_open=is_open, report_is_out=out)
        return None if way is Way.BY_ASKING and self.waits else way

    @property
    def waits(self) -> bool:
        """Tell whether a wish waits for the commission."""
        return any(wish.decided_at is None for wish in self.wishes)


@dataclass(frozen=True)
class Receipt:
    """Everything that was sent, for whoever holds the receipt code."""

    reference: str
    # When the first version was sent, and the newest.
    sent_at: datetime
    changed_at: datetime
    version: int
    language: str
    call_title: str
    inquiry_title: str
    inquiry_slug: str
    call_slug: str
    name: str
    organisation: str
    email: str
    respondent_type: str
    publication: PublicationChoice
    declared: dict[str, str]
    answers: tuple[AnswerSent, ...]
    documents: tuple[DocumentSent, ...] = ()
    withdrawn: bool = False


def _sent_under(receipt_code: str) -> ColumnElement[bool]:
    sent = select(SubmissionVersion.submission_id).where(
        SubmissionVersion.receipt_hash == hash_of(receipt_code)
    )
    return Submission.id.in_(sent)


def receipt_exists(session: Session, receipt_code: str) -> bool:
    """Tell whether something was sent under this receipt code."""
    return session.scalar(select(Submission.id).where(_sent_under(receipt_code))) is not None


def reference_of(session: Session, submission_id: int) -> str:
    """Return the reference of a submission."""
    return session.scalars(select(Submission.reference).where(Submission.id == submission_id)).one()


def languages_of_receipt(session: Session, receipt_code: str) -> tuple[list[str], str]:
    """Return the languages of the call that was answered, and the one in which it was."""
    row = session.execute(
        select(Call.languages, Submission.language)
        .join(Submission, Submission.call_id == Call.id)
        .where(_sent_under(receipt_code))
    ).one_or_none()
    return (row[0], row[1]) if row else ([ENGLISH], ENGLISH)


def standing_of(session: Session, receipt_code: str) -> Standing:
    """Return what can be done with what was sent under a receipt code; NotFound for any other."""
    row = session.execute(
        select(Submission, Call, Inquiry)
        .join(Call, Call.id == Submission.call_id)
        .join(Inquiry, Inquiry.id == Submission.inquiry_id)
        .where(_sent_under(receipt_code))
    ).one_or_none()
    if row is None:
        raise unknown_code()
    submission, call, inquiry = row
    return Standing(
        submission.id,
        inquiry.id,
        call.id,
        submission.version,
        call,
        submission.withdrawal_policy or inquiry.withdrawal_policy,
        Report(inquiry.report_at, inquiry.report_title, inquiry.report_address),
        submission.state is SubmissionState.WITHDRAWN,
        wishes_of(session, submission.id),
    )


def wishes_of(session: Session, submission_id: int) -> tuple[Wish, ...]:
    """Return the requests to withdraw a submission, the newest first."""
    rows = session.scalars(
        select(WithdrawalRequest)
        .where(WithdrawalRequest.submission_id == submission_id)
        .order_by(WithdrawalRequest.id.desc())
    )
    return tuple(Wish(row.asked_at, row.decided_at, row.granted, row.answer) for row in rows)


@dataclass(frozen=True)
class Acknowledged:
    """What the page says that follows sending."""

    reference: str
    changed_at: datetime
    version: int
    publication: PublicationChoice
    # Whether something else was chosen for an answer, or words were marked as confidential.
    otherwise: bool


def acknowledged(session: Session, receipt_code: str) -> Acknowledged:
    """Return what stands under a receipt code without any of its words; NotFound for any other."""
    chosen = exists().where(
        Answer.submission_id == Submission.id, Answer.publication.is_not(None), answer_stands()
    )
    marked = exists().where(
        ConfidentialPassage.source_text_id == SourceText.id,
        SourceText.submission_id == Submission.id,
        text_stands(),
    )
    row = session.execute(
        select(
            Submission.reference,
            SubmissionVersion.sent_at,
            Submission.version,
            Submission.publication,
            or_(chosen, marked),
        )
        .join(
            SubmissionVersion,
            (SubmissionVersion.submission_id == Submission.id)
            & (SubmissionVersion.number == Submission.version),
        )
        .where(_sent_under(receipt_code))
    ).one_or_none()
    if row is None:
        raise unknown_code()
    return Acknowledged(*row)


def receipt_for(session: Session, receipt_code: str) -> Receipt:
    """Return what was sent under a receipt code, as it stands now; NotFound for any other."""
    row = session.execute(
        select(Submission, SubmissionVersion, Call, Inquiry)
        .join(
            SubmissionVersion,
            (SubmissionVersion.submission_id == Submission.id)
            & (SubmissionVersion.number == Submission.version),
        )
        .join(Call, Call.id == Submission.call_id)
        .join(Inquiry, Inquiry.id == Submission.inquiry_id)
        .where(_sent_under(receipt_code))
        .options(joinedload(Submission.respondent), joinedload(Submission.respondent_type))
    ).one_or_none()
    if row is None:
        raise unknown_code()
    submission, sent, call, inquiry = row
    return Receipt(
        reference=submission.reference,
        sent_at=submission.sent_at,
        changed_at=sent.sent_at,
        version=submission.version,
        language=submission.language,
        call_title=in_language(call, "title"),
        inquiry_title=in_language(inquiry, "title"),
        inquiry_slug=inquiry.slug,
        call_slug=call.slug,
        name=submission.respondent.name,
        organisation=submission.respondent.organisation,
        email=submission.respondent.email,
        respondent_type=in_language(submission.respondent_type, "name") if submission.respondent_type else "",
        publication=submission.publication,
        declared={name: words for name, words in sent.declared.items() if words},
        answers=answers_sent(session, submission.id),
        documents=documents_sent(session, submission.id, submission.version),
        withdrawn=submission.state is SubmissionState.WITHDRAWN,
    )


def unknown_code() -> NotFound:
    """Return what is said of a code under which nothing was sent."""
    return NotFound(_("There is no receipt under this code. Check each group of letters and figures."))


def answers_sent(session: Session, submission_id: int) -> tuple[AnswerSent, ...]:
    """Return the answers of a submission that stand, by number of question."""
    call = select(Submission.call_id).where(Submission.id == submission_id).scalar_subquery()
    numbered = session.scalars(select(Question.id).where(Question.call_id == call).order_by(Question.number))
    positions = {question_id: position for position, question_id in enumerate(numbered, 1)}
    answers = session.execute(
        select(Answer, SourceText.id, SourceText.body)
        .join(Question, Question.id == Answer.question_id)
        .outerjoin(SourceText, SourceText.answer_id == Answer.id)
        .where(Answer.submission_id == submission_id, answer_stands())
        .order_by(Question.number)
        .options(
            joinedload(Answer.question),
            joinedload(Answer.place),
            selectinload(Answer.choices).joinedload(AnswerChoice.option),
            selectinload(Answer.cells).options(joinedload(AnswerCell.row), joinedload(AnswerCell.option)),
        )
    )
    marks: dict[int, list[tuple[str, str]]] = {}
    for mark in confidences_of(session, submission_id):
        marks.setdefault(mark.source_text_id, []).append((mark.words, mark.harm))
    return tuple(
        AnswerSent(
            positions[answer.question_id],
            in_language(answer.question, "prompt"),
            body or "",
            chosen_in(answer),
            answer.publication,
            # Words that stand in several places were marked once.
            tuple(dict.fromkeys(marks.get(text_id, ()))),
        )
        for answer, text_id, body in answers
    )


def chosen_in(answer: Answer) -> tuple[str, ...]:
    """Return what an answer without words says, in the language of the page."""
    options = sorted((c.option.position, in_language(c.option, "wording")) for c in answer.choices)
    number = [] if answer.number is None else [f"{answer.number:,}"]
    place = [in_language(answer.place, "name")] if answer.place else []
    district = [_("Postcode district %(district)s", district=answer.district)] if answer.district else []
    declined = [_("Prefer not to say")] if answer.declined else []
    cells = [f"{row}: {option}" for row, option in cells_in_words(answer)]
    return (*(wording for _position, wording in options), *cells, *number, *place, *district, *declined)
