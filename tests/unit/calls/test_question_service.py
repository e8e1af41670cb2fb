"""Verbs on the questions of a call."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from consult.calls import service
from consult.calls.models import Call, Option, Question
from consult.calls.rules import CallState, QuestionDetails, QuestionKind
from consult.calls.service.questions import details_of
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import SYSTEM
from tests.builders import NOON, Builder

BY = {"actor": SYSTEM, "at": NOON}
TEXT = QuestionDetails(QuestionKind.FREE_TEXT, "What stops people?", hint="Tell a story.", word_limit=500)
CHOICE = QuestionDetails(QuestionKind.SINGLE, "How much control?", options=("A lot", "A little", "None"))


@pytest.fixture
def draft(build: Builder) -> Call:
    return build.call(build.inquiry(), state=CallState.DRAFT)


@pytest.fixture
def here(draft: Call) -> dict[str, Any]:
    return {"inquiry_id": draft.inquiry_id, **BY}


def add(session: Session, call: Call, *prompts: str) -> list[Question]:
    return [
        service.add_question(
            session, replace(TEXT, prompt=prompt), call_id=call.id, inquiry_id=call.inquiry_id, **BY
        )
        for prompt in prompts
    ]


def order(session: Session, call: Call) -> list[tuple[int, str]]:
    rows = session.execute(
        select(Question.number, Question.prompt).where(Question.call_id == call.id).order_by(Question.number)
    )
    return [(row.number, row.prompt) for row in rows]


def stored(session: Session, question: Question) -> QuestionDetails:
    found = (
        select(Question)
        .where(Question.id == question.id)
        .options(
            selectinload(Question.options), selectinload(Question.rows), selectinload(Question.conditions)
        )
        .execution_options(populate_existing=True)
    )
    return details_of(session.scalars(found).one())


def publish(session: Session, call: Call) -> None:
    call.state = CallState.PUBLISHED
    session.flush()


def newest_event(session: Session) -> AuditEvent:
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()  # type: ignore[return-value]  # there is one


def test_a_question_is_kept_as_given(session: Session, draft: Call, here: dict[str, Any]) -> None:
    question = service.add_question(session, CHOICE, call_id=draft.id, **here)
    assert stored(session, question) == replace(CHOICE, slug="how-much-control")
    assert newest_event(session).verb == "add question"


def test_two_questions_with_the_same_words_get_keys_of_their_own(session: Session, draft: Call) -> None:
    first, second = add(session, draft, "Why?", "Why?")
    assert (first.slug, second.slug) == ("why", "why-2")


def test_a_key_asked_for_may_not_be_taken(session: Session, draft: Call, here: dict[str, Any]) -> None:
    service.add_question(session, replace(TEXT, slug="control_local"), call_id=draft.id, **here)
    with pytest.raises(BadInput, match="control_local"):
        service.add_question(session, replace(TEXT, slug="control_local"), call_id=draft.id, **here)


@pytest.mark.parametrize(
    "details", [replace(TEXT, prompt=""), replace(TEXT, hint="\x00"), replace(CHOICE, options=())]
)
def test_a_question_that_cannot_be_asked_is_refused(
    session: Session, draft: Call, here: dict[str, Any], details: QuestionDetails
) -> None:
    with pytest.raises(BadInput):
        service.add_question(session, details, call_id=draft.id, **here)
    assert order(session, draft) == []


def test_a_call_has_at_most_a_hundred_questions(session: Session, draft: Call, here: dict[str, Any]) -> None:
    add(session, draft, *[f"Question {n}?" for n in range(100)])
    with pytest.raises(Refused, match="100"):
        service.add_question(session, TEXT, call_id=draft.id, **here)


def test_a_draft_question_may_become_another_kind(
    session: Session, draft: Call, here: dict[str, Any]
) -> None:
    question = service.add_question(session, CHOICE, call_id=draft.id, **here)
    scale = QuestionDetails(QuestionKind.SCALE, "How easy?", minimum=1, maximum=5, maximum_meaning="Very")
    service.edit_question(session, question.id, scale, **here)
    assert stored(session, question) == replace(scale, slug=question.slug)
    assert session.scalars(select(Option).where(Option.question_id == question.id)).all() == []
    assert newest_event(session).detail["was"]["options"] == ["A lot", "A little", "None"]


def test_options_of_a_draft_may_change_in_number(session: Session, draft: Call, here: dict[str, Any]) -> None:
    question = service.add_question(session, CHOICE, call_id=draft.id, **here)
    service.edit_question(session, question.id, replace(CHOICE, options=("Yes", "No")), **here)
    assert stored(session, question).options == ("Yes", "No")


def test_questions_move_past_their_neighbours_and_stop_at_the_ends(
    session: Session, draft: Call, here: dict[str, Any]
) -> None:
    one, two, three = add(session, draft, "One?", "Two?", "Three?")
    service.move_question(session, three.id, "up", **here)
    service.move_question(session, one.id, "down", **here)
    assert order(session, draft) == [(1, "Three?"), (2, "One?"), (3, "Two?")]
    before = newest_event(session).id
    service.move_question(session, three.id, "up", **here)
    service.move_question(session, two.id, "down", **here)
    assert order(session, draft) == [(1, "Three?"), (2, "One?"), (3, "Two?")]
    assert newest_event(session).id == before


def test_removing_a_question_closes_the_gap(session: Session, draft: Call, here: dict[str, Any]) -> None:
    one, choice = (
        add(session, draft, "One?")[0],
        service.add_question(session, CHOICE, call_id=draft.id, **here),
    )
    add(session, draft, "Last?")
    service.remove_question(session, choice.id, **here)
    assert order(session, draft) == [(1, "One?"), (2, "Last?")]
    service.remove_question(session, one.id, **here)
    assert newest_event(session).detail["prompt"] == "One?"


def test_the_last_question_may_go_too(session: Session, draft: Call, here: dict[str, Any]) -> None:
    service.remove_question(session, add(session, draft, "Only?")[0].id, **here)
    assert order(session, draft) == []


def test_a_published_calls_questions_stand(session: Session, draft: Call, here: dict[str, Any]) -> None:
    question = add(session, draft, "One?")[0]
    publish(session, draft)
    with pytest.raises(Refused):
        service.add_question(session, TEXT, call_id=draft.id, **here)
    with pytest.raises(Refused):
        service.move_question(session, question.id, "up", **here)
    with pytest.raises(Refused):
        service.remove_question(session, question.id, **here)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": QuestionKind.SEVERAL},
        {"required": True},
        {"options": ("A lot", "A little")},
        {"options": ("A lot", "A little", "None", "Unsure")},
        {"options": ("None", "A little", "A lot")},
    ],
)
def test_a_published_question_keeps_what_people_answered(
    session: Session, draft: Call, here: dict[str, Any], change: dict[str, Any]
) -> None:
    question = service.add_question(session, CHOICE, call_id=draft.id, **here)
    publish(session, draft)
    with pytest.raises(Refused):
        service.edit_question(session, question.id, replace(CHOICE, **change), why="To try", **here)


def test_a_slip_in_a_published_question_is_mended_with_a_reason(
    session: Session, draft: Call, here: dict[str, Any]
) -> None:
    question = service.add_question(session, CHOICE, call_id=draft.id, **here)
    publish(session, draft)
    before = [o.id for o in session.scalars(select(Option).where(Option.question_id == question.id))]
    mended = replace(CHOICE, options=("A lot", "A little", "None at all"))
    with pytest.raises(BadInput, match="Say why"):
        service.edit_question(session, question.id, mended, **here)
    service.edit_question(session, question.id, mended, why="Words were missing", **here)
    after = session.execute(select(Option.id, Option.wording).where(Option.question_id == question.id)).all()
    assert [row.id for row in after] == before
    assert stored(session, question).options[2] == "None at all"
    assert newest_event(session).why == "Words were missing"


def test_a_question_of_another_inquiry_is_not_there(session: Session, build: Builder, draft: Call) -> None:
    question = add(session, draft, "One?")[0]
    stranger: dict[str, Any] = {"inquiry_id": build.inquiry().id, **BY}
    with pytest.raises(NotFound):
        service.edit_question(session, question.id, TEXT, **stranger)
    with pytest.raises(NotFound):
        service.remove_question(session, question.id, **stranger)
    with pytest.raises(NotFound):
        service.add_question(session, TEXT, call_id=draft.id, **stranger)
    with pytest.raises(NotFound):
        service.remove_question(session, 999_999, **stranger)
