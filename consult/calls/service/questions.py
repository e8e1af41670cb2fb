"""Verbs that write the questions of a call."""

from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.orm import Session, selectinload

from consult.calls.models import Call, Option, Question
from consult.calls.rules import (
    MOST_QUESTIONS,
    CallState,
    QuestionDetails,
    free_slug,
    is_storable,
    problems_of_question,
    slug_of,
)
from consult.calls.service.calls import call_held
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor

COLUMNS = tuple(field.name for field in fields(QuestionDetails) if field.name not in {"options", "slug"})
WORDINGS = frozenset({"prompt", "hint", "options", "minimum_meaning", "maximum_meaning", "slug"})
LONGEST_MADE_SLUG = 40


def add_question(
    session: Session, details: QuestionDetails, *, call_id: int, inquiry_id: int, actor: Actor, at: datetime
) -> Question:
    """Add a question as the last of a draft call; BadInput names what is wrong with it."""
    call = _draft(session, call_id, inquiry_id)
    questions = _questions(session, call.id)
    if len(questions) >= MOST_QUESTIONS:
        raise Refused(f"A call has at most {MOST_QUESTIONS} questions.")
    _check(details)
    taken = {question.slug for question in questions}
    if details.slug in taken:
        raise BadInput(f"Another question of this call has the key “{details.slug}”. Choose another.")
    slug = details.slug or free_slug(slug_of(details.prompt, LONGEST_MADE_SLUG), taken)
    question = Question(call_id=call_id, number=len(questions) + 1, slug=slug)
    _write(question, details)
    session.add(question)
    session.flush()  # options and the audit event name the new id
    _write_options(session, question.id, details.options)
    act = audit.Act(
        "add question", "question", question.id, detail={"call": call_id, "number": question.number}
    )
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return question


def edit_question(
    session: Session,
    question_id: int,
    details: QuestionDetails,
    *,
    inquiry_id: int,
    why: str = "",
    actor: Actor,
    at: datetime,
) -> Question:
    """Change a question of a draft; once published only its wording may be mended, and `why` is asked for."""
    question, call = _question(session, question_id, inquiry_id)
    was = details_of(question)
    details = replace(details, slug=question.slug)
    _check(details)
    if call.state is not CallState.DRAFT:
        _check_mending(was, details, why)
    _write(question, details)
    if was.options != details.options:
        _change_options(session, question, details.options, in_place=call.state is not CallState.DRAFT)
    changed = {name: value for name, value in asdict(was).items() if value != getattr(details, name)}
    if changed:
        act = audit.Act("edit question", "question", question_id, why=why.strip(), detail={"was": changed})
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return question


def move_question(
    session: Session,
    question_id: int,
    towards: Literal["up", "down"],
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Let a question of a draft change places with its neighbour; at the end nothing happens."""
    question, call = _question(session, question_id, inquiry_id)
    _refuse_unless_draft(call)
    order = [other.id for other in _questions(session, call.id)]
    here = order.index(question.id)
    there = here + (-1 if towards == "up" else 1)
    if not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    _renumber(session, call.id, order)
    act = audit.Act("move question", "question", question_id, detail={"from": here + 1, "to": there + 1})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def remove_question(
    session: Session, question_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> None:
    """Take a question out of a draft; those after it move up."""
    question, call = _question(session, question_id, inquiry_id)
    _refuse_unless_draft(call)
    prompt = question.prompt
    session.execute(delete(Option).where(Option.question_id == question_id))
    session.execute(delete(Question).where(Question.id == question_id))
    _renumber(session, call.id, [other.id for other in _questions(session, call.id)])
    act = audit.Act("remove question", "question", question_id, detail={"call": call.id, "prompt": prompt})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def details_of(question: Question) -> QuestionDetails:
    """Return what a question says, from a row whose options are loaded."""
    values: dict[str, Any] = {name: getattr(question, name) for name in COLUMNS}
    options = tuple(option.wording for option in question.options)
    return QuestionDetails(**values, options=options, slug=question.slug)


def _questions(session: Session, call_id: int) -> list[Question]:
    in_order = select(Question).where(Question.call_id == call_id).order_by(Question.number)
    return list(session.scalars(in_order))


def _question(session: Session, question_id: int, inquiry_id: int) -> tuple[Question, Call]:
    """Return a question with its options and its call, both held until the commit."""
    call_id = session.scalar(select(Question.call_id).where(Question.id == question_id))
    if call_id is None:
        raise NotFound("There is no such question in this inquiry.")
    call = call_held(session, call_id, inquiry_id)
    found = (
        select(Question)
        .where(Question.id == question_id)
        .options(selectinload(Question.options))
        .execution_options(populate_existing=True)
    )
    return session.scalars(found).one(), call


def _draft(session: Session, call_id: int, inquiry_id: int) -> Call:
    call = call_held(session, call_id, inquiry_id)
    _refuse_unless_draft(call)
    return call


def _refuse_unless_draft(call: Call) -> None:
    if call.state is not CallState.DRAFT:
        raise Refused(
            "This call is published: its questions stand as people answered them. Wording may be mended."
        )


def _check(details: QuestionDetails) -> None:
    problems = problems_of_question(details)
    words = (details.prompt, details.hint, *details.options, details.minimum_meaning, details.maximum_meaning)
    if not is_storable("".join(words)):
        problems["prompt"] = "The text holds characters that cannot be stored."
    if problems:
        raise BadInput("The question was not saved.", list(problems.values()))


def _check_mending(was: QuestionDetails, details: QuestionDetails, why: str) -> None:
    if not why.strip():
        raise BadInput("Say why the words of a published question are changed.")
    fixed = [name for name in asdict(was) if name not in WORDINGS]
    if any(getattr(was, name) != getattr(details, name) for name in fixed):
        raise Refused("People have answered this question as it stands: only its wording may be mended.")
    if len(was.options) != len(details.options):
        raise Refused("People have chosen among these options: mend their wording, but keep their number.")
    if any(new != old and new in was.options for old, new in zip(was.options, details.options, strict=True)):
        raise Refused("People have chosen among these options: mend their wording, but keep their order.")


def _write(question: Question, details: QuestionDetails) -> None:
    for name in COLUMNS:
        setattr(question, name, getattr(details, name))


def _change_options(
    session: Session, question: Question, options: tuple[str, ...], *, in_place: bool
) -> None:
    if in_place:
        for option, wording in zip(question.options, options, strict=True):
            option.wording = wording
        return
    session.execute(delete(Option).where(Option.question_id == question.id))
    _write_options(session, question.id, options)
    session.expire(question, ["options"])


def _write_options(session: Session, question_id: int, options: tuple[str, ...]) -> None:
    rows = [
        {"question_id": question_id, "position": position, "wording": wording}
        for position, wording in enumerate(options, start=1)
    ]
    if rows:
        session.execute(insert(Option), rows)


def _renumber(session: Session, call_id: int, order: list[int]) -> None:
    """Number the questions in this order, by way of negative numbers so that no two are ever the same."""
    mine = Question.call_id == call_id
    session.execute(update(Question).where(mine).values(number=-Question.number))
    if order:
        numbers = {question_id: number for number, question_id in enumerate(order, start=1)}
        session.execute(update(Question).where(mine).values(number=case(numbers, value=Question.id)))
