"""Evidence as it is given, and what has to be true of it before it is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call, MatrixRow, Option, Place, Question, RespondentType
from consult.calls.rules import QuestionKind, WithdrawalPolicy
from consult.evidence.extraction.result import Extraction, Outcome
from consult.evidence.models_desk import EventSession
from consult.evidence.rules import (
    Bounds,
    Channel,
    PublicationChoice,
    hash_of_answers,
    quote_of,
    sha256_of,
    storable,
    word_count,
)
from consult.evidence.rules_desk import LONGEST_REASON, MarkKind, came_late, words_sha256
from consult.foundation.errors import BadInput, NotFound, Refused

LONGEST = {"name": 300, "organisation": 300, "email": 255, "title": 300, "external_key": 400}


LONGEST_HARM = 2_000
LONGEST_FILE_NAME = 255
LONGEST_DECLARATION = 5_000


@dataclass(frozen=True)
class GivenConfidence:
    """A span of a text that its writer asked to be kept from readers outside, and why."""

    bounds: Bounds
    harm: str


def said_of(confidences: Iterable[GivenConfidence]) -> list[dict[str, Any]]:
    """Return what marks on one text say, in order."""
    return [asdict(each) for each in sorted(confidences, key=lambda each: each.bounds)]


@dataclass(frozen=True)
class GivenAnswer:
    """What was answered to one question; only the part that fits its kind is set.

    `cells` are (row, option) of a matrix; `district` is the first half of a postcode; `declined` says that
    somebody chose "Prefer not to say"; without a `publication` of its own an answer follows the submission's.
    """

    question_id: int
    text: str | None = None
    option_ids: tuple[int, ...] = ()
    number: int | None = None
    place_id: int | None = None
    cells: tuple[tuple[int, int], ...] = ()
    district: str | None = None
    declined: bool = False
    publication: PublicationChoice | None = None
    confidences: tuple[GivenConfidence, ...] = ()

    @property
    def has_words(self) -> bool:
        """Tell whether there are words to keep."""
        return bool(self.text and self.text.strip())

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was answered."""
        closed = self.option_ids or self.cells or self.place_id or self.district or self.declined
        return not (self.has_words or closed or self.number is not None)

    @property
    def said(self) -> dict[str, Any]:
        """Return what it says, without the parts that are not set."""
        parts = {
            # As asdict gives it, without copying each part, which took imports much of their time.
            **vars(self),
            "text": sha256_of(self.text) if self.text and self.has_words else None,
            "option_ids": sorted(set(self.option_ids)),
            "cells": sorted(dict(self.cells).items()),
            "confidences": said_of(self.confidences),
        }
        return {name: value for name, value in parts.items() if value or (value == 0 and value is not False)}


@dataclass(frozen=True)
class GivenDeclaration:
    """For whom somebody speaks, in what role, with what interests and funding."""

    on_behalf_of: str = ""
    role: str = ""
    interests: str = ""
    funding: str = ""

    @property
    def words(self) -> dict[str, str]:
        """Return what was declared, by name."""
        return asdict(self)


@dataclass(frozen=True)
class GivenProvenance:
    """How evidence came that is entered for somebody; `why_late` wherever it came after the call closed."""

    received_on: date
    event_session_id: int | None = None
    choice_known: str = ""
    note: str = ""
    why_late: str = ""
    # The spreadsheet that it came in.
    import_id: int | None = None


@dataclass(frozen=True)
class GivenMark:
    """Something a clerk should know, such as that it came late."""

    kind: MarkKind
    note: str = ""


@dataclass(frozen=True)
class GivenAttachment:
    """A file that the store of files holds already, and what was read from it."""

    sha256: str
    name: str
    size: int
    extraction: Extraction
    question_id: int | None = None
    # Its own choice, such as that of the answer it belongs to; None follows the submission's.
    publication: PublicationChoice | None = None
    # Spans of its text.
    confidences: tuple[GivenConfidence, ...] = ()

    @property
    def text(self) -> str:
        """Return the words in it."""
        return self.extraction.text

    @property
    def identity(self) -> tuple[str, str, int | None, PublicationChoice | None]:
        """Return what makes it the same file given for the same purpose on the same terms.

        Words in it that are kept back are no part of it: whether they change it is asked beside it, for more
        of them leave the document and its codings as they stand.
        """
        return self.sha256, self.name, self.question_id, self.publication

    @property
    def said(self) -> dict[str, Any]:
        """Return what it says, as answers do, without the parts that are not set."""
        said = {"attachment": self.sha256, "name": self.name, "question_id": self.question_id or 0}
        parts = {"publication": self.publication, "confidences": said_of(self.confidences)}
        return {**said, **{name: value for name, value in parts.items() if value}}


@dataclass(frozen=True)
class GivenEvidence:
    """Everything that makes a submission, before it has a reference."""

    call_id: int
    name: str
    organisation: str
    email: str
    respondent_type_id: int | None
    place_id: int | None
    publication: PublicationChoice
    language: str
    title: str
    answers: tuple[GivenAnswer, ...]
    channel: Channel
    # One act of sending; a second with the same key is the first.
    send_key: str | None = None
    # The name of this piece of evidence where it came from; unique within its call.
    external_key: str | None = None
    receipt_code: str | None = None
    declaration: GivenDeclaration | None = None
    # How it came, where a clerk enters it for somebody.
    provenance: GivenProvenance | None = None
    # What was noticed on the way in.
    marks: tuple[GivenMark, ...] = ()
    # The rule of withdrawal that its writer was shown before sending.
    withdrawal_policy: WithdrawalPolicy | None = None
    # Documents, in order; the store holds their bytes before the submission is given.
    attachments: tuple[GivenAttachment, ...] = ()

    @property
    def needs_transcription(self) -> bool:
        """Tell whether somebody has to type what a picture of pages says."""
        return any(each.extraction.needs_transcription for each in self.attachments)

    @property
    def receipt_hash(self) -> str | None:
        """Return what is kept of the receipt code."""
        return sha256_of(self.receipt_code) if self.receipt_code else None

    @cached_property
    def sha256(self) -> str:
        """Return the hash of all its answers and documents."""
        answers = [answer.said for answer in self.answers if not answer.is_empty]
        return hash_of_answers([*answers, *(each.said for each in self.attachments)])

    @property
    def declared(self) -> dict[str, str]:
        """Return what was declared, by name; nothing where all of it is blank."""
        words = self.declaration.words if self.declaration else {}
        return words if any(words.values()) else {}

    @cached_property
    def words(self) -> int:
        """Return the number of words in its free texts and documents."""
        return sum(word_count(text) for text in self.texts)

    @cached_property
    def words_sha256(self) -> str | None:
        """Return one hash for the same words however spaced or cased; None for too few to compare."""
        return words_sha256(self.texts)

    @cached_property
    def texts(self) -> list[str]:
        """Return the texts that hold words, in order: answers, then documents."""
        documents = [each.text for each in self.attachments if each.text.strip()]
        return [*(answer.text for answer in self.answers if answer.text and answer.text.strip()), *documents]


@dataclass(frozen=True)
class Ready:
    """Evidence found right for its inquiry, its words counted and hashed: all that needs no turn to write."""

    evidence: GivenEvidence
    inquiry_id: int


def made_ready(session: Session, evidence: GivenEvidence, inquiry_id: int) -> Ready:
    """Return evidence ready to be stored; raises as `receive_submission`."""
    check(session, [evidence], inquiry_id)
    # Each is kept where it is worked out.
    _ = evidence.words, evidence.sha256, evidence.words_sha256
    return Ready(evidence, inquiry_id)


def check(session: Session, batch: Sequence[GivenEvidence], inquiry_id: int) -> None:
    """Raise unless everything given can be stored and belongs to the inquiry."""
    for evidence in batch:
        _check_words(evidence)
    _check_belongings(session, batch, inquiry_id)


def _check_words(evidence: GivenEvidence) -> None:
    for text in evidence.texts:
        storable(text)
    for field, most in LONGEST.items():
        value = storable(getattr(evidence, field) or "")
        if len(value) > most:
            what = field.replace("_", " ")
            raise BadInput(f"The {what} has {len(value)} characters; {most} is the most. Shorten it.")
    for what, value in (evidence.declaration or GivenDeclaration()).words.items():
        if len(storable(value)) > LONGEST_DECLARATION:
            named = what.replace("_", " ")
            raise BadInput(f"The words on {named} are longer than {LONGEST_DECLARATION:,} characters.")
    _check_parts(evidence)


def _check_parts(evidence: GivenEvidence) -> None:
    for answer in evidence.answers:
        _check_confidences(answer.text or "", answer.confidences)
    if evidence.provenance:
        _check_provenance(evidence.provenance)
    for attachment in evidence.attachments:
        _check_attachment(attachment)


def _check_attachment(attachment: GivenAttachment) -> None:
    if attachment.extraction.outcome is Outcome.REFUSED:
        raise Refused("A document that was refused cannot be part of evidence. Remove it.")
    if not 0 < len(storable(attachment.name)) <= LONGEST_FILE_NAME:
        raise BadInput(f"The name of a document has more than {LONGEST_FILE_NAME} characters. Shorten it.")
    _check_confidences(attachment.text, attachment.confidences)


def _check_provenance(came: GivenProvenance) -> None:
    for words in (came.choice_known, came.note, came.why_late):
        if len(storable(words)) > LONGEST_REASON:
            raise BadInput(f"Shorten what is said of how it came to {LONGEST_REASON:,} characters.")


def _check_confidences(text: str, confidences: Iterable[GivenConfidence]) -> None:
    for confidence in confidences:
        quote_of(text, confidence.bounds)
        if not 0 < len(storable(confidence.harm).strip()) <= LONGEST_HARM:
            raise BadInput(f"Say in 1 to {LONGEST_HARM:,} characters what harm publication would do.")


def _check_belongings(session: Session, batch: Sequence[GivenEvidence], inquiry_id: int) -> None:
    answers = [(evidence.call_id, answer) for evidence in batch for answer in evidence.answers]
    _check_ids(session, Call, inquiry_id, (evidence.call_id for evidence in batch))
    _check_ids(session, RespondentType, inquiry_id, (evidence.respondent_type_id for evidence in batch))
    places = [evidence.place_id for evidence in batch] + [answer.place_id for _, answer in answers]
    _check_ids(session, Place, inquiry_id, places)
    came = [evidence.provenance for evidence in batch if evidence.provenance]
    _check_ids(session, EventSession, inquiry_id, (each.event_session_id for each in came))
    _check_late(session, batch)
    offered = _offered_by(session, answers, {evidence.call_id for evidence in batch})
    for call_id, answer in answers:
        offered.check(call_id, answer)
    for evidence in batch:
        for attachment in evidence.attachments:
            offered.check_question(evidence.call_id, attachment.question_id)


def _check_late(session: Session, batch: Sequence[GivenEvidence]) -> None:
    """Ask for the reason why evidence is taken that came on a day after its call closed."""
    unexplained = {
        (evidence.call_id, evidence.provenance.received_on)
        for evidence in batch
        if evidence.provenance and not evidence.provenance.why_late.strip()
    }
    if not unexplained:
        return
    ends = select(Call.id, Call.closes_at).where(Call.id.in_({call_id for call_id, _ in unexplained}))
    closes = {row.id: row.closes_at for row in session.execute(ends)}
    if any(came_late(received_on, closes[call_id]) for call_id, received_on in unexplained):
        raise BadInput("It came after the call had closed. Say why it is taken.")


@dataclass(frozen=True)
class _Offered:
    """What the questions of some calls ask and offer."""

    questions: dict[int, tuple[int, QuestionKind]]
    options: dict[int, int]
    rows: dict[int, int]

    def check_question(self, call_id: int, question_id: int | None) -> None:
        if question_id is not None and self.questions.get(question_id, (None, None))[0] != call_id:
            raise NotFound("A document is for a question that this call does not ask.")

    def check(self, call_id: int, answer: GivenAnswer) -> None:
        asked_by, kind = self.questions.get(answer.question_id, (None, None))
        if asked_by != call_id:
            raise NotFound("An answer is to a question that this call does not ask.")
        if answer.text and kind is not QuestionKind.FREE_TEXT:
            raise Refused("Words were given to a question that is not answered in words.")
        if answer.cells and kind is not QuestionKind.MATRIX:
            raise Refused("Rows were answered in a question that has none.")
        chosen = (*answer.option_ids, *(option_id for _, option_id in answer.cells))
        if any(self.options.get(option_id) != answer.question_id for option_id in chosen):
            raise NotFound("An answer chooses an option that its question does not offer.")
        if any(self.rows.get(row_id) != answer.question_id for row_id, _ in answer.cells):
            raise NotFound("An answer fills a row that its question does not have.")


def _offered_by(session: Session, answers: Sequence[tuple[int, GivenAnswer]], call_ids: set[int]) -> _Offered:
    """Return what the calls ask and offer, so far as these answers choose of it."""
    asked = select(Question.id, Question.call_id, Question.kind).where(Question.call_id.in_(call_ids))
    options = select(Option.id, Option.question_id).join(Question).where(Question.call_id.in_(call_ids))
    rows = select(MatrixRow.id, MatrixRow.question_id).join(Question).where(Question.call_id.in_(call_ids))
    cells = any(answer.cells for _, answer in answers)
    chosen = cells or any(answer.option_ids for _, answer in answers)
    return _Offered(
        {row.id: (row.call_id, row.kind) for row in session.execute(asked)},
        {row.id: row.question_id for row in session.execute(options)} if chosen else {},
        {row.id: row.question_id for row in session.execute(rows)} if cells else {},
    )


def _check_ids(
    session: Session,
    model: type[Call] | type[EventSession] | type[Place] | type[RespondentType],
    inquiry_id: int,
    ids: Iterable[int | None],
) -> None:
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return
    there = session.scalars(select(model.id).where(model.inquiry_id == inquiry_id, model.id.in_(wanted)))
    if set(there) != wanted:
        raise NotFound(f"A {model.__tablename__.replace('_', ' ')[:-1]} named here is not of this inquiry.")
