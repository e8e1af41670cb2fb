"""Sections, matrices, exclusive options and questions that depend on one another: the verbs."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls import service
from consult.calls.models import Call, Option, Question, QuestionCondition, Section
from consult.calls.queries import call_of
from consult.calls.rules import CallState, QuestionDetails, QuestionKind
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import SYSTEM
from tests.builders import NOON, Builder

BY = {"actor": SYSTEM, "at": NOON}
TEXT = QuestionDetails(QuestionKind.FREE_TEXT, "What stops people?")
CHOICE = QuestionDetails(QuestionKind.SINGLE, "Have you tried?", options=("Yes", "No", "Not yet"))
MATRIX = QuestionDetails(
    QuestionKind.MATRIX, "How well is it done?", options=("Well", "Badly"), rows=("Buses", "Halls")
)
SEVERAL = QuestionDetails(
    QuestionKind.SEVERAL, "Which?", options=("A plan", "A fund", "None of these"), exclusive=(3,)
)


@pytest.fixture
def draft(build: Builder) -> Call:
    return build.call(build.inquiry(), state=CallState.DRAFT, slug="who")


@pytest.fixture
def here(draft: Call) -> dict[str, Any]:
    return {"inquiry_id": draft.inquiry_id, **BY}


@pytest.fixture
def asked(session: Session, draft: Call, here: dict[str, Any]) -> Question:
    """Give a question on which the next one, in words, depends by its option Yes."""
    first = service.add_question(session, CHOICE, call_id=draft.id, **here)
    yes = option(session, first, "Yes")
    service.add_question(session, replace(TEXT, conditions=(yes,)), call_id=draft.id, **here)
    return first


def option(session: Session, question: Question, wording: str) -> int:
    found = select(Option.id).where(Option.question_id == question.id, Option.wording == wording)
    return session.scalars(found).one()


def loaded(session: Session, call: Call) -> Call:
    session.expire_all()
    return call_of(session, call.inquiry_id, call.slug)


def prompts(session: Session, call: Call) -> list[tuple[str, str]]:
    found = loaded(session, call)
    titles = {section.id: section.title for section in found.sections}
    assert [q.number for q in found.questions] == list(range(1, len(found.questions) + 1))
    return [(titles.get(q.section_id or 0, ""), q.prompt) for q in found.questions]


@pytest.mark.parametrize("details", [MATRIX, SEVERAL, replace(CHOICE, may_decline=True)])
def test_every_part_is_kept_as_given(
    session: Session, draft: Call, here: dict[str, Any], details: QuestionDetails
) -> None:
    question = service.add_question(session, details, call_id=draft.id, **here)
    (kept,) = loaded(session, draft).questions
    assert service.details_of(kept) == replace(details, slug=question.slug)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (replace(MATRIX, rows=()), "Give the rows"),
        (replace(MATRIX, rows=("Buses", "buses")), "there twice"),
        (replace(MATRIX, options=tuple("abcdefgh")), "at most 7 options"),
        (replace(CHOICE, rows=("Buses",)), "Only a matrix has rows"),
        (replace(CHOICE, exclusive=(1,)), "Only where several"),
        (replace(SEVERAL, exclusive=(1, 2, 3)), "leave at least one"),
        (replace(SEVERAL, exclusive=(0,)), "Name options from the list"),
        (replace(TEXT, may_decline=True), "Prefer not to say"),
        (replace(TEXT, word_limit=100, word_guidance=200), "between 1 and 100"),
        (replace(CHOICE, word_guidance=200), "usual length"),
        (QuestionDetails(QuestionKind.FILE, "Which papers?"), "between 1 and 20"),
        (replace(TEXT, most_files=2), "takes no files"),
    ],
)
def test_parts_that_do_not_go_together_are_told(
    session: Session, draft: Call, here: dict[str, Any], details: QuestionDetails, words: str
) -> None:
    with pytest.raises(BadInput) as caught:
        service.add_question(session, details, call_id=draft.id, **here)
    assert words in " ".join(caught.value.problems)


def test_a_question_depends_on_options_of_one_earlier_question_of_its_call(
    session: Session, build: Builder, draft: Call, here: dict[str, Any], asked: Question
) -> None:
    other = service.add_question(session, replace(CHOICE, prompt="Again?"), call_id=draft.id, **here)
    yes, again = option(session, asked, "Yes"), option(session, other, "Yes")
    elsewhere = build.option(build.question(build.call(build.inquiry()), QuestionKind.SINGLE), "Yes", 1)
    for conditions in ((yes, again), (elsewhere.id,), (999_999,)):
        with pytest.raises(Refused, match="one earlier question"), session.begin_nested():
            service.add_question(session, replace(TEXT, conditions=conditions), call_id=draft.id, **here)
    with pytest.raises(Refused, match="asked before it"):
        service.edit_question(session, asked.id, replace(CHOICE, conditions=(again,)), **here)


def test_what_another_depends_on_is_not_moved_behind_it_nor_removed(
    session: Session, draft: Call, here: dict[str, Any], asked: Question
) -> None:
    with pytest.raises(Refused, match="so it has to follow it"), session.begin_nested():
        service.move_question(session, asked.id, "down", **here)
    with pytest.raises(Refused, match="Question 2 is asked only of those who choose “Yes”"):
        service.remove_question(session, asked.id, **here)


def test_an_option_another_depends_on_may_change_its_wording_and_place_but_not_go(
    session: Session, draft: Call, here: dict[str, Any], asked: Question
) -> None:
    yes = option(session, asked, "Yes")
    service.edit_question(
        session, asked.id, replace(CHOICE, options=("Never", "Not yet", "Yes", "No")), **here
    )
    assert option(session, asked, "Yes") == yes
    mended = ("Never", "Not yet", "Yes, often", "No")
    service.edit_question(session, asked.id, replace(CHOICE, options=mended), **here)
    assert session.scalar(select(QuestionCondition.option_id)) == option(session, asked, "Yes, often") == yes
    with pytest.raises(Refused, match="Question 2 is asked only of those"), session.begin_nested():
        service.edit_question(session, asked.id, replace(CHOICE, options=("Never", "No")), **here)
    with pytest.raises(Refused, match="Change on what question 2 depends first"):
        service.edit_question(session, asked.id, TEXT, **here)


def test_the_dependent_question_goes_with_its_condition(
    session: Session, draft: Call, here: dict[str, Any], asked: Question
) -> None:
    second = loaded(session, draft).questions[1]
    service.remove_question(session, second.id, **here)
    service.remove_question(session, asked.id, **here)
    assert prompts(session, draft) == []


def test_questions_stand_by_section_and_step_from_one_into_the_next(
    session: Session, draft: Call, here: dict[str, Any]
) -> None:
    you, area = (service.add_section(session, t, "", call_id=draft.id, **here).id for t in ("You", "Area"))
    for prompt, section in (("A?", area), ("B?", you), ("C?", None), ("D?", you)):
        service.add_question(
            session, replace(TEXT, prompt=prompt, section_id=section), call_id=draft.id, **here
        )
    assert prompts(session, draft) == [("", "C?"), ("You", "B?"), ("You", "D?"), ("Area", "A?")]
    ids = {q.prompt: q.id for q in loaded(session, draft).questions}
    service.move_question(session, ids["D?"], "up", **here)
    service.move_question(session, ids["C?"], "down", **here)
    assert prompts(session, draft) == [("You", "C?"), ("You", "D?"), ("You", "B?"), ("Area", "A?")]
    service.move_section(session, area, "up", **here)
    assert [title for title, _ in prompts(session, draft)] == ["Area", "You", "You", "You"]
    service.edit_question(session, ids["D?"], replace(TEXT, prompt="D?", section_id=area), **here)
    service.remove_section(session, you, **here)
    assert prompts(session, draft) == [("Area", p) for p in ("A?", "D?", "C?", "B?")]
    assert [s.position for s in session.scalars(select(Section))] == [1]


def test_a_section_is_not_moved_before_what_its_questions_depend_on(
    session: Session, draft: Call, here: dict[str, Any], asked: Question
) -> None:
    first, second = (service.add_section(session, t, "", call_id=draft.id, **here).id for t in ("1st", "2nd"))
    question = loaded(session, draft).questions[1]
    dependent = replace(service.details_of(question), section_id=second)
    service.edit_question(session, question.id, dependent, **here)
    service.edit_question(session, asked.id, replace(CHOICE, section_id=first), **here)
    with pytest.raises(Refused, match="has to follow it"):
        service.move_section(session, second, "up", **here)


def test_sections_of_other_calls_and_bad_words_are_refused(
    session: Session, build: Builder, draft: Call, here: dict[str, Any]
) -> None:
    other = build.call(build.inquiry(), state=CallState.DRAFT)
    strange = service.add_section(session, "There", "", call_id=other.id, inquiry_id=other.inquiry_id, **BY)
    with pytest.raises(NotFound):
        service.add_question(session, replace(TEXT, section_id=strange.id), call_id=draft.id, **here)
    with pytest.raises(NotFound):
        service.edit_section(session, strange.id, "Here", "", **here)
    for title in ("", "x" * 301, "a\x00b"):
        with pytest.raises(BadInput):
            service.add_section(session, title, "", call_id=draft.id, **here)


def test_a_published_call_keeps_its_sections_rows_and_conditions(
    session: Session, draft: Call, here: dict[str, Any], asked: Question
) -> None:
    section = service.add_section(session, "You", "", call_id=draft.id, **here)
    matrix = service.add_question(session, MATRIX, call_id=draft.id, **here)
    draft.state = CallState.PUBLISHED
    session.flush()
    with pytest.raises(Refused):
        service.move_section(session, section.id, "up", **here)
    with pytest.raises(Refused):
        service.remove_section(session, section.id, **here)
    with pytest.raises(Refused, match="keep their number"):
        service.edit_question(session, matrix.id, replace(MATRIX, rows=("Buses",)), why="Slip", **here)
    second = loaded(session, draft).questions[1]
    with pytest.raises(Refused, match="only its wording"):
        service.edit_question(session, second.id, replace(TEXT, slug=second.slug), why="Slip", **here)
    service.edit_section(session, section.id, "About you", "", why="A slip", **here)
    mended = replace(MATRIX, rows=("Buses and trams", "Halls"))
    service.edit_question(session, matrix.id, mended, why="A slip", **here)
    assert service.details_of(loaded(session, draft).questions[2]).rows == ("Buses and trams", "Halls")


def test_postcodes_lie_in_one_place_only(session: Session, build: Builder) -> None:
    inquiry = build.inquiry()
    one, two = build.place(inquiry, name="Southwark"), build.place(inquiry, name="Lambeth")
    by = {"inquiry_id": inquiry.id, **BY}
    assert service.set_postcodes(session, one.id, "se15, SE1", **by).postcodes == ["SE1", "SE15"]
    with pytest.raises(BadInput, match="listed for Southwark already"):
        service.set_postcodes(session, two.id, "SE15", **by)
    with pytest.raises(NotFound):
        service.set_postcodes(session, 999_999, "SE15", **by)
