"""The journey through sections, a matrix, a condition and a postcode, and what is kept back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry, Option, QuestionCondition, Section
from consult.calls.rules import QuestionKind
from consult.evidence.models import (
    Answer,
    AnswerCell,
    ConfidentialPassage,
    Declaration,
    SourceText,
    Submission,
)
from consult.evidence.rules import PublicationChoice
from consult.foundation.security import Role
from consult.respond import forms
from consult.respond.models import Draft
from tests.builders import Builder
from tests.page import Page, PageClient

WORDS = "My neighbour Ann lost her post.\r\n\r\nThe bus stopped."


@dataclass
class Place:
    """The rows of a call with everything in it, and where its pages are."""

    inquiry: Inquiry
    call: Call
    yes: Option
    no: Option
    often: Option
    rows: list[Any]
    place: int

    @property
    def base(self) -> str:
        return f"/respond/{self.inquiry.slug}/{self.call.slug}"

    def question(self, number: int) -> str:
        return f"{self.base}/questions/{number}"


@pytest.fixture
def where(build: Builder) -> Place:
    inquiry = build.inquiry()
    call = build.call(inquiry, declarations=["role", "funding"], what_happens="Read.")
    you = build.add(
        Section(call_id=call.id, position=1, title="About your area", introduction="Say *where*.")
    )
    build.question(call, number=1, slug="words", required=True, word_guidance=500)
    tried = build.question(call, QuestionKind.SINGLE, number=2, slug="tried", section_id=you.id)
    yes, no = build.option(tried, "Yes", 1), build.option(tried, "No", 2)
    matrix = build.question(call, QuestionKind.MATRIX, number=3, slug="matrix", section_id=you.id)
    often, _never = build.option(matrix, "Often", 1), build.option(matrix, "Never", 2)
    rows = [build.matrix_row(matrix, wording, n) for n, wording in enumerate(("Buses", "Halls"))]
    build.add(QuestionCondition(question_id=matrix.id, option_id=yes.id))
    build.question(call, QuestionKind.PLACE, number=4, slug="place", may_decline=True)
    build.question(call, QuestionKind.NUMBER, number=5, slug="people", may_decline=True)
    place = build.place(inquiry, name="Southwark", postcodes=["SE1", "SE15"])
    build.session.commit()
    return Place(inquiry, call, yes, no, often, rows, place.id)


@pytest.fixture
def begun(where: Place, client: PageClient) -> PageClient:
    client.submit(client.get(f"/calls/{where.inquiry.slug}/{where.call.slug}"), button="Start now")
    return client


def keep_on(client: PageClient, page: Page, values: dict[str, Any] | None = None, status: int = 200) -> Page:
    return client.submit(page, values, button="Save and continue", status=status)


def written(client: PageClient, where: Place, tried: Option) -> Page:
    """Go as far as the page after question 2."""
    page = keep_on(client, client.get(f"{where.base}/about"), {"name": "Bea"})
    page = keep_on(client, page, {"role": "Chair", "funding": ""})
    page = keep_on(client, page, {"answer": WORDS})
    return keep_on(client, page, {"answer": str(tried.id)})


def the_draft(session: Session, where: Place) -> Draft:
    session.rollback()
    return session.query(Draft).filter_by(call_id=where.call.id).one()


def test_declarations_sections_guidance_and_progress_are_shown(where: Place, begun: PageClient) -> None:
    page = keep_on(begun, begun.get(f"{where.base}/about"), {"name": "Bea"})
    assert page.h1 == "What should readers know about your evidence?"
    assert [f.get("name") for f in page.all("input") if f.get("type") == "text"] == ["role"]
    page = keep_on(begun, page, {"role": "Chair"})
    assert "About 500 words are a good length." in page.text
    page = keep_on(begun, page, {"answer": WORDS})
    assert "About your area" in page.text
    assert "Say where." in page.text
    assert "Section 1 of 1 · Question 2 of 5 (you may leave it out)" in page.text
    assert "9 words so far" in begun.get(where.question(1)).text


def test_who_does_not_meet_a_condition_is_not_asked(where: Place, begun: PageClient) -> None:
    page = written(begun, where, where.no)
    assert page.path == where.question(4)
    assert page.link("Back") == where.question(2)
    assert begun.get(where.question(3)).path == where.question(4)


def test_what_was_answered_before_is_kept_and_not_sent(
    where: Place, begun: PageClient, session: Session
) -> None:
    page = written(begun, where, where.yes)
    assert page.path == where.question(3)
    keep_on(begun, page, {f"answer-{where.rows[0].id}": str(where.often.id)})
    keep_on(begun, begun.get(where.question(2)), {"answer": str(where.no.id)})
    check = begun.get(f"{where.base}/check")
    assert "no longer apply to you" in check.text
    assert the_draft(session, where).answers["matrix"] == [f"{where.rows[0].id}:{where.often.id}"]
    keep_on(begun, begun.get(f"{where.base}/publication"), {"publication": "with_name"})
    begun.submit(begun.get(f"{where.base}/check"), button="Send my evidence")
    session.rollback()
    assert session.scalars(select(AnswerCell)).all() == []


def test_a_matrix_is_answered_row_by_row_and_stands_as_it_was(
    where: Place, begun: PageClient, session: Session
) -> None:
    page = written(begun, where, where.yes)
    assert not [f for f in page.all("input") if f.get("checked") is not None]
    names = [f"answer-{row.id}" for row in where.rows]
    keep_on(begun, page, dict.fromkeys(names, str(where.often.id)))
    again = begun.get(where.question(3))
    checked = [f.get("name") for f in again.all("input") if f.get("checked") is not None and f.get("value")]
    assert checked == names
    assert "Buses: Often" in begun.get(f"{where.base}/check").text
    wrong = keep_on(begun, again, {names[0]: "999999"}, status=422)
    assert "not one of the answers offered" in wrong.text


@pytest.mark.parametrize("typed", ["se15 5rs", "SE15"])
def test_no_whole_postcode_reaches_the_draft(
    where: Place, begun: PageClient, session: Session, typed: str
) -> None:
    page = written(begun, where, where.no)
    keep_on(begun, page, {"postcode": typed})
    assert the_draft(session, where).answers["place"] == ["", "SE15"]
    check = begun.get(f"{where.base}/check")
    assert "Southwark" in check.text
    assert "Postcode district SE15" in check.text


def test_a_postcode_that_cannot_be_read_stands_on_the_page_and_nowhere_else(
    where: Place, begun: PageClient, session: Session
) -> None:
    page = written(begun, where, where.no)
    page = keep_on(begun, page, {"postcode": "SE15 5RSX"}, status=422)
    assert page.typed("postcode") == "SE15 5RSX"
    assert "#postcode" in {a.get("href") for a in page.all("a")}
    assert the_draft(session, where).answers.get("place", "") == ""


def test_declining_beside_a_number_needs_no_number(where: Place, begun: PageClient, session: Session) -> None:
    written(begun, where, where.no)
    page = begun.get(where.question(5))
    both = keep_on(begun, page, {"answer": "5", "declined": "y"}, status=422)
    assert "Keep one of the two" in both.text
    keep_on(begun, both, {"answer": "", "declined": "y"})
    assert the_draft(session, where).answers["people"] == ["", "declined"]
    again = begun.get(where.question(5))
    assert again.field("declined").get("checked") is not None


@pytest.fixture
def answered(where: Place, begun: PageClient) -> PageClient:
    """Give a browser that has answered everything and stands before the publication choice."""
    page = written(begun, where, where.yes)
    page = keep_on(begun, page, {f"answer-{where.rows[1].id}": str(where.often.id)})
    page = keep_on(begun, page, {"postcode": "SE15 5RS"})
    keep_on(begun, page, {"answer": "", "declined": "y"})
    return begun


def mark(client: PageClient, where: Place, status: int = 200, **values: Any) -> Page:
    page = client.get(f"{where.base}/confidential/1")
    return client.submit(page, values, button="Keep these words back", status=status)


def test_single_answers_are_kept_closer_and_the_check_page_says_what_happens(
    where: Place, answered: PageClient
) -> None:
    page = answered.get(f"{where.base}/publication")
    page = keep_on(answered, page, {"publication": "with_name", "publication:tried": "not_published"})
    assert page.h1 == "Check your answers before you send them"
    # Nothing is published of the number that was declined.
    assert page.text.count("Will be published with your name.") == 3
    assert page.text.count("Will not be published.") == 1
    again = answered.get(f"{where.base}/publication")
    assert again.all("details")[-1].get("open") is not None


def test_words_are_marked_by_paragraph_or_as_written_with_the_harm(
    where: Place, answered: PageClient, session: Session
) -> None:
    page = answered.get(f"{where.base}/publication")
    page = answered.submit(page, {"publication": "with_name"}, button="Save and mark words as confidential")
    assert "Nothing is marked yet." in page.text
    wrong = mark(answered, where, status=422, words="Bob", harm="")
    assert "do not stand in your answer" in wrong.text
    assert "Say what harm publication would do" in wrong.text
    assert wrong.typed("words") == "Bob"
    page = mark(answered, where, words="Ann", harm="She would be known.")
    page = mark(answered, where, paragraphs=["2"], harm="It is before a court.")
    assert [k["words"] for k in the_draft(session, where).confidences] == ["Ann", "The bus stopped."]
    check = answered.get(f"{where.base}/check")
    assert "Kept from everybody outside the commission: “Ann”" in check.text
    page = answered.submit(page, button="Take the mark away (1)")
    assert [k["words"] for k in the_draft(session, where).confidences] == ["The bus stopped."]


def test_only_answers_in_words_can_be_marked(where: Place, answered: PageClient) -> None:
    answered.get(f"{where.base}/confidential/2", status=404)
    answered.get(f"{where.base}/confidential/99", status=404)


def test_changed_words_must_be_marked_again_before_sending(where: Place, answered: PageClient) -> None:
    keep_on(answered, answered.get(f"{where.base}/publication"), {"publication": "with_name"})
    mark(answered, where, words="Ann", harm="She would be known.")
    keep_on(answered, answered.get(where.question(1)), {"answer": "My neighbour lost her post."})
    check = answered.get(f"{where.base}/check")
    assert "no longer stand in your answer to question 1" in check.text
    assert "Send my evidence" not in check.text


def test_what_is_withheld_and_declared_is_sent_and_stands_on_the_receipt(
    where: Place, answered: PageClient, session: Session
) -> None:
    page = answered.get(f"{where.base}/publication")
    keep_on(answered, page, {"publication": "with_name", "publication:words": "without_name"})
    mark(answered, where, words="Ann", harm="She would be known.")
    sent = answered.submit(answered.get(f"{where.base}/check"), button="Send my evidence")
    session.rollback()
    submission = session.scalars(select(Submission)).one()
    assert submission.place_id == where.place
    declared = session.get_one(Declaration, submission.id)
    assert (declared.role, declared.funding, declared.interests) == ("Chair", "", "")
    answers = {a.question_id: a for a in session.scalars(select(Answer))}
    choices = sorted((a.publication for a in answers.values() if a.publication), key=str)
    assert choices == [PublicationChoice.WITHOUT_NAME]
    assert {a.district for a in answers.values()} == {None, "SE15"}
    assert [a.declined for a in answers.values()].count(True) == 1
    assert session.execute(select(AnswerCell.row_id, AnswerCell.option_id)).all() == [
        (where.rows[1].id, where.often.id)
    ]
    mark_kept, body = session.execute(
        select(ConfidentialPassage, SourceText.body).join_from(
            ConfidentialPassage, SourceText, SourceText.id == ConfidentialPassage.source_text_id
        )
    ).one()
    assert (body[mark_kept.start : mark_kept.end], mark_kept.harm) == ("Ann", "She would be known.")
    draft = the_draft(session, where)
    assert (draft.answers, draft.about, draft.confidences) == ({}, {}, [])
    receipt = answered.get(sent.link("See and print a copy of everything you sent"))
    for words in (
        "Halls: Often",
        "Postcode district SE15",
        "Prefer not to say",
        "commission: “Ann”",
        "Harm: She would be known.",
    ):
        assert words in receipt.text
    otherwise = "Where you chose otherwise for an answer, or marked words in it or in a document, that holds."
    assert otherwise in sent.text
    assert otherwise in receipt.text
    assert "Will not be published: what is published of your evidence" in receipt.text


def test_a_mark_that_cannot_be_kept_is_told_and_not_dropped(
    where: Place, answered: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_CONFIDENCES", 1)
    mark(answered, where, words="Ann", harm="She would be known.")
    full = mark(answered, where, status=422, words="neighbour", harm="So would he.")
    assert "At most 1 passages can be marked." in full.text
    assert len(the_draft(session, where).confidences) == 1


def test_a_mark_whose_words_are_gone_is_shown_as_such(where: Place, answered: PageClient) -> None:
    gone = "These words no longer stand in your answer."
    assert gone not in mark(answered, where, words="Ann", harm="She would be known.").text
    page = answered.get(f"{where.base}/questions/1")
    answered.submit(page, {"answer": "We tried."}, button="Save and continue")
    assert gone in answered.get(f"{where.base}/confidential").text


def test_marks_survive_a_lost_session(where: Place, answered: PageClient, session: Session) -> None:
    page = answered.get(f"{where.base}/confidential/1")
    values = {"words": "Ann", "harm": "She would be known.", "csrf_token": "forged"}
    again = answered.submit(page, values, button="Keep these words back", status=400)
    assert "Your session had ended" in again.text
    assert the_draft(session, where).confidences == []
    answered.submit(again, button="Keep these words back")
    assert len(the_draft(session, where).confidences) == 1


def test_the_declaration_survives_a_lost_session(where: Place, begun: PageClient, session: Session) -> None:
    page = begun.get(f"{where.base}/declaration")
    again = begun.submit(
        page, {"role": "Chair", "csrf_token": "forged"}, button="Save and continue", status=400
    )
    keep_on(begun, again)
    assert the_draft(session, where).about["role"] == "Chair"


def test_a_clerk_walks_through_the_call_and_nothing_is_stored(
    where: Place, build: Builder, client_of: Callable[[User], PageClient], session: Session
) -> None:
    clerk = build.member(where.inquiry, Role.CLERK)
    build.session.commit()
    client, path = client_of(clerk), f"/inquiries/{where.inquiry.slug}/calls/{where.call.slug}/preview"
    page = client.get(path)
    wrong = client.submit(page, {"answer": ""}, button="Continue", status=422)
    assert "Write an answer to this question." in wrong.text
    page = client.submit(page, {"answer": "Words"}, button="Continue")
    page = client.submit(page, {"answer": str(where.yes.id)}, button="Continue")
    assert "Section 1 of 1 · Question 3 of 5" in page.text
    page = client.submit(page, button="Question before")
    page = client.submit(page, {"answer": str(where.no.id)}, button="Continue")
    assert "Question 4 of 5" in page.text
    page = client.submit(client.submit(page, button="Continue"), button="Continue")
    assert page.h1 == "End of the preview"
    assert "Words" in page.text
    session.rollback()
    assert session.scalars(select(Draft)).all() == []
    forged = client.submit(client.get(path), {"so_far": "[1", "answer": "x"}, button="Continue")
    assert "Question 2 of 5" in forged.text
