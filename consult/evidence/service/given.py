"""Evidence as it is given, and what has to be true of it before it is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Option, Place, Question, RespondentType
from consult.calls.rules import QuestionKind
from consult.evidence.rules import Channel, PublicationChoice, storable
from consult.foundation.errors import BadInput, NotFound, Refused

LONGEST = {"name": 300, "organisation": 300, "email": 255, "title": 300, "external_key": 400}


@dataclass(frozen=True)
class GivenAnswer:
    """What was answered to one question; only the part that fits its kind is set."""

    question_id: int
    text: str | None = None
    option_ids: tuple[int, ...] = ()
    number: int | None = None
    place_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was answered."""
        words = bool(self.text and self.text.strip())
        return not (words or self.option_ids or self.number is not None or self.place_id)


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

    @property
    def texts(self) -> list[str]:
        """Return the free texts that hold words, in order."""
        return [answer.text for answer in self.answers if answer.text and answer.text.strip()]


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


def _check_belongings(session: Session, batch: Sequence[GivenEvidence], inquiry_id: int) -> None:
    answers = [(evidence.call_id, answer) for evidence in batch for answer in evidence.answers]
    _check_ids(session, Call, inquiry_id, (evidence.call_id for evidence in batch))
    _check_ids(session, RespondentType, inquiry_id, (evidence.respondent_type_id for evidence in batch))
    places = [evidence.place_id for evidence in batch] + [answer.place_id for _, answer in answers]
    _check_ids(session, Place, inquiry_id, places)
    call_ids = {evidence.call_id for evidence in batch}
    asked = select(Question.id, Question.call_id, Question.kind).where(Question.call_id.in_(call_ids))
    questions = {row.id: (row.call_id, row.kind) for row in session.execute(asked)}
    offered = select(Option.id, Option.question_id).join(Question).where(Question.call_id.in_(call_ids))
    options = {row.id: row.question_id for row in session.execute(offered)}
    for call_id, answer in answers:
        asked_by, kind = questions.get(answer.question_id, (None, None))
        if asked_by != call_id:
            raise NotFound("An answer is to a question that this call does not ask.")
        if answer.text and kind is not QuestionKind.FREE_TEXT:
            raise Refused("Words were given to a question that is not answered in words.")
        if any(options.get(option_id) != answer.question_id for option_id in answer.option_ids):
            raise NotFound("An answer chooses an option that its question does not offer.")


def _check_ids(
    session: Session,
    model: type[Call] | type[Place] | type[RespondentType],
    inquiry_id: int,
    ids: Iterable[int | None],
) -> None:
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return
    there = session.scalars(select(model.id).where(model.inquiry_id == inquiry_id, model.id.in_(wanted)))
    if set(there) != wanted:
        raise NotFound(f"A {model.__tablename__.replace('_', ' ')[:-1]} named here is not of this inquiry.")
