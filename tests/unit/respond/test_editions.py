"""What a call asks may be kept in memory: the database names another edition with every change."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from consult.calls.models import (
    Call,
    CallEdition,
    Inquiry,
    MatrixRow,
    Option,
    Place,
    Question,
    QuestionCondition,
    RespondentType,
    Section,
)
from consult.calls.rules import QuestionKind
from consult.respond import queries
from consult.respond.queries import CallToAnswer, published_heading, whole_call
from tests.builders import Builder


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="edited")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    return build.call(inquiry)


def edition(session: Session) -> str:
    return session.scalars(select(CallEdition.token)).one()


def put(session: Session, call: Call) -> CallToAnswer:
    return whole_call(session, *published_heading(session, "edited", call.slug))


def a_condition(build: Builder, call: Call) -> QuestionCondition:
    first = build.question(call, QuestionKind.SINGLE)
    option = build.option(first, "Yes", 1)
    return build.add(QuestionCondition(question_id=build.question(call).id, option_id=option.id))


NAMED = {"slug": "new", "name": "New", "position": 1}
MAKERS: dict[str, Callable[[Builder, Call], object]] = {
    "questions": lambda build, call: build.question(call),
    "options": lambda build, call: build.option(build.question(call, QuestionKind.SINGLE), "Yes", 1),
    "matrix_rows": lambda build, call: build.matrix_row(build.question(call, QuestionKind.MATRIX), "A", 1),
    "question_conditions": a_condition,
    "sections": lambda build, call: build.add(Section(call_id=call.id, position=1, title="One")),
    "places": lambda build, call: build.add(Place(inquiry_id=call.inquiry_id, **NAMED)),
    "respondent_types": lambda build, call: build.add(RespondentType(inquiry_id=call.inquiry_id, **NAMED)),
}
# A change of each that leaves it as it is, but for the act itself.
KEYS = {
    "questions": Question.id,
    "options": Option.id,
    "matrix_rows": MatrixRow.id,
    "question_conditions": QuestionCondition.question_id,
    "sections": Section.id,
    "places": Place.id,
    "respondent_types": RespondentType.id,
}


@pytest.mark.parametrize("table", MAKERS)
def test_each_change_of_what_is_asked_makes_another_edition(
    session: Session, build: Builder, call: Call, table: str
) -> None:
    seen = [edition(session)]
    MAKERS[table](build, call)
    session.flush()
    seen.append(edition(session))
    key = KEYS[table]
    session.execute(update(key.class_).values({key.key: key}).execution_options(synchronize_session=False))
    seen.append(edition(session))
    session.execute(delete(key.class_).execution_options(synchronize_session=False))
    seen.append(edition(session))
    assert len(set(seen)) == 4


def test_a_change_that_was_rolled_back_lends_its_name_to_no_other(
    session: Session, build: Builder, call: Call
) -> None:
    before = edition(session)
    with session.begin_nested() as undone:
        build.question(call, prompt="Never asked?")
        asked_in_vain = edition(session)
        assert [asked.prompt for asked in put(session, call).questions] == ["Never asked?"]
        undone.rollback()
    session.expunge_all()  # SQLite gives the number of the row that is gone to the next
    assert edition(session) == before
    build.question(call, prompt="Asked?")
    assert edition(session) not in (before, asked_in_vain)
    assert [asked.prompt for asked in put(session, call).questions] == ["Asked?"]


def test_a_question_that_is_changed_is_put_as_it_is_now(session: Session, build: Builder, call: Call) -> None:
    question = build.question(call, prompt="Before?")
    assert put(session, call).questions[0].prompt == "Before?"
    session.execute(text("UPDATE questions SET prompt = 'After?' WHERE id = :id"), {"id": question.id})
    assert put(session, call).questions[0].prompt == "After?"


def test_a_call_that_is_asked_for_again_is_not_read_again(
    session: Session, build: Builder, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.question(call)
    first = put(session, call)
    monkeypatch.setattr(queries, "call_with_questions", None)
    assert put(session, call) == first


def test_no_more_calls_are_kept_than_there_is_room_for(
    session: Session, build: Builder, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_KEPT", 2)
    for number in range(5):
        build.question(call, prompt=f"Question {number}?")
        assert len(put(session, call).questions) == number + 1
        assert len(queries._asked) <= 2
