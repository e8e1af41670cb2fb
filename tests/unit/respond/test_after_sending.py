"""After sending: the receipt and its copies, changing, withdrawing, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind, WithdrawalPolicy
from consult.evidence.models import Answer, Submission, SubmissionVersion, WithdrawalRequest
from consult.evidence.queries.standing import answer_stands
from consult.evidence.rules import SubmissionState
from consult.evidence.service import decide_request
from consult.foundation.clock import now
from consult.foundation.security import Actor, Role
from tests.builders import Builder
from tests.page import Page, PageClient
from tests.unit.respond.walk import World, answer, code_on

TEXT, NUMBER = QuestionKind.FREE_TEXT, QuestionKind.NUMBER


@dataclass
class Sent:
    """Evidence that was sent, the browser that sent it, and its receipt."""

    browser: PageClient
    world: World
    code: str

    @property
    def address(self) -> str:
        return f"/respond/receipt/{self.code}"

    def receipt(self) -> Page:
        return self.browser.get(self.address)

    def begin_change(self) -> Page:
        return self.browser.submit(self.browser.get(f"{self.address}/change"), button="Change my answers")

    def change(self, kind: QuestionKind, typed: str) -> None:
        self.begin_change()
        answer(self.browser, self.world, kind, typed)

    def send_changes(self, status: int = 200) -> Page:
        page = self.browser.get(f"{self.world.base}/check")
        return self.browser.submit(page, button="Send my changes", status=status)

    def file(self, name: str) -> bytes:
        response = self.browser.http.get(f"{self.address}/{name}")
        assert response.status_code == 200
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Content-Disposition"].startswith("attachment")
        return response.data


@pytest.fixture
def sent(filled_in: PageClient, world: World) -> Sent:
    page = filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    assert page.h1 == "We have your evidence"
    return Sent(filled_in, world, code_on(page))


@pytest.fixture
def submission(session: Session, sent: Sent) -> Callable[[], Submission]:
    """Give a function that reads the only submission afresh."""

    def read() -> Submission:
        session.rollback()
        return session.scalars(select(Submission)).one()

    return read


# Copies.


def test_a_copy_of_the_receipt_is_a_tagged_pdf(sent: Sent) -> None:
    pdf = pypdf.PdfReader(BytesIO(sent.file("copy.pdf")))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB" or root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid:part" in pdf.xmp_metadata.rdf_root.toxml()  # type: ignore[union-attr]  # it has metadata
    words = " ".join(page.extract_text() for page in pdf.pages)
    for part in ("Your evidence", "Ann O’Neill", "The bus stopped in 2019.", "Nobody asked us.", "1,250"):
        assert part in words
    assert sent.code not in words
    kinds = tags_in(root["/StructTreeRoot"])
    assert {"/Document", "/H1", "/H2", "/P", "/L"} <= kinds


def tags_in(node: object) -> set[str]:
    """Return the kinds of structure elements below one."""
    if isinstance(node, pypdf.generic.IndirectObject):
        node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        return {kind for child in node for kind in tags_in(child)}
    if not isinstance(node, pypdf.generic.DictionaryObject):
        return set()
    own = {str(node["/S"])} if "/S" in node else set()
    return own | (tags_in(node["/K"]) if "/K" in node else set())


def test_words_that_look_like_markup_or_that_no_font_has_are_set_as_they_are(
    begun: PageClient, world: World
) -> None:
    page = begun.submit(
        begun.get(f"{world.base}/about"),
        {"name": "#panic() *A* $x$ 中", "respondent_type": "resident"},
        button="Save and continue",
    )
    answer(begun, world, TEXT, "<script>alert(1)</script> #include \\ _b_ @c [d] 中文")
    page = begun.get(f"{world.base}/publication")
    page = begun.submit(page, {"publication": "with_name"}, button="Save and continue")
    page = begun.submit(page, button="Send my evidence")
    sent = Sent(begun, world, code_on(page))
    pdf = pypdf.PdfReader(BytesIO(sent.file("copy.pdf")))
    words = pdf.pages[0].extract_text()
    assert "#panic() *A* $x$" in words
    assert "<script>alert(1)</script> #include \\ _b_ @c [d]" in words
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "&lt;script&gt;" in sent.file("copy.html").decode()


def test_the_page_to_keep_stands_by_itself(sent: Sent) -> None:
    page = sent.file("copy.html").decode()
    assert "The bus stopped in 2019." in page
    assert "href=" not in page
    assert "src=" not in page
    assert sent.code not in page


# Changing.


def test_what_was_sent_is_changed_under_its_reference(
    sent: Sent, submission: Callable[[], Submission], session: Session
) -> None:
    before = submission().reference
    page = sent.begin_change()
    assert f"Changing {before}" in page.text
    assert "The bus stopped in 2019." in page.text
    assert "1,250" in page.text or "1250" in page.text
    answer(sent.browser, sent.world, TEXT, "The bus came back.")
    page = sent.send_changes()
    assert page.h1 == "We have your changes"
    assert before in page.text
    assert (submission().reference, submission().version) == (before, 2)
    for code in (sent.code, code_on(page)):
        receipt = sent.browser.get(f"/respond/receipt/{code}")
        assert "The bus came back." in receipt.text
        assert "The bus stopped" not in receipt.text
    assert len(session.scalars(select(SubmissionVersion)).all()) == 2


def test_an_answer_left_alone_keeps_its_row(
    sent: Sent, submission: Callable[[], Submission], session: Session
) -> None:
    rows = select(Answer.question_id, Answer.id).where(answer_stands())
    before: dict[int, int] = dict(session.execute(rows).all())
    sent.change(NUMBER, "77")
    sent.send_changes()
    session.rollback()
    after: dict[int, int] = dict(session.execute(rows).all())
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {sent.world.questions[NUMBER].id}


def test_pressing_twice_finds_the_same_changes_and_sends_them_once(
    sent: Sent, submission: Callable[[], Submission]
) -> None:
    sent.change(NUMBER, "77")
    assert "77" in sent.begin_change().text
    page = sent.browser.get(f"{sent.world.base}/check")
    sent.browser.submit(page, button="Send my changes")
    sent.browser.submit(page, button="Send my changes")
    assert submission().version == 2
    sent.change(NUMBER, "78")
    sent.send_changes()
    assert submission().version == 3


def test_nothing_changed_sends_nothing(sent: Sent, submission: Callable[[], Submission]) -> None:
    sent.begin_change()
    assert "You have changed nothing yet" in sent.send_changes().text
    assert submission().version == 1


def test_two_devices_do_not_undo_one_another(sent: Sent, app: Flask) -> None:
    sent.change(NUMBER, "77")
    second = sent.send_changes()
    other = Sent(PageClient(app), sent.world, sent.code)
    other.change(TEXT, "Written on the other device.")
    third = Sent(PageClient(app), sent.world, code_on(second))
    third.change(NUMBER, "79")
    third.send_changes()
    refused = other.send_changes(status=409)
    assert "Written on the other device." in refused.text
    assert "Nothing was sent" in refused.text


@pytest.mark.parametrize("seconds", [-1, 0])
def test_changing_begins_until_the_call_closes(sent: Sent, session: Session, seconds: int) -> None:
    closes = (now() + timedelta(hours=1)).replace(microsecond=0)
    sent.world.call.closes_at, sent.world.call.grace_minutes = closes, 15
    session.commit()
    with time_machine.travel(closes + timedelta(seconds=seconds), tick=False):
        assert ("Change what you sent" in sent.receipt().text) is (seconds < 0)
        assert (sent.browser.get(f"{sent.address}/change").h1 == "Change what you sent") is (seconds < 0)


def test_changes_begun_before_closing_are_sent_within_the_grace(
    sent: Sent, session: Session, submission: Callable[[], Submission]
) -> None:
    closes = (now() + timedelta(hours=1)).replace(microsecond=0)
    sent.world.call.closes_at, sent.world.call.grace_minutes = closes, 15
    session.commit()
    sent.change(NUMBER, "77")
    with time_machine.travel(closes + timedelta(minutes=14), tick=False):
        sent.send_changes()
    assert submission().version == 2


def test_other_unsent_answers_on_this_device_are_not_forgotten_unseen(sent: Sent) -> None:
    sent.browser.submit(sent.browser.get(sent.world.call_page), button="Start now")
    answer(sent.browser, sent.world, TEXT, "Another matter.")
    other = code_on(sent.browser.get(f"{sent.world.base}/later"))
    assert other in sent.browser.get(f"{sent.address}/change").text


# Withdrawing.


def test_the_rule_of_withdrawal_is_shown_before_sending_and_kept(
    filled_in: PageClient, world: World, session: Session
) -> None:
    world.inquiry.withdrawal_policy = WithdrawalPolicy.UNTIL_CLOSING
    session.commit()
    page = filled_in.get(f"{world.base}/check")
    assert "You can withdraw it with your receipt code until the call closes." in page.text
    filled_in.submit(page, button="Send my evidence")
    kept = session.scalars(select(Submission.withdrawal_policy)).one()
    assert kept is WithdrawalPolicy.UNTIL_CLOSING


def test_evidence_is_withdrawn_at_once(sent: Sent, submission: Callable[[], Submission]) -> None:
    page = sent.browser.get(f"{sent.address}/withdraw")
    assert "counted, quoted and published no more" in page.text
    page = sent.browser.submit(page, button="Withdraw my evidence")
    assert "This evidence is withdrawn." in page.text
    assert "The bus stopped in 2019." in page.text
    saved = sent.browser.http.get(f"{sent.address}/copy.html").get_data(as_text=True)
    assert "This evidence is withdrawn." in saved
    assert submission().state is SubmissionState.WITHDRAWN
    assert sent.browser.get(f"{sent.address}/withdraw").h1.startswith("Your evidence")
    assert sent.browser.get(f"{sent.address}/change").h1.startswith("Your evidence")


def test_what_is_withdrawn_cannot_be_changed_by_a_draft_begun_before(sent: Sent) -> None:
    sent.change(NUMBER, "77")
    sent.browser.submit(sent.browser.get(f"{sent.address}/withdraw"), button="Withdraw my evidence")
    assert "Nothing was sent" in sent.send_changes(status=409).text


@pytest.fixture
def asked(sent: Sent, submission: Callable[[], Submission], session: Session) -> WithdrawalRequest:
    """Give a wish to withdraw on which the commission has not decided."""
    submission().withdrawal_policy = WithdrawalPolicy.ON_REQUEST
    session.commit()
    page = sent.browser.get(f"{sent.address}/withdraw")
    page = sent.browser.submit(
        page, {"why": "My brother is named."}, button="Ask the commission to withdraw it"
    )
    assert "It has not decided yet" in page.text
    return session.scalars(select(WithdrawalRequest)).one()


def test_where_the_commission_decides_a_wish_waits(
    asked: WithdrawalRequest, sent: Sent, submission: Callable[[], Submission]
) -> None:
    assert asked.why == "My brother is named."
    assert submission().state is not SubmissionState.WITHDRAWN
    assert sent.browser.get(f"{sent.address}/withdraw").h1.startswith("Your evidence")


@pytest.mark.parametrize("granted", [True, False])
def test_what_the_commission_decides_stands_on_the_receipt(
    asked: WithdrawalRequest, sent: Sent, session: Session, build: Builder, granted: bool
) -> None:
    clerk = Actor.member(build.member(sent.world.inquiry, Role.CLERK).id)
    words = "" if granted else "It was published already."
    inquiry_id = sent.world.inquiry.id
    decide_request(
        session, asked.id, granted=granted, answer=words, inquiry_id=inquiry_id, actor=clerk, at=now()
    )
    session.commit()
    page = sent.receipt()
    assert ("This evidence is withdrawn." in page.text) is granted
    assert ("It was published already." in page.text) is not granted


def test_a_reason_too_long_is_kept_on_the_page(sent: Sent, session: Session) -> None:
    sent.world.inquiry.report_at = now() - timedelta(days=1)
    session.commit()
    why = "word " * 500
    page = sent.browser.get(f"{sent.address}/withdraw")
    assert "The report is out." in page.text
    page = sent.browser.submit(page, {"why": why}, button="Ask the commission to withdraw it", status=422)
    assert page.title.startswith("Error: ")
    assert page.typed("why").strip() == why.strip()


# What became of it.


def test_before_the_report_is_out_the_page_says_when_to_look_again(sent: Sent, session: Session) -> None:
    page = sent.browser.get(f"{sent.address}/what-became-of-it")
    assert "not out yet" in page.text
    assert "has not said yet when" in page.text
    sent.world.inquiry.report_at = now() + timedelta(days=30)
    session.commit()
    assert "It is to be out on" in sent.browser.get(f"{sent.address}/what-became-of-it").text


def test_when_the_report_is_out_the_page_leads_to_it(sent: Sent, session: Session) -> None:
    inquiry = sent.world.inquiry
    inquiry.report_at, inquiry.report_title = now() - timedelta(days=1), "People power"
    inquiry.report_address = "https://commission.example/report"
    session.commit()
    page = sent.browser.get(f"{sent.address}/what-became-of-it")
    assert page.link("People power") == "https://commission.example/report"


def test_no_code_opens_what_is_not_there(client: PageClient) -> None:
    for path in ("", "/change", "/withdraw", "/what-became-of-it", "/copy.pdf", "/copy.html"):
        client.get(f"/respond/receipt/AAAAA-BBBBB{path}", status=404)
