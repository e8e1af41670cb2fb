"""The editor's pages for sections, matrices, conditions, postcodes and declarations."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry, Place
from consult.calls.queries import call_of
from consult.calls.rules import CallState, QuestionKind
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import Page, PageClient

CALL = "/inquiries/local-power/calls/who"
LISTS = "/inquiries/local-power/lists"


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


def found(session: Session, draft: Call) -> Call:
    session.expire_all()
    return call_of(session, draft.inquiry_id, "who")


def write(staff: PageClient, kind: str, **values: object) -> Page:
    page = staff.get(f"{CALL}/questions/new?kind={kind}")
    return staff.submit(page, {"prompt": "Well?", **values}, button="Save and finish")


def test_a_matrix_a_file_question_and_guidance_are_written(
    staff: PageClient, session: Session, draft: Call
) -> None:
    page = write(staff, "matrix", rows="Buses\nHalls", options="Well\nBadly")
    assert "Rows: Buses; Halls. Each with one of:" in page.text
    write(staff, "file", most_files="2")
    page = write(staff, "free_text", word_guidance="500", word_limit="")
    assert "about 500 words" in page.text
    matrix, files, words = found(session, draft).questions
    assert [row.wording for row in matrix.rows] == ["Buses", "Halls"]
    assert (files.most_files, words.word_guidance) == (2, 500)


def test_an_option_goes_with_no_other(staff: PageClient, session: Session, draft: Call) -> None:
    page = write(staff, "several", options="A\nB\nNone", exclusive="None")
    assert "None (goes with no other)" in page.text
    (question,) = found(session, draft).questions
    assert [option.exclusive for option in question.options] == [False, False, True]
    edit = staff.get(f"{CALL}/questions/{question.id}")
    assert edit.typed("exclusive") == "None"
    wrong = staff.submit(edit, {"exclusive": "Nothing"}, button="Save", status=422)
    assert "Name options from the list above" in wrong.text


def test_only_earlier_choices_are_offered_as_conditions(
    staff: PageClient, session: Session, draft: Call
) -> None:
    first = staff.get(f"{CALL}/questions/new?kind=single")
    assert not [e for e in first.all("input") if e.get("name") == "conditions"]
    staff.submit(first, {"prompt": "Tried?", "options": "Yes\nNo"}, button="Save and finish")
    yes = found(session, draft).questions[0].options[0]
    page = write(staff, "free_text", prompt="What?", conditions=[str(yes.id)])
    assert "Asked only of those who chose “Yes” in question 1." in page.text
    page = staff.submit(page, button="Down: question 1")
    assert "so it has to follow it" in page.text
    page = staff.submit(page, button="Remove question 1")
    assert "Question 2 is asked only of those who choose “Yes”" in page.text
    assert [q.prompt for q in found(session, draft).questions] == ["Tried?", "What?"]


def test_conditions_on_two_questions_at_once_are_refused_beside_the_field(
    staff: PageClient, session: Session, draft: Call
) -> None:
    for prompt in ("Tried?", "Again?"):
        write(staff, "single", prompt=prompt, options="Yes\nNo")
    both = [str(question.options[0].id) for question in found(session, draft).questions]
    page = staff.get(f"{CALL}/questions/new?kind=free_text")
    page = staff.submit(page, {"prompt": "What?", "conditions": both}, button="Save and finish", status=422)
    assert "one earlier question of this call" in page.text
    assert page.typed("prompt") == "What?"


def test_sections_are_written_filled_moved_and_removed(
    staff: PageClient, session: Session, draft: Call
) -> None:
    for title in ("You", "Your area"):
        page = staff.get(f"{CALL}/sections/new")
        page = staff.submit(page, {"title": title, "introduction": "**Why** we ask."}, button="Save")
    assert "No question is in this section yet" in page.text
    second = found(session, draft).sections[1]
    page = write(staff, "free_text", section_id=str(second.id))
    page = staff.submit(page, button="Up: section 2")
    assert [s.title for s in found(session, draft).sections] == ["Your area", "You"]
    edit = staff.get(f"{CALL}/sections/{second.id}")
    assert staff.submit(edit, {"title": " "}, button="Save", status=422).title.startswith("Error: ")
    staff.submit(edit, {"title": "Where you live"}, button="Save")
    page = staff.submit(staff.get(CALL), button="Remove heading of section 1")
    assert "The heading “Where you live” is removed. Its questions stay." in page.text
    assert [q.section_id for q in found(session, draft).questions] == [None]


def test_a_published_call_takes_no_new_section(staff: PageClient, session: Session, draft: Call) -> None:
    found(session, draft).state = CallState.PUBLISHED
    session.commit()
    staff.get(f"{CALL}/sections/new", status=409)
    assert "Add a section" not in staff.get(CALL).text


def test_declarations_are_chosen_with_the_details(staff: PageClient, session: Session, draft: Call) -> None:
    page = staff.get(f"{CALL}/details")
    staff.submit(page, {"declarations": ["role", "funding"]}, button="Save")
    assert found(session, draft).declarations == ["role", "funding"]
    boxes = [e for e in staff.get(f"{CALL}/details").all("input") if e.get("name") == "declarations"]
    assert [box.get("value") for box in boxes if box.get("checked") is not None] == ["role", "funding"]


def test_the_clerk_keeps_postcodes_by_place(
    staff: PageClient, build: Builder, session: Session, inquiry: Inquiry
) -> None:
    place = build.place(inquiry, name="Southwark")
    build.session.commit()
    page = staff.get(LISTS)
    page = staff.submit(page, {"postcodes": "se15 SE1"}, with_field="postcodes")
    assert "2 postcode areas and districts are kept" in page.text
    session.expire_all()
    assert session.get_one(Place, place.id).postcodes == ["SE1", "SE15"]
    wrong = staff.submit(page, {"postcodes": "Peckham"}, with_field="postcodes", status=422)
    assert "“PECKHAM” is no postcode area or district" in wrong.text
    assert wrong.typed("postcodes") == "Peckham"


def test_a_published_question_keeps_its_logic_and_offers_its_words(
    staff: PageClient, build: Builder, session: Session, draft: Call
) -> None:
    matrix = build.question(draft, QuestionKind.MATRIX, number=1)
    build.option(matrix, "Well", 1), build.option(matrix, "Badly", 2)
    build.matrix_row(matrix, "Buses", 1)
    found(session, draft).state = CallState.PUBLISHED
    session.commit()
    page = staff.get(f"{CALL}/questions/{matrix.id}")
    names = {e.get("name") for kind in ("input", "textarea", "select") for e in page.all(kind)}
    assert names == {"csrf_token", "prompt", "rows", "options", "hint", "why"}
    staff.submit(page, {"rows": "Buses and trams", "why": "A slip"}, button="Save")
    assert [row.wording for row in found(session, draft).questions[0].rows] == ["Buses and trams"]
