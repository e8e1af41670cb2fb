"""Closed questions: how many submissions gave each answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, distinct, func, select, union_all
from sqlalchemy.orm import Session

from consult.calls.models import Call, Option, Place, Question
from consult.calls.rules import QuestionKind, points_of_scale
from consult.evidence.models import Answer, AnswerChoice, Submission
from consult.foundation.errors import NotFound
from consult.themes.queries.selected import answered, submission_conditions
from consult.themes.rules import Selection, either

CLOSED = frozenset(QuestionKind) - {QuestionKind.FREE_TEXT, QuestionKind.MATRIX, QuestionKind.FILE}
Tally = dict[int, Counter[int]]


@dataclass(frozen=True)
class Offered:
    """An answer that a closed question offers, and how many submissions gave it."""

    # The id of an option or a place, or the number itself.
    value: int
    wording: str
    count: int


@dataclass(frozen=True)
class ClosedQuestion:
    """A closed question with its counts; `answered` is the base of its percentages."""

    id: int
    call_id: int
    number: int
    prompt: str
    kind: QuestionKind
    answered: int
    offered: Sequence[Offered]


@dataclass(frozen=True)
class CallAnswers:
    """A call, how many submissions it brought, and its closed questions."""

    id: int
    title: str
    received: int
    questions: Sequence[ClosedQuestion]


def closed_questions(session: Session, selection: Selection) -> list[CallAnswers]:
    """Return each call that asks closed questions, with the counts of every answer offered."""
    tally = _tally(session, selection)
    answering = _answering(session, selection)
    offers = _offers(session, selection.inquiry_id)
    questions = [
        ClosedQuestion(
            row.id,
            row.call_id,
            row.number,
            row.prompt,
            row.kind,
            answering.get(row.id, 0),
            _counted(_offers_of(row, offers), tally.get(row.id, Counter())),
        )
        for row in _questions(session, selection.inquiry_id)
    ]
    return _by_call(session, selection, questions)


def question_words(session: Session, selection: Selection) -> str:
    """Return what the selection's closed question asks and which of its answers are selected, in words."""
    questions = _questions(session, selection.inquiry_id)
    question = next((row for row in questions if row.id == selection.question_id), None)
    if question is None:
        raise NotFound("This inquiry has no such closed question.")
    said = f"answering question {question.number}, “{question.prompt}”"
    if not selection.answers:
        return said
    names = dict(_offers_of(question, _offers(session, selection.inquiry_id)))
    return f"{said}, with {either([names.get(value, str(value)) for value in selection.answers])}"


def _questions(session: Session, inquiry_id: int) -> Sequence[Any]:
    questions = (
        select(
            Question.id,
            Question.call_id,
            Question.number,
            Question.prompt,
            Question.kind,
            Question.minimum,
            Question.maximum,
            Question.minimum_meaning,
            Question.maximum_meaning,
        )
        .join(Call, Call.id == Question.call_id)
        .where(Call.inquiry_id == inquiry_id, Question.kind.in_(CLOSED))
        .order_by(Call.opens_at, Call.id, Question.number)
    )
    return session.execute(questions).all()


def _tally(session: Session, selection: Selection) -> Tally:
    """Return how many submissions gave each value, by question."""
    options = _given(selection, AnswerChoice.option_id.expression).join(
        AnswerChoice, AnswerChoice.answer_id == Answer.id
    )
    numbers = _given(selection, Answer.number.expression)
    places = _given(selection, Answer.place_id.expression)
    found: Tally = {}
    for question_id, value, count in session.execute(union_all(options, numbers, places)):
        found.setdefault(question_id, Counter())[value] = count
    return found


def _given(selection: Selection, value: ColumnElement[Any]) -> Select[Any]:
    return (
        select(Answer.question_id, value, func.count(distinct(Submission.id)))
        .select_from(Answer)
        .join(Submission, Submission.id == Answer.submission_id)
        .where(value.is_not(None), *submission_conditions(selection))
        .group_by(Answer.question_id, value)
    )


def _answering(session: Session, selection: Selection) -> dict[int, int]:
    """Return how many submissions answered each question at all."""
    answering = (
        select(Answer.question_id, func.count(distinct(Submission.id)))
        .join(Submission, Submission.id == Answer.submission_id)
        .where(answered(), *submission_conditions(selection))
        .group_by(Answer.question_id)
    )
    return pairs_of(session, answering)


def pairs_of(session: Session, pairs: Executable) -> dict[int, Any]:
    return {row[0]: row[1] for row in session.execute(pairs)}


def _offers(session: Session, inquiry_id: int) -> dict[int | None, list[tuple[int, str]]]:
    """Return the options of each question in order, and under None the places of the inquiry."""
    options = (
        select(Option.question_id, Option.id, Option.wording)
        .join(Question, Question.id == Option.question_id)
        .join(Call, Call.id == Question.call_id)
        .where(Call.inquiry_id == inquiry_id)
        .order_by(Option.position)
    )
    found: dict[int | None, list[tuple[int, str]]] = {}
    for question_id, option_id, wording in session.execute(options):
        found.setdefault(question_id, []).append((option_id, wording))
    places = select(Place.id, Place.name).where(Place.inquiry_id == inquiry_id).order_by(Place.position)
    found[None] = [(place_id, name) for place_id, name in session.execute(places)]
    return found


def _offers_of(question: Any, offers: dict[int | None, list[tuple[int, str]]]) -> list[tuple[int, str]]:
    if question.kind is QuestionKind.PLACE:
        return offers[None]
    if question.kind is QuestionKind.SCALE:
        return scale_steps(question)
    return offers.get(question.id, [])


def scale_steps(question: Any) -> list[tuple[int, str]]:
    """Return the steps of a scale, the ends with their meanings."""
    points = points_of_scale(question.minimum, question.maximum)
    meanings = {points[0]: question.minimum_meaning, points[-1]: question.maximum_meaning}
    return [(step, f"{step}: {meanings[step]}" if meanings.get(step) else str(step)) for step in points]


def _counted(offers: Iterable[tuple[int, str]], counts: Counter[int]) -> list[Offered]:
    """Put counts to what was offered; a number that nobody offered stands for itself, in order."""
    listed = list(offers)
    known = {value for value, _ in listed}
    others = [(value, str(value)) for value in sorted(counts) if value not in known]
    return [Offered(value, wording, counts[value]) for value, wording in [*listed, *others]]


def _by_call(
    session: Session, selection: Selection, questions: Sequence[ClosedQuestion]
) -> list[CallAnswers]:
    calls = select(Call.id, Call.title).where(Call.inquiry_id == selection.inquiry_id)
    received = (
        select(Submission.call_id, func.count())
        .where(*submission_conditions(selection))
        .group_by(Submission.call_id)
    )
    counts = pairs_of(session, received)
    titles = pairs_of(session, calls)
    return [
        CallAnswers(
            call_id,
            titles[call_id],
            counts.get(call_id, 0),
            [q for q in questions if q.call_id == call_id],
        )
        for call_id in dict.fromkeys(q.call_id for q in questions)
    ]
