"""What hangs on a question: its options, the rows of a matrix, its conditions, and its place in the call."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.orm import Session

from consult.calls.models import MatrixRow, Option, Question, QuestionCondition, Section
from consult.calls.rules import DECIDING, QuestionDetails, out_of_order
from consult.foundation.errors import NotFound, Refused

Line = TypeVar("Line", Option, MatrixRow)


def write_parts(session: Session, question: Question, details: QuestionDetails) -> None:
    """Write options, rows and conditions; a wording that stays keeps its id, on which others may depend."""
    _check_conditions(session, question, details.conditions)
    options = _write_lines(session, Option, question.id, details.options)
    _write_lines(session, MatrixRow, question.id, details.rows)
    for position, option in enumerate(options, start=1):
        option.exclusive = position in details.exclusive
    session.execute(delete(QuestionCondition).where(QuestionCondition.question_id == question.id))
    rows = [{"question_id": question.id, "option_id": each} for each in dict.fromkeys(details.conditions)]
    if rows:
        session.execute(insert(QuestionCondition), rows)
    session.expire(question, ["options", "rows", "conditions"])


def remove_parts(session: Session, question: Question) -> None:
    """Delete what hangs on a question; Refused when another is asked by its options."""
    options = select(Option.id).where(Option.question_id == question.id)
    _refuse_if_deciding(session, list(session.scalars(options)))
    for part in (QuestionCondition, Option, MatrixRow):
        session.execute(delete(part).where(part.question_id == question.id))


def put_in_order(session: Session, call_id: int, order: Sequence[int]) -> None:
    """Number the questions of a call by section; Refused where one would precede what decides on it."""
    sections = select(Section.id, Section.position).where(Section.call_id == call_id)
    position = {row.id: row.position for row in session.execute(sections)}
    mine = session.execute(select(Question.id, Question.section_id).where(Question.call_id == call_id))
    block = {row.id: position.get(row.section_id, 0) for row in mine}
    order = sorted(order, key=lambda question_id: block[question_id])
    _check_order(session, call_id, order)
    # By way of negative numbers, so that no two are ever the same.
    here = Question.call_id == call_id
    session.execute(update(Question).where(here).values(number=-Question.number))
    if order:
        numbers = {question_id: number for number, question_id in enumerate(order, start=1)}
        session.execute(update(Question).where(here).values(number=case(numbers, value=Question.id)))


def section_of(session: Session, call_id: int, section_id: int | None) -> int | None:
    """Return the section if it is of this call; NotFound for any other."""
    mine = select(Section.id).where(Section.id == section_id, Section.call_id == call_id)
    if section_id is not None and session.scalar(mine) is None:
        raise NotFound("There is no such section in this call.")
    return section_id


def _write_lines(
    session: Session, model: type[Line], question_id: int, wordings: Sequence[str]
) -> list[Line]:
    """Make the lines of a question these; one that is left over takes the wording of one that is new."""
    there = _lines(session, model, question_id)
    by_wording = {line.wording: line for line in there if line.wording in wordings}
    spare = [line for line in there if line.wording not in wordings]
    lines = [by_wording.get(wording) or (spare.pop(0) if spare else None) for wording in wordings]
    _remove_lines(session, model, spare)
    there = [line for line in there if line not in spare]
    # SQLAlchemy writes rows one after another, and two of them may never have one position.
    for line in there:
        line.position = -line.position
    session.flush()
    for position, (found, wording) in enumerate(zip(lines, wordings, strict=True), start=1):
        line = found or model(question_id=question_id)
        line.position, line.wording = position, wording
        session.add(line)
    session.flush()
    return _lines(session, model, question_id)


def _lines(session: Session, model: type[Line], question_id: int) -> list[Line]:
    in_order = select(model).where(model.question_id == question_id).order_by(model.position)
    return list(session.scalars(in_order))


def _remove_lines(session: Session, model: type[Line], lines: Sequence[Line]) -> None:
    if model is Option:
        _refuse_if_deciding(session, [line.id for line in lines])
    for line in lines:
        session.delete(line)
    session.flush()


def _refuse_if_deciding(session: Session, option_ids: Sequence[int]) -> None:
    asked_by = (
        select(Question.number, Option.wording)
        .join(QuestionCondition, QuestionCondition.question_id == Question.id)
        .join(Option, Option.id == QuestionCondition.option_id)
        .where(QuestionCondition.option_id.in_(option_ids))
        .order_by(Question.number)
    )
    row = session.execute(asked_by.limit(1)).one_or_none()
    if row:
        raise Refused(
            f"Question {row.number} is asked only of those who choose “{row.wording}”. "
            f"Change on what question {row.number} depends first."
        )


def _check_conditions(session: Session, question: Question, conditions: Sequence[int]) -> None:
    if not conditions:
        return
    offered = (
        select(Option.id, Option.question_id, Question.number)
        .join(Question, Question.id == Option.question_id)
        .where(Option.id.in_(conditions), Question.call_id == question.call_id, Question.kind.in_(DECIDING))
    )
    found = session.execute(offered).all()
    if {row.id for row in found} != set(conditions) or len({row.question_id for row in found}) > 1:
        raise Refused("A question can depend on the options of one earlier question of this call.")
    if found[0].number >= question.number:
        raise Refused("A question can depend only on one that is asked before it.")


def _check_order(session: Session, call_id: int, order: Sequence[int]) -> None:
    depending = (
        select(QuestionCondition.question_id, Option.question_id.label("on"))
        .join(Option, Option.id == QuestionCondition.option_id)
        .join(Question, Question.id == QuestionCondition.question_id)
        .where(Question.call_id == call_id)
    )
    depends_on = {row.question_id: row.on for row in session.execute(depending)}
    broken = out_of_order(order, depends_on)
    if broken:
        prompts = select(Question.id, Question.prompt).where(Question.id.in_(broken))
        said = {row.id: row.prompt for row in session.execute(prompts)}
        raise Refused(
            f"“{said[broken[0]]}” is asked by what was chosen in “{said[broken[1]]}”, so it has to follow it."
        )
