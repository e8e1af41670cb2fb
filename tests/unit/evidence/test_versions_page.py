"""What a member sees of amendments and of requests to withdraw."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Inquiry, Question
from consult.calls.rules import QuestionKind
from consult.evidence.models import Submission, WithdrawalRequest
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.rules_alike import side_by_side
from consult.evidence.service import (
    GivenAnswer,
    GivenDeclaration,
    GivenEvidence,
    amend_submission,
    ask_to_withdraw,
    decide_request,
    receive_submission,
    withdraw_submission,
)
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import RESPONDENT, Actor, Role
from tests.builders import NOON, Builder
from tests.page import PageClient

LATER = NOON + timedelta(days=1)


@pytest.fixture
def questions(build: Builder) -> list[Question]:
    call = build.call(build.inquiry(slug="localism"))
    kinds = (QuestionKind.FREE_TEXT, QuestionKind.NUMBER, QuestionKind.FREE_TEXT)
    return [build.question(call, kind, number=number) for number, kind in enumerate(kinds, 1)]


@pytest.fixture
def given(questions: list[Question]) -> GivenEvidence:
    return GivenEvidence(
        call_id=questions[0].call_id,
        name="Mary Smith",
        organisation="",
        email="mary@example.org",
        respondent_type_id=None,
        place_id=None,
        publication=PublicationChoice.WITH_NAME,
        language="en",
        title="",
        answers=(
            GivenAnswer(questions[0].id, "The river floods.\n\nIt floods each spring."),
            GivenAnswer(questions[1].id, number=12),
        ),
        channel=Channel.WEB,
        send_key="1" * 64,
        receipt_code="FIRST",
    )


@pytest.fixture
def sent(build: Builder, session: Session, given: GivenEvidence) -> Submission:
    return receive_submission(session, given, inquiry_id=inquiry_of(session), actor=RESPONDENT, at=NOON)


def inquiry_of(session: Session) -> int:
    return session.scalars(select(Inquiry.id).where(Inquiry.slug == "localism")).one()


@pytest.fixture
def clerk(build: Builder, client_of: Callable[[User], PageClient], sent: Submission) -> PageClient:
    member = build.member(build.session.get_one(Inquiry, sent.inquiry_id), Role.CLERK)
    build.session.commit()
    return client_of(member)


def page_of(sent: Submission, end: str = "") -> str:
    return f"/inquiries/localism/evidence/{sent.reference}{end}"


def test_a_version_stands_beside_the_one_before(
    clerk: PageClient, session: Session, sent: Submission, given: GivenEvidence, questions: list[Question]
) -> None:
    changed = replace(
        given,
        name="Mary Jones",
        publication=PublicationChoice.WITHOUT_NAME,
        declaration=GivenDeclaration(role="chair"),
        answers=(
            GivenAnswer(questions[0].id, "The river floods.\n\nIt floods each autumn."),
            GivenAnswer(questions[2].id, "One thing more."),
        ),
        send_key="2" * 64,
        receipt_code="SECOND",
    )
    amend_submission(session, sent.id, changed, inquiry_id=sent.inquiry_id, actor=RESPONDENT, at=LATER)
    session.commit()
    page = clerk.get(clerk.get(page_of(sent)).link("Version 2: what changed"))
    own = [" ".join(each.itertext()) for each in page.all("ins")]
    assert any("spring." in words and "version 1" in words for words in own)
    assert any("autumn." in words and "version 2" in words for words in own)
    assert not any("The river floods." in words for words in own)
    for part in ("Mary Jones", "chair", "One thing more.", "(taken back)", "(added)", "(changed)", "12"):
        assert part in page.text
    first = clerk.get(page.link("Version 1"))
    assert "This is what was sent first." in first.text
    assert "It floods each spring." in first.text
    assert "autumn" not in first.text


def test_case_and_signs_count_between_versions() -> None:
    (pair,) = side_by_side(["It is not so."], ["It is not so!"], exactly=True)
    assert not pair.same
    assert side_by_side(["It is not so."], ["It is not so!"])[0].same


def test_a_version_that_was_never_sent_is_not_found(clerk: PageClient, sent: Submission) -> None:
    for number in (0, 2, 999_999_999):
        clerk.get(page_of(sent, f"/versions/{number}"), status=404)


def test_a_submission_sent_once_shows_no_versions(clerk: PageClient, sent: Submission) -> None:
    assert "what changed" not in clerk.get(page_of(sent)).text


# Requests to withdraw.


@pytest.fixture
def asked(session: Session, sent: Submission) -> WithdrawalRequest:
    request = ask_to_withdraw(
        session, sent.id, "My brother is named.", inquiry_id=sent.inquiry_id, actor=RESPONDENT, at=LATER
    )
    session.commit()
    return request


def test_a_wish_waits_once_and_its_reason_is_in_no_log(
    session: Session, sent: Submission, asked: WithdrawalRequest
) -> None:
    again = ask_to_withdraw(
        session, sent.id, "Please!", inquiry_id=sent.inquiry_id, actor=RESPONDENT, at=LATER
    )
    assert again.id == asked.id
    logged = session.scalars(select(AuditEvent).where(AuditEvent.verb == "ask to withdraw")).all()
    assert len(logged) == 1
    assert "brother" not in f"{logged[0].why}{logged[0].detail}"


def test_a_clerk_withdraws_as_asked(
    clerk: PageClient, session: Session, sent: Submission, asked: WithdrawalRequest
) -> None:
    overview = clerk.get("/inquiries/localism")
    page = clerk.get(overview.link(f"Decide whether {sent.reference} is withdrawn, as its writer asks"))
    assert "My brother is named." in page.text
    page = clerk.submit(page, {"decision": "withdraw"}, button="Decide")
    assert "is withdrawn" in page.text
    session.expire_all()
    assert sent.state is SubmissionState.WITHDRAWN
    clerk.get(page_of(sent, "/withdrawal"), status=404)


def test_a_clerk_keeps_it_only_with_an_answer(
    clerk: PageClient, session: Session, sent: Submission, asked: WithdrawalRequest
) -> None:
    page = clerk.get(clerk.get(page_of(sent)).link("Read why and decide"))
    page = clerk.submit(page, {"decision": "keep"}, button="Decide", status=422)
    assert page.title.startswith("Error: ")
    clerk.submit(page, {"decision": "keep", "answer": "It is printed."}, button="Decide")
    session.expire_all()
    assert sent.state is SubmissionState.NEW
    assert (asked.granted, asked.answer) == (False, "It is printed.")


def test_a_wish_is_decided_once_and_in_its_own_inquiry(
    build: Builder, session: Session, sent: Submission, asked: WithdrawalRequest
) -> None:
    member = Actor.member(build.user().id)
    by = {"granted": False, "answer": "No.", "actor": member, "at": LATER}
    with pytest.raises(NotFound):
        decide_request(session, asked.id, **by, inquiry_id=build.inquiry().id)
    with pytest.raises(BadInput):
        decide_request(session, asked.id, **{**by, "answer": " "}, inquiry_id=sent.inquiry_id)
    decide_request(session, asked.id, **by, inquiry_id=sent.inquiry_id)
    with pytest.raises(Refused):
        decide_request(session, asked.id, **by, inquiry_id=sent.inquiry_id)


def test_withdrawing_twice_is_withdrawing_once(session: Session, sent: Submission) -> None:
    by = {"inquiry_id": sent.inquiry_id, "actor": RESPONDENT, "at": LATER}
    withdraw_submission(session, sent.id, **by)
    withdraw_submission(session, sent.id, **by)
    logged = session.scalars(select(AuditEvent).where(AuditEvent.verb == "withdraw submission")).all()
    assert len(logged) == 1
    with pytest.raises(Refused):
        ask_to_withdraw(session, sent.id, "", **by)
