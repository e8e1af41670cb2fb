"""The pages on which the questions of a call are written."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry, Question
from consult.calls.queries import call_of
from consult.calls.rules import CallState, QuestionKind
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import PageClient

CALL = "/inquiries/local-power/calls/who"


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="local-power", title="Local power")


@pytest.fixture
def draft(build: Builder, inquiry: Inquiry) -> Call:
    return build.call(inquiry, slug="who", title="Who?", state=CallState.DRAFT)


@pytest.fixture
def staff(
    build: Builder, inquiry: Inquiry, draft: Call, client_of: Callable[[User], PageClient]
) -> PageClient:
    clerk = build.member(inquiry, Role.CLERK, name="Bea Clerk")
    build.session.commit()
    return client_of(clerk)


def questions(session: Session, draft: Call) -> list[Question]:
    session.expire_all()
    return call_of(session, draft.inquiry_id, "who").questions


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("free_text", {"word_limit": "1,500"}),
        ("single", {"options": "Yes\nNo"}),
        ("several", {"options": "One\nTwo\nThree"}),
        ("scale", {"minimum": "0", "maximum": "10", "minimum_meaning": "Bad", "maximum_meaning": "Good"}),
        ("number", {"minimum": "−5"}),
        ("place", {}),
    ],
)
def test_each_kind_of_question_is_written_on_a_page_of_its_own(
    staff: PageClient, session: Session, draft: Call, kind: str, values: dict[str, str]
) -> None:
    page = staff.get(f"{CALL}/questions/new?kind={kind}")
    page = staff.submit(page, {"prompt": "Well?", **values}, button="Save and finish")
    (question,) = questions(session, draft)
    assert (question.kind, question.prompt, question.number) == (QuestionKind(kind), "Well?", 1)
    if kind == "scale":
        assert "from 0 (Bad) to 10 (Good)" in page.text
    if kind == "number":
        assert (question.minimum, question.maximum) == (-5, None)
    if kind == "free_text":
        assert question.word_limit == 1500


def test_a_form_asks_only_what_its_kind_has(staff: PageClient) -> None:
    page = staff.get(f"{CALL}/questions/new?kind=place")
    names = {e.get("name") for kind in ("input", "textarea") for e in page.all(kind)}
    assert names == {"csrf_token", "prompt", "hint", "required", "may_decline"}


@pytest.mark.parametrize("kind", ["nonsense", ""])
def test_a_kind_that_does_not_exist_gives_free_text(staff: PageClient, kind: str) -> None:
    assert "Word limit" in staff.get(f"{CALL}/questions/new?kind={kind}").text


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("free_text", {"prompt": "  "}, "Write the question."),
        ("free_text", {"prompt": "x" * 1001}, "Shorten the question"),
        ("free_text", {"word_limit": "many"}, "whole number in digits"),
        ("free_text", {"word_limit": "0"}, "between 1 and"),
        ("single", {"options": "Only one"}, "at least two options"),
        ("single", {"options": "Yes\nYES"}, "there twice"),
        ("several", {"options": ""}, "at least two options"),
        ("scale", {"minimum": "", "maximum": "5"}, "needs a lowest and a highest"),
        ("scale", {"minimum": "5", "maximum": "1"}, "must be above the lowest"),
        ("scale", {"minimum": "1", "maximum": "500"}, "at most 11 steps"),
        ("number", {"minimum": "1.5"}, "whole number in digits"),
        ("number", {"maximum": "99999999999999"}, "Use a number between"),
    ],
)
def test_a_fault_is_said_beside_its_field_and_nothing_typed_is_lost(
    staff: PageClient, kind: str, values: dict[str, str], message: str
) -> None:
    given = {"prompt": "Well?", "hint": "A careful hint", **values}
    page = staff.get(f"{CALL}/questions/new?kind={kind}")
    page = staff.submit(page, given, button="Save and finish", status=422)
    assert page.title.startswith("Error: ")
    assert message in page.text
    assert {name: page.typed(name).strip() for name in given} == {n: v.strip() for n, v in given.items()}
    assert "There is no question yet." in staff.get(CALL).text


def test_a_draft_question_changes_words_and_kind(
    staff: PageClient, build: Builder, session: Session, draft: Call
) -> None:
    question = build.question(draft, number=1, prompt="Well?")
    session.commit()
    page = staff.get(f"{CALL}/questions/{question.id}")
    page = staff.get(page.link("Several choices"))
    assert page.typed("prompt") == "Well?"
    staff.submit(page, {"options": "This\nThat", "required": "y"}, button="Save")
    (changed,) = questions(session, draft)
    assert (changed.kind, changed.required, changed.id) == (QuestionKind.SEVERAL, True, question.id)


def test_questions_are_moved_and_removed(
    staff: PageClient, build: Builder, session: Session, draft: Call
) -> None:
    for number, prompt in enumerate(["One?", "Two?", "Three?"], start=1):
        build.question(draft, number=number, prompt=prompt)
    session.commit()
    page = staff.submit(staff.get(CALL), button="Up: question 3")
    page = staff.submit(page, button="Down: question 1")
    assert [q.prompt for q in questions(session, draft)] == ["Three?", "One?", "Two?"]
    page = staff.submit(page, button="Remove question 2")
    assert "“One?” is removed." in page.text
    assert [(q.number, q.prompt) for q in questions(session, draft)] == [(1, "Three?"), (2, "Two?")]


def test_a_published_question_offers_its_wording_alone(
    staff: PageClient, build: Builder, session: Session, draft: Call
) -> None:
    question = build.question(draft, QuestionKind.SINGLE, number=1, prompt="Wel?")
    for position, wording in enumerate(["Yes", "No"], start=1):
        build.option(question, wording, position)
    draft.state = CallState.PUBLISHED
    session.commit()
    page = staff.get(CALL)
    assert not {"Up", "Remove", "Add a question"} & set(page.text.split())
    page = staff.get(page.link("Mend wording of question 1"))
    names = {e.get("name") for kind in ("input", "textarea") for e in page.all(kind)}
    assert names == {"csrf_token", "prompt", "options", "hint", "why"}
    page = staff.submit(page, {"prompt": "Well?"}, button="Save", status=422)
    assert "Say why" in page.text
    staff.submit(page, {"why": "A letter was missing"}, button="Save")
    assert questions(session, draft)[0].prompt == "Well?"


def test_a_published_call_takes_no_new_question(
    staff: PageClient, build: Builder, session: Session, draft: Call
) -> None:
    page = staff.get(f"{CALL}/questions/new")
    draft.state = CallState.PUBLISHED
    session.commit()
    answer = staff.submit(
        page, {"prompt": "Too late, but carefully typed?"}, button="Save and finish", status=409
    )
    assert "carefully typed" in answer.html
    staff.get(f"{CALL}/questions/new", status=409)


def test_a_question_of_another_call_is_not_there(
    staff: PageClient, build: Builder, session: Session, draft: Call
) -> None:
    other = build.question(build.call(build.inquiry()))
    session.commit()
    staff.get(f"{CALL}/questions/{other.id}", status=404)
    staff.get(f"{CALL}/questions/99999999999999999999", status=404)
