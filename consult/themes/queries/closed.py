"""Closed questions: how many submissions gave each answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Select,
    cast,
    distinct,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from consult.calls.models import Call, MatrixRow, Option, Place, Question
from consult.calls.rules import CallState, QuestionKind, points_of_scale
from consult.evidence.models import Answer, AnswerCell, AnswerChoice, Submission
from consult.evidence.queries import answer_stands
from consult.foundation.errors import NotFound
from consult.themes.queries.selected import answered, submission_conditions
from consult.themes.rules import Selection, either

CLOSED = frozenset(QuestionKind) - {QuestionKind.FREE_TEXT, QuestionKind.FILE}
# A question and, in a matrix, one of its rows.
Key = tuple[int, int | None]
Tally = dict[Key, Counter[int]]


@dataclass(frozen=True)
class Offered:
    """An answer that a closed question offers, and how many submissions gave it."""

    # The id of an option or a place, or the number itself.
    value: int
    wording: str
    count: int


@dataclass(frozen=True)
class ClosedQuestion:
    """A closed question, or one row of a matrix, with its counts.

    `answered` is the base of its percentages; those who declined are counted apart.
    """

    id: int
    call_id: int
    number: int
    prompt: str
    kind: QuestionKind
    answered: int
    offered: Sequence[Offered]
    declined: int | None = None
    row_id: int | None = None
    row: str = ""


@dataclass(frozen=True)
class CallAnswers:
    """A call, how many submissions it brought, and its closed questions."""

    id: int
    title: str
    received: int
    questions: Sequence[ClosedQuestion]


def closed_questions(session: Session, selection: Selection) -> list[CallAnswers]:
    """Return each call that asks closed questions, with the counts of every answer offered."""
    counts = _Counts(
        _tally(session, selection),
        _answering(session, selection),
        _declining(session, selection),
        _offers(session, selection.inquiry_id),
    )
    rows = _rows(session, selection.inquiry_id)
    questions = [
        _with_counts(question, row_id, wording, counts)
        for question in _questions(session, selection.inquiry_id)
        for row_id, wording in rows.get(question.id, [(None, "")])
    ]
    return _by_call(session, selection, questions)


@dataclass(frozen=True)
class _Counts:
    tally: Tally
    answering: dict[Key, int]
    declining: dict[int, int]
    offers: dict[int | None, list[tuple[int, str]]]


def _with_counts(question: Any, row_id: int | None, wording: str, counts: _Counts) -> ClosedQuestion:
    key = (question.id, row_id)
    return ClosedQuestion(
        question.id,
        question.call_id,
        question.number,
        question.prompt,
        question.kind,
        counts.answering.get(key, 0),
        _counted(_offers_of(question, counts.offers), counts.tally.get(key, Counter())),
        counts.declining.get(question.id, 0) if question.may_decline else None,
        row_id,
        wording,
    )


def question_words(session: Session, selection: Selection) -> str:
    """Return what the selection's closed question asks and which of its answers are selected, in words."""
    questions = _questions(session, selection.inquiry_id)
    question = next((row for row in questions if row.id == selection.question_id), None)
    if question is None:
        raise NotFound("This inquiry has no such closed question.")
    said = f"answering question {question.number}, “{question.prompt}”"
    if selection.declined:
        return f"preferring not to answer question {question.number}, “{question.prompt}”"
    rows = dict(_rows(session, selection.inquiry_id).get(question.id, []))
    if selection.row_id is not None:
        said = f"{said}, on “{rows.get(selection.row_id, '')}”"
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
            Question.may_decline,
        )
        .join(Call, Call.id == Question.call_id)
        .where(Call.inquiry_id == inquiry_id, Call.state != CallState.DRAFT, Question.kind.in_(CLOSED))
        .order_by(Call.opens_at, Call.id, Question.number)
    )
    return session.execute(questions).all()


def _rows(session: Session, inquiry_id: int) -> dict[int, list[tuple[int, str]]]:
    """Return the rows of each matrix, in order."""
    rows = (
        select(MatrixRow.question_id, MatrixRow.id, MatrixRow.wording)
        .join(Question, Question.id == MatrixRow.question_id)
        .join(Call, Call.id == Question.call_id)
        .where(Call.inquiry_id == inquiry_id)
        .order_by(MatrixRow.question_id, MatrixRow.position)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for question_id, row_id, wording in session.execute(rows):
        found.setdefault(question_id, []).append((row_id, wording))
    return found


def _tally(session: Session, selection: Selection) -> Tally:
    """Return how many submissions gave each value, by question and row."""
    options = _given(selection, AnswerChoice.option_id.expression).join(
        AnswerChoice, AnswerChoice.answer_id == Answer.id
    )
    cells = _given(selection, AnswerCell.option_id.expression, AnswerCell.row_id.expression).join(
        AnswerCell, AnswerCell.answer_id == Answer.id
    )
    numbers = _given(selection, Answer.number.expression)
    places = _given(selection, Answer.place_id.expression)
    found: Tally = {}
    for question_id, row_id, value, count in session.execute(union_all(options, cells, numbers, places)):
        found.setdefault((question_id, row_id), Counter())[value] = count
    return found


def _given(
    selection: Selection, value: ColumnElement[Any], row: ColumnElement[Any] | None = None
) -> Select[Any]:
    # PostgreSQL groups by no constant, so what has no row is not grouped by it.
    rows = [] if row is None else [row]
    return (
        select(
            Answer.question_id,
            cast(null() if row is None else row, Integer),
            value,
            func.count(distinct(Submission.id)),
        )
        .select_from(Answer)
        .join(Submission, Submission.id == Answer.submission_id)
        .where(value.is_not(None), answer_stands(), *submission_conditions(selection))
        .group_by(Answer.question_id, *rows, value)
    )


def _answering(session: Session, selection: Selection) -> dict[Key, int]:
    """Return how many submissions answered each question at all, and each row of a matrix."""
    of_questions = _counted_by(selection, Answer.question_id).where(answered())
    of_rows = _counted_by(selection, Answer.question_id, AnswerCell.row_id).join(
        AnswerCell, AnswerCell.answer_id == Answer.id
    )
    found: dict[Key, int] = {(row[0], None): row[1] for row in session.execute(of_questions)}
    return found | {(row[0], row[1]): row[2] for row in session.execute(of_rows)}


def _declining(session: Session, selection: Selection) -> dict[int, int]:
    """Return how many submissions preferred not to answer each question."""
    return pairs_of(session, _counted_by(selection, Answer.question_id).where(Answer.declined))


def _counted_by(selection: Selection, *columns: Any) -> Select[Any]:
    return (
        select(*columns, func.count(distinct(Submission.id)))
        .select_from(Answer)
        .join(Submission, Submission.id == Answer.submission_id)
        .where(answer_stands(), *submission_conditions(selection))
        .group_by(*columns)
    )


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
