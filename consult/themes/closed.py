"""The prepared page of closed questions: counts, percentages and the answers a reader counts together."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.foundation.web import LARGEST_ID
from consult.themes.campaigns import CampaignPart, campaign_part
from consult.themes.pages import FilterField, filter_fields
from consult.themes.queries.closed import CallAnswers, ClosedQuestion, closed_questions
from consult.themes.queries.lists import count_of
from consult.themes.rules import Selection, Unit, either, median_of, percentage, share
from consult.themes.scope import Number, Scope

# Question, answer and, in a matrix, row.
TICK = re.compile(r"([0-9]{1,10})-(-?[0-9]{1,10})(?:-([0-9]{1,10}))?")
Tick = tuple[int, int, int]


@dataclass(frozen=True)
class AnswerRow:
    """An answer that was offered, with its count and its share of those who answered."""

    tick: str
    ticked: bool
    wording: str
    count: Number
    percentage: str
    width: float


@dataclass(frozen=True)
class Together:
    """Several answers counted together, each submission once."""

    percentage: str
    count: Number
    answers: str


@dataclass(frozen=True)
class Spread:
    """The middle and the ends of the numbers that were given."""

    lowest: str
    middle: str
    highest: str


@dataclass(frozen=True)
class QuestionFigures:
    """A closed question as the page shows it."""

    id: int
    number: int
    prompt: str
    several: bool
    answered: Number
    rows: Sequence[AnswerRow]
    together: Together | None
    spread: Spread | None
    declined: Number | None = None
    row: str = ""
    # Of the rows of a matrix the first carries the question's own heading.
    is_first: bool = True
    anchor: str = ""


@dataclass(frozen=True)
class CallFigures:
    """A call with its closed questions."""

    title: str
    received: Number
    questions: Sequence[QuestionFigures]


@dataclass(frozen=True)
class ClosedPage:
    """The closed questions of every call under the chosen filters."""

    calls: Sequence[CallFigures]
    words: Sequence[str]
    filters: Sequence[FilterField]
    campaigns: CampaignPart | None


def closed_page(
    session: Session, scope: Scope, selection: Selection, ticks: Iterable[str], here: str
) -> ClosedPage:
    """Return the page of closed questions; `ticks` name the answers to count together."""
    selection = selection.filters
    ticked = ticked_answers(ticks)
    calls = [
        call_figures(session, scope, selection, call, ticked)
        for call in closed_questions(session, selection)
        if selection.call_id in {None, call.id}
    ]
    part = campaign_part(session, scope, selection, here)
    return ClosedPage(calls, scope.words(selection), filter_fields(scope, selection), part)


def ticked_answers(ticks: Iterable[str]) -> frozenset[Tick]:
    """Return the (question, answer, row or 0) that an address ticks; anything else in it is passed over."""
    found = (TICK.fullmatch(tick) for tick in ticks)
    named = ((int(match[1]), int(match[2]), int(match[3] or 0)) for match in found if match)
    return frozenset(tick for tick in named if max(map(abs, tick)) <= LARGEST_ID)


def call_figures(
    session: Session,
    scope: Scope,
    selection: Selection,
    call: CallAnswers,
    ticked: frozenset[Tick],
) -> CallFigures:
    of_call = selection.but(call_id=call.id)
    questions = [question_figures(session, scope, of_call, q, ticked) for q in call.questions]
    firsts = {question.id: question for question in reversed(questions)}
    questions = [replace(question, is_first=firsts[question.id] is question) for question in questions]
    return CallFigures(call.title, scope.number(Unit.SUBMISSIONS, call.received, of_call), questions)


def question_figures(
    session: Session,
    scope: Scope,
    selection: Selection,
    question: ClosedQuestion,
    ticked: frozenset[Tick],
) -> QuestionFigures:
    selection = selection.but(question_id=question.id, row_id=question.row_id)
    row = question.row_id or 0
    values = tuple(o.value for o in question.offered if (question.id, o.value, row) in ticked)
    is_number = question.kind is QuestionKind.NUMBER
    return QuestionFigures(
        question.id,
        question.number,
        question.prompt,
        question.kind is QuestionKind.SEVERAL,
        scope.number(Unit.SUBMISSIONS, question.answered, selection),
        [] if is_number else answer_rows(scope, selection, question, values),
        together(session, scope, selection.but(answers=values), question),
        spread(question) if is_number and question.answered else None,
        declined_figure(scope, selection, question),
        question.row,
        anchor=f"question-{question.id}-{row}" if row else f"question-{question.id}",
    )


def declined_figure(scope: Scope, selection: Selection, question: ClosedQuestion) -> Number | None:
    """Return how many preferred not to say, where that is offered; they are in no percentage."""
    if question.declined is None:
        return None
    return scope.number(Unit.SUBMISSIONS, question.declined, selection.but(declined=True))


def answer_rows(
    scope: Scope, selection: Selection, question: ClosedQuestion, ticked: Sequence[int]
) -> list[AnswerRow]:
    return [
        AnswerRow(
            f"{question.id}-{offered.value}" + (f"-{question.row_id}" if question.row_id else ""),
            offered.value in ticked,
            offered.wording,
            scope.number(Unit.SUBMISSIONS, offered.count, selection.but(answers=(offered.value,))),
            percentage(offered.count, question.answered),
            round(share(offered.count, question.answered), 1),
        )
        for offered in question.offered
    ]


def together(
    session: Session, scope: Scope, selection: Selection, question: ClosedQuestion
) -> Together | None:
    """Count the selection's answers together, if there are any; who chose two of them counts once."""
    if not selection.answers:
        return None
    count = count_of(session, selection, Unit.SUBMISSIONS)
    names = {offered.value: offered.wording for offered in question.offered}
    return Together(
        percentage(count, question.answered),
        scope.number(Unit.SUBMISSIONS, count, selection),
        either([names[value] for value in selection.answers]),
    )


def spread(question: ClosedQuestion) -> Spread:
    counts = {offered.value: offered.count for offered in question.offered}
    given = [value for value, count in counts.items() if count]
    return Spread(f"{min(given):,}", f"{median_of(counts):,g}", f"{max(given):,}")
