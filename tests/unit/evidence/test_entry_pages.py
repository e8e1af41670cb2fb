"""Entering evidence for somebody who wrote on paper, rang or spoke."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry, MatrixRow
from consult.calls.rules import QuestionKind
from consult.evidence import forms_entry
from consult.evidence.models import AnswerCell, AnswerChoice, Respondent, SourceText, Submission
from consult.evidence.models_desk import EventSession, Mark, Provenance
from consult.evidence.rules import Channel, PublicationChoice
from consult.evidence.rules_desk import MarkKind
from consult.foundation.audit import AuditEvent
from consult.foundation.clock import now
from consult.foundation.security import Role
from tests.builders import NOON, Builder
from tests.page import Page, PageClient

Clients = Callable[[User], PageClient]
HOME = "/inquiries/localism/enter"
STORE = "Store and read it"


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="localism", title="Localism")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    call = build.call(inquiry, slug="call", title="Call for evidence")
    build.question(call, number=1, prompt="What stops you?")
    build.question(call, number=2, prompt="What would help?")
    return call


@pytest.fixture
def clerk(build: Builder, inquiry: Inquiry, client_of: Clients) -> PageClient:
    return client_of(build.member(inquiry, Role.CLERK, name="Clare Clerk"))


@pytest.fixture(autouse=True)
def after_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the days of these tests be past, whatever the machine's clock says."""
    monkeypatch.setattr(forms_entry, "now", lambda: max(now(), NOON + timedelta(days=30)))


def entered(**changes: Any) -> dict[str, Any]:
    """Return what a clerk types of a letter."""
    given = {"name": "Mary Smith", "received_on": "2026-07-02", "whole": "Real power lies elsewhere."}
    given |= {"publication": "without_name", "choice_known": "Ticked on the form.", "note": "Box 3."}
    return {**given, **changes}


def one(session: Session, model: type[Any]) -> Any:
    return session.scalars(select(model)).one()


def test_a_letter_on_paper_is_entered_from_the_first_page_to_its_own(
    session: Session, call: Call, clerk: PageClient
) -> None:
    session.commit()
    first = clerk.get(clerk.get("/inquiries/localism/inbox").link("Enter evidence for somebody"))
    page = clerk.submit(first, {"channel": "paper"}, button="Continue")
    assert page.h1 == "Enter evidence given on paper"
    after = clerk.submit(page, entered(), button=STORE)
    assert after.h1 == "LOC0001 Mary Smith"
    for words in (
        "LOC0001 is stored: new.",
        "Arrived On paper",
        "Received on 2 July 2026",
        "Choice known by Ticked on the form.",
        "Clerk’s note Box 3.",
        "May be published without name",
        "Real power lies elsewhere.",
    ):
        assert words in after.text
    submission, provenance = one(session, Submission), one(session, Provenance)
    assert (submission.channel, submission.publication) == (Channel.PAPER, PublicationChoice.WITHOUT_NAME)
    assert provenance.submission_id == submission.id
    act = session.scalars(select(AuditEvent).where(AuditEvent.verb == "receive submission")).one()
    assert act.user_id is not None


def test_speakers_of_one_session_follow_one_another(session: Session, call: Call, clerk: PageClient) -> None:
    session.commit()
    first = clerk.submit(clerk.get(HOME), {"channel": "event"}, button="Continue")
    described = {"name": "Town hall", "held_on": "2026-06-01", "venue": "Guildhall"}
    page = clerk.submit(first, described, button="Add the session and go on")
    assert "Town hall, 1 June 2026, Guildhall. 0 speakers entered so far." in page.text
    assert page.typed("received_on") == "2026-06-01"
    for name, words in (("Ann", "We need a bus."), ("Bob", "We need two buses.")):
        given = entered(name=name, whole=words, received_on="2026-06-01")
        page = clerk.submit(page, given, button="Store and enter the next speaker")
    assert "2 speakers entered so far." in page.text
    assert page.typed("name") == page.typed("whole") == ""
    meeting = one(session, EventSession)
    kept = session.scalars(select(Provenance.event_session_id))
    assert set(kept) == {meeting.id}
    assert list(session.scalars(select(Respondent.name).order_by(Respondent.id))) == ["Ann", "Bob"]
    reading = clerk.get("/inquiries/localism/evidence/LOC0001")
    assert "Said at Town hall, 1 June 2026" in reading.text
    sessions = clerk.get(f"{HOME}/sessions?call=call")
    assert "2 speakers entered" in sessions.text
    assert "Town hall" in clerk.get(sessions.link("Town hall")).text


def test_a_session_described_twice_is_one(session: Session, call: Call, clerk: PageClient) -> None:
    session.commit()
    for _ in range(2):
        page = clerk.get(f"{HOME}/sessions?call=call")
        clerk.submit(page, {"name": "Town hall", "held_on": "2026-06-01"}, button="Add the session and go on")
    assert session.scalar(select(func.count()).select_from(EventSession)) == 1


def test_what_is_not_published_needs_no_word_on_how_the_choice_is_known(
    session: Session, call: Call, clerk: PageClient
) -> None:
    session.commit()
    page = clerk.get(f"{HOME}/call/telephone")
    clerk.submit(page, entered(publication="not_published", choice_known=""), button=STORE)
    assert one(session, Submission).publication is PublicationChoice.NOT_PUBLISHED


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "Give the name of the person"),
        ({"received_on": "soon"}, "Write the day like"),
        ({"received_on": "2079-01-05"}, "This day is still to come."),
        ({"whole": " "}, "Enter what was said"),
        ({"publication": ""}, "Choose what they agreed to"),
        ({"choice_known": " "}, "Say how you know"),
        ({"name": "x" * 301}, "Shorten this to 300 characters."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    session: Session, call: Call, clerk: PageClient, wrong: dict[str, str], message: str
) -> None:
    session.commit()
    page = clerk.get(f"{HOME}/call/telephone")
    given = entered(**wrong)
    if not given["publication"]:
        del given["publication"]
    answer = clerk.submit(page, given, button=STORE, status=422)
    assert message in answer.text
    assert answer.title.startswith("Error: ")
    for name in {"whole", "note", "choice_known"} - set(wrong):
        assert answer.typed(name) == given[name]
    assert session.scalars(select(Submission)).all() == []


def test_words_go_in_one_piece_or_by_question_and_not_both(
    session: Session, call: Call, clerk: PageClient
) -> None:
    session.commit()
    one_question, other = (f"q{each}" for each in ids_of(session, call))
    page = clerk.get(f"{HOME}/call/email")
    both = clerk.submit(page, entered(**{one_question: "The council."}), button=STORE, status=422)
    assert "Put the words either here, in one piece, or under the questions." in both.text
    assert both.typed(one_question) == "The council."
    answers = entered(**{one_question: "The council.", other: "Money.\r\n\r\nTime."}, whole="")
    clerk.submit(both, answers, button=STORE)
    assert list(session.scalars(select(SourceText.body).order_by(SourceText.id))) == [
        "The council.",
        "Money.\n\nTime.",
    ]


def ids_of(session: Session, call: Call) -> list[int]:
    session.refresh(call, ["questions"])
    return [question.id for question in call.questions]


def test_closed_questions_are_answered_too(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: PageClient
) -> None:
    place = build.place(inquiry, name="Wigan")
    single = build.question(call, QuestionKind.SINGLE, number=3, may_decline=True)
    several = build.question(call, QuestionKind.SEVERAL, number=4)
    options = {q: [build.option(q, w, p) for p, w in enumerate(("Yes", "No"))] for q in (single, several)}
    scale = build.question(call, QuestionKind.SCALE, number=5, minimum=1, maximum=5)
    where = build.question(call, QuestionKind.PLACE, number=6)
    matrix = build.question(call, QuestionKind.MATRIX, number=7)
    column = build.option(matrix, "Often", 0)
    row = build.add(MatrixRow(question_id=matrix.id, wording="Buses", position=0))
    build.question(call, QuestionKind.FILE, number=8)
    session.commit()
    given = {
        f"q{single.id}": str(options[single][1].id),
        f"q{several.id}": [str(each.id) for each in options[several]],
        f"q{scale.id}": "9",
        f"q{where.id}": str(place.id),
        f"q{matrix.id}-{row.id}": str(column.id),
    }
    page = clerk.get(f"{HOME}/call/paper")
    answer = clerk.submit(page, entered(**given, whole=""), button=STORE, status=422)
    assert "Enter a number from 1 to 5." in answer.text
    after = clerk.submit(answer, {f"q{scale.id}": "4"}, button=STORE)
    for words in ("4 on a scale from 1 to 5", "Wigan", "Buses"):
        assert words in after.text
    assert session.scalar(select(func.count()).select_from(AnswerChoice)) == 3
    assert one(session, AnswerCell).option_id == column.id


def test_late_evidence_needs_a_reason_which_then_stands_with_it(
    session: Session, build: Builder, inquiry: Inquiry, clerk: PageClient
) -> None:
    build.question(build.call(inquiry, slug="closed", closes_at=NOON))
    session.commit()
    late = (NOON + timedelta(days=3)).date().isoformat()
    page = clerk.get(f"{HOME}/closed/paper")
    answer = clerk.submit(page, entered(received_on=late), button=STORE, status=422)
    assert "It came after the call had closed. Say why it is taken." in answer.text
    after = clerk.submit(answer, {"why_late": "The post was on strike."}, button=STORE)
    assert "Late. The post was on strike." in after.text
    assert one(session, Mark).kind is MarkKind.LATE


def test_a_second_press_stores_nothing_more(session: Session, call: Call, clerk: PageClient) -> None:
    session.commit()
    page = clerk.get(f"{HOME}/call/paper")
    for _ in range(2):
        assert clerk.submit(page, entered(), button=STORE).h1 == "LOC0001 Mary Smith"
    assert session.scalar(select(func.count()).select_from(Submission)) == 1


def test_sessions_and_calls_of_others_are_not_there(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    elsewhere = build.inquiry(slug="other")
    meeting = build.add(EventSession(inquiry_id=elsewhere.id, name="Theirs", held_on=NOON.date()))
    build.call(elsewhere, slug="theirs")
    session.commit()
    for path in ("theirs/paper", "call/event", f"call/event?session={meeting.id}", "call/web"):
        clerk.get(f"{HOME}/{path}", status=404)


def test_an_inquiry_without_a_call_says_what_comes_first(
    session: Session, inquiry: Inquiry, clerk: PageClient
) -> None:
    session.commit()
    page = clerk.get(HOME)
    assert isinstance(page, Page)
    assert page.link("Write one first") == "/inquiries/localism/calls"
