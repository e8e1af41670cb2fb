"""Paragraphs of long documents and the questions they answer: the machine proposes, a clerk decides."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.assist.placing import place_waiting
from consult.calls.models import Call, Inquiry, Question
from consult.calls.rules import QuestionKind
from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.models import SourceText, Submission
from consult.evidence.models_documents import ParagraphProposal, ParagraphQuestion
from consult.evidence.queries.paragraphs import ParagraphMap, paragraph_map
from consult.evidence.rules import Channel
from consult.evidence.rules_documents import own_number
from consult.evidence.service import GivenAnswer, GivenAttachment
from consult.evidence.service.paragraphs import NewProposal, place_paragraphs, record_placings
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor, Role
from tests.builders import NOON, Builder
from tests.page import PageClient

Clients = Callable[[User], PageClient]
FILLING = "We say so because we have seen it for years in the parish, the school and the hall. " * 6
PAPER = "\n\n".join(
    [
        "Evidence of the Parish of Trewen.",
        "Question 1",
        f"1.1 People deciding together. {FILLING}",
        f"1.2 Not a programme. {FILLING}",
        "Question 2",
        f"(a) The county holds the power. {FILLING}",
    ]
)


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="localism")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    return build.call(inquiry)


@pytest.fixture
def asked(build: Builder, call: Call) -> list[Question]:
    return [
        build.question(call, number=1, prompt="What do you understand by localism?"),
        build.question(call, number=2, prompt="Who holds power over decisions in your area?"),
        build.question(call, number=3, prompt="Send us what you have", kind=QuestionKind.FILE),
    ]


@pytest.fixture
def clerk(build: Builder, inquiry: Inquiry) -> User:
    return build.member(inquiry, Role.CLERK, name="Clare Clerk")


@pytest.fixture
def browser(session: Session, clerk: User, client_of: Clients) -> PageClient:
    session.commit()
    return client_of(clerk)


def paper(text: str = PAPER, **changes: Any) -> GivenAttachment:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    given = {"sha256": sha256, "name": "paper.docx", "size": 10, "extraction": read(text)}
    return GivenAttachment(**{**given, **changes})


def read(text: str) -> Extraction:
    return Extraction(Outcome.TEXT, "docx", text)


@pytest.fixture
def sent(build: Builder, call: Call, asked: list[Question]) -> Submission:
    return build.evidence(call, GivenAnswer(asked[0].id, "See our paper."), attachments=(paper(),))


def mapped(session: Session, submission: Submission) -> ParagraphMap:
    document = select(SourceText.id).where(
        SourceText.submission_id == submission.id, SourceText.attachment_id.is_not(None)
    )
    (text_id,) = session.scalars(document)
    return paragraph_map(session, submission.inquiry_id, submission.reference, text_id)


def numbers(found: ParagraphMap) -> list[int | None]:
    by_id = {question.id: question.number for question in found.questions}
    return [by_id.get(each.question_id or 0) for each in found.paragraphs]


def propose(session: Session, within: Inquiry | list[Question]) -> int:
    session.commit()
    inquiry_id = within.id if isinstance(within, Inquiry) else session.scalars(select(Inquiry.id)).one()
    return place_waiting(inquiry_id, lambda done, total, words: None)


def decide(
    session: Session, submission: Submission, chosen: dict[int, int | None], clerk: User, **changes: Any
) -> int:
    found = mapped(session, submission)
    values: dict[str, Any] = {"inquiry_id": submission.inquiry_id, "seen": found.newest_decision}
    return place_paragraphs(
        session,
        submission.reference,
        found.source_text_id,
        chosen,
        **{**values, **changes},
        actor=Actor.member(clerk.id),
        at=NOON,
    )


def test_the_machine_proposes_a_question_for_each_paragraph_and_decides_none(
    session: Session, inquiry: Inquiry, sent: Submission
) -> None:
    assert propose(session, inquiry) == 6
    found = mapped(session, sent)
    assert numbers(found) == [None, 1, 1, 1, 2, 2]
    assert [each.number for each in found.paragraphs] == [2, 3, 4, 5, 6, 7]
    assert found.open == 6
    assert session.scalar(select(func.count(ParagraphQuestion.id))) == 0


def test_what_was_read_is_not_read_again(session: Session, inquiry: Inquiry, sent: Submission) -> None:
    propose(session, inquiry)
    assert propose(session, inquiry) == 0
    assert session.scalar(select(func.count(ParagraphProposal.id))) == 6


def test_the_same_proposals_recorded_twice_are_recorded_once(session: Session, sent: Submission) -> None:
    text_id = mapped(session, sent).source_text_id
    proposals = [NewProposal(text_id, 2, None, 0.9, "It introduces.")]
    assert record_placings(session, "m 1", proposals, at=NOON) == 1
    assert record_placings(session, "m 1", proposals, at=NOON) == 0


def test_other_wording_of_the_questions_is_proposed_for_anew(
    session: Session, inquiry: Inquiry, asked: list[Question], sent: Submission
) -> None:
    propose(session, inquiry)
    asked[1].prompt = "Who decides?"
    assert propose(session, inquiry) == 6


@pytest.mark.parametrize("what", ["put to a question", "short", "one question"])
def test_nothing_is_proposed_where_there_is_nothing_to_map(
    what: str, session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    questions = [build.question(call) for _ in range(1 if what == "one question" else 2)]
    document = paper("Short.") if what == "short" else paper()
    if what == "put to a question":
        document = paper(question_id=questions[0].id)
    build.evidence(call, attachments=(document,))
    assert propose(session, inquiry) == 0


def test_a_whole_paper_entered_under_one_question_is_proposed_for_and_an_answer_given_here_is_not(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, asked: list[Question]
) -> None:
    answer = GivenAnswer(asked[0].id, PAPER)
    build.evidence(call, answer)
    assert propose(session, inquiry) == 0
    build.evidence(call, answer, channel=Channel.IMPORTED, external_key="paper", name="Trewen")
    assert propose(session, inquiry) == 6


def test_an_author_s_own_number_is_kept_beside_ours(session: Session, sent: Submission) -> None:
    found = {each.number: each.own_number for each in mapped(session, sent).paragraphs}
    assert (found[4], found[5], found[7], found[3]) == ("1.1", "1.2", "(a)", "")


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("3. We ask", "3"),
        ("3.2 We ask", "3.2"),
        ("3.2.1. We ask", "3.2.1"),
        ("4) We ask", "4)"),
        ("(12) We ask", "(12)"),
        ("b) We ask", "b)"),
        ("(iv) We ask", "(iv)"),
        ("iv. We ask", "iv"),
        ("2017. It was", ""),
        ("3.5", ""),
        ("A. Smith wrote", ""),
        ("civil. Servants", ""),
        ("3 people came", ""),
        ("£3.50 is dear", ""),
        ("", ""),
    ],
)
def test_numbers_that_authors_give_are_told_from_other_beginnings(words: str, number: str) -> None:
    assert own_number(words) == number


def test_a_decision_stands_with_a_name_and_the_log_tells_how_far_the_machine_was_followed(
    session: Session, inquiry: Inquiry, asked: list[Question], sent: Submission, clerk: User
) -> None:
    propose(session, inquiry)
    assert decide(session, sent, {3: asked[0].id, 4: asked[1].id, 2: None}, clerk) == 3
    found = {each.number: each for each in mapped(session, sent).paragraphs}
    assert (found[3].decided.by, found[3].question_id) == ("Clare Clerk", asked[0].id)
    assert found[4].question_id == asked[1].id
    assert (found[2].is_open, found[5].is_open) == (False, True)
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "put paragraphs to questions")).one()
    assert event.detail == {"reference": sent.reference, "paragraphs": 3, "as proposed": 2}
    rows = session.scalars(select(ParagraphQuestion))
    assert all(row.proposal_id for row in rows)


def test_a_later_decision_stands_and_the_earlier_is_kept(
    session: Session, asked: list[Question], sent: Submission, clerk: User
) -> None:
    decide(session, sent, {4: asked[0].id}, clerk)
    assert decide(session, sent, {4: asked[0].id}, clerk) == 0
    decide(session, sent, {4: asked[1].id}, clerk)
    assert numbers(mapped(session, sent))[2] == 2
    assert session.scalar(select(func.count(ParagraphQuestion.id))) == 2


def test_who_has_not_seen_the_last_decision_does_not_undo_it(
    session: Session, asked: list[Question], sent: Submission, clerk: User
) -> None:
    decide(session, sent, {4: asked[0].id}, clerk)
    with pytest.raises(Refused):
        decide(session, sent, {4: asked[1].id}, clerk, seen=0)
    assert numbers(mapped(session, sent))[2] == 1


def test_only_paragraphs_and_questions_that_are_there_are_taken(
    session: Session, build: Builder, asked: list[Question], sent: Submission, clerk: User
) -> None:
    elsewhere = build.question(build.call(build.inquiry()))
    for wrong in ({99: asked[0].id}, {4: elsewhere.id}, {4: asked[2].id}):
        with pytest.raises(BadInput):
            decide(session, sent, wrong, clerk)
    with pytest.raises(NotFound):
        decide(session, sent, {4: asked[0].id}, clerk, inquiry_id=build.inquiry().id)


def page_of(browser: PageClient, session: Session, sent: Submission) -> Any:
    text_id = mapped(session, sent).source_text_id
    return browser.get(f"/inquiries/localism/evidence/{sent.reference}/texts/{text_id}/questions")


def test_a_clerk_accepts_all_but_one_on_its_page_without_script(
    session: Session, asked: list[Question], sent: Submission, browser: PageClient
) -> None:
    propose(session, asked)
    start = browser.get(f"/inquiries/localism/evidence/{sent.reference}")
    assert "6 proposed by the machine wait" in start.text
    page = browser.get(start.link("Put its paragraphs to the questions"))
    assert "It begins “Question 1”." in page.text
    done = browser.submit(page, {"question-5": str(asked[1].id), "act": "accept"}, with_field="question-5")
    assert "6 paragraphs have their question." in done.text
    session.expire_all()
    found = mapped(session, sent)
    assert (numbers(found), found.open) == ([None, 1, 1, 2, 2, 2], 0)
    read_again = browser.get(f"/inquiries/localism/evidence/{sent.reference}")
    assert "[to question 2]" in read_again.text
    coding = browser.get(f"/inquiries/localism/coding/{sent.reference}")
    assert "to question Q2" in coding.text


def test_keeping_changes_decides_nothing_else(
    session: Session, asked: list[Question], sent: Submission, browser: PageClient
) -> None:
    propose(session, asked)
    page = page_of(browser, session, sent)
    browser.submit(page, {"question-5": str(asked[1].id), "act": "keep"}, with_field="question-5")
    session.expire_all()
    decided = [each.number for each in mapped(session, sent).paragraphs if each.decided]
    assert decided == [5]


def test_a_range_is_put_to_a_question_at_once(
    session: Session, asked: list[Question], sent: Submission, browser: PageClient
) -> None:
    page = page_of(browser, session, sent)
    wanted = {"first": "6", "last": "4", "range_question": str(asked[1].id), "act": "range"}
    browser.submit(page, wanted, with_field="first")
    session.expire_all()
    assert numbers(mapped(session, sent)) == [None, None, 2, 2, 2, None]


@pytest.mark.parametrize(
    "wrong",
    [
        ({"first": "x", "range_question": "none"}, "Enter the number of the first paragraph"),
        ({"first": "2", "last": "-", "range_question": "none"}, "Enter the number of the last paragraph"),
        ({"first": "2"}, "Choose the question to which the range belongs"),
        ({"first": "2", "last": "99", "range_question": "none"}, "has the paragraphs 2 to 7"),
        ({"first": "1", "last": "999999999", "range_question": "none"}, "A range has at most"),
    ],
)
def test_a_wrong_range_is_named_and_what_was_chosen_stays(
    wrong: tuple[dict[str, str], str],
    session: Session,
    asked: list[Question],
    sent: Submission,
    browser: PageClient,
) -> None:
    values, said = wrong
    page = page_of(browser, session, sent)
    chosen = {"question-5": str(asked[1].id), "act": "range", **values}
    again = browser.submit(page, chosen, with_field="first", status=422)
    assert said in again.text
    (kept,) = [option for option in again.field("question-5") if option.get("selected") is not None]
    assert kept.get("value") == str(asked[1].id)
    assert session.scalar(select(func.count(ParagraphQuestion.id))) == 0


def test_who_may_only_read_sees_the_map_and_no_choices(
    session: Session, build: Builder, inquiry: Inquiry, sent: Submission, client_of: Clients
) -> None:
    chair = build.member(inquiry, Role.CHAIR)
    propose(session, inquiry)
    session.commit()
    page = page_of(client_of(chair), session, sent)
    assert "Proposed." in page.text
    assert not page.all("select")


def test_the_next_step_of_a_clerk_is_a_document_that_waits(
    session: Session, inquiry: Inquiry, sent: Submission, clerk: User, client_of: Clients
) -> None:
    propose(session, inquiry)
    session.commit()
    front = client_of(clerk).get("/inquiries/localism")
    assert "Put the paragraphs of a long document to the questions of the call" in front.text
