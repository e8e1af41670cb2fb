"""Verbs that write the questions of a call."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from consult.calls.models import Call, Question
from consult.calls.rules import (
    MOST_QUESTIONS,
    CallState,
    QuestionDetails,
    free_slug,
    is_storable,
    problems_of_question,
    slug_of,
)
from consult.calls.service.calls import call_held, refuse_unless_draft
from consult.calls.service.parts import put_in_order, remove_parts, section_of, write_parts
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor

PARTS = frozenset({"options", "rows", "exclusive", "conditions"})
COLUMNS = tuple(field.name for field in fields(QuestionDetails) if field.name not in PARTS | {"slug"})
WORDINGS = frozenset({"prompt", "hint", "options", "rows", "minimum_meaning", "maximum_meaning", "slug"})
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
    _write(session, question, details)
    session.add(question)
    session.flush()  # options and the audit event name the new id
    write_parts(session, question, details)
    put_in_order(session, call_id, [*(other.id for other in questions), question.id])
    session.refresh(question, ["number"])
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
    _write(session, question, details)
    write_parts(session, question, details)
    if was.section_id != details.section_id:
        others = [other.id for other in _questions(session, call.id) if other.id != question_id]
        put_in_order(session, call.id, [*others, question_id])
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
    refuse_unless_draft(call)
    questions = _questions(session, call.id)
    here = questions.index(question)
    there = here + (-1 if towards == "up" else 1)
    if not 0 <= there < len(questions):
        return
    if questions[there].section_id != question.section_id:
        # At the edge of its section it steps into the next one first.
        question.section_id = questions[there].section_id
        session.flush()
    else:
        questions[here], questions[there] = questions[there], questions[here]
    put_in_order(session, call.id, [other.id for other in questions])
    act = audit.Act("move question", "question", question_id, detail={"from": here + 1, "to": there + 1})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def remove_question(
    session: Session, question_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> None:
    """Take a question out of a draft; those after it move up."""
    question, call = _question(session, question_id, inquiry_id)
    refuse_unless_draft(call)
    prompt = question.prompt
    remove_parts(session, question)
    session.execute(delete(Question).where(Question.id == question_id))
    put_in_order(session, call.id, [other.id for other in _questions(session, call.id)])
    act = audit.Act("remove question", "question", question_id, detail={"call": call.id, "prompt": prompt})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def details_of(question: Question) -> QuestionDetails:
    """Return what a question says, from a row whose options are loaded."""
    values: dict[str, Any] = {name: getattr(question, name) for name in COLUMNS}
    return QuestionDetails(
        **values,
        options=tuple(option.wording for option in question.options),
        rows=tuple(row.wording for row in question.rows),
        exclusive=tuple(place for place, option in enumerate(question.options, 1) if option.exclusive),
        conditions=tuple(condition.option_id for condition in question.conditions),
        slug=question.slug,
    )


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
        .options(
            selectinload(Question.options), selectinload(Question.rows), selectinload(Question.conditions)
        )
        .execution_options(populate_existing=True)
    )
    return session.scalars(found).one(), call


def _draft(session: Session, call_id: int, inquiry_id: int) -> Call:
    call = call_held(session, call_id, inquiry_id)
    refuse_unless_draft(call)
    return call


def _check(details: QuestionDetails) -> None:
    problems = problems_of_question(details)
    ends = (details.minimum_meaning, details.maximum_meaning)
    words = (details.prompt, details.hint, *details.options, *details.rows, *ends)
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
    _check_lines(was.options, details.options, "chosen among these options")
    _check_lines(was.rows, details.rows, "answered these rows")


def _check_lines(was: Sequence[str], lines: Sequence[str], done: str) -> None:
    if len(was) != len(lines):
        raise Refused(f"People have {done}: mend their wording, but keep their number.")
    if any(new != old and new in was for old, new in zip(was, lines, strict=True)):
        raise Refused(f"People have {done}: mend their wording, but keep their order.")


def _write(session: Session, question: Question, details: QuestionDetails) -> None:
    section_of(session, question.call_id, details.section_id)
    for name in COLUMNS:
        setattr(question, name, getattr(details, name))
