"""The pages on which a clerk erases, hands out and sets how long things are kept."""

import json
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Inquiry
from consult.coding.service import apply_code
from consult.evidence.models import Submission
from consult.evidence.rules import Bounds, SubmissionState
from consult.evidence.service import change_state
from consult.foundation.audit import AuditEvent
from consult.foundation.security import Actor, Role
from consult.privacy.models import Erasure
from consult.privacy.rules import ErasureKind
from tests.builders import NOON, Builder
from tests.page import PageClient

WORDS = "Zebedee Quillfeather keeps ferrets behind the allotment water tank."
Case = tuple[PageClient, Submission, str]


@pytest.fixture
def case(build: Builder, client_of: Callable[[User], PageClient]) -> Case:
    """Give a clerk's browser, a submission and the address of the privacy pages."""
    inquiry = build.inquiry(slug="the-inquiry")
    clerk = build.member(inquiry, Role.CLERK, name="Carol Clerk")
    call = build.call(inquiry)
    submission = build.submission(call, WORDS, name="Zebedee Quillfeather", email="zeb@example.org")
    build.submission(call, "Another letter.", name="zebedee quillfeather")
    build.submission(call, "Somebody else wrote this.", name="Mary Smith")
    build.session.commit()
    return client_of(clerk), submission, "/inquiries/the-inquiry/privacy"


def test_a_clerk_finds_a_submission_and_sees_others_of_the_same_person(case: Case) -> None:
    browser, submission, address = case
    page = browser.submit(
        browser.get(address), {"reference": submission.reference.lower()}, with_field="reference"
    )
    assert page.h1 == "Held under LOC0001"
    assert "LOC0002: zebedee quillfeather" in page.text
    assert "Mary Smith" not in page.text
    assert "Passages" not in page.text


def test_an_unknown_reference_is_said_so(case: Case) -> None:
    browser, _, address = case
    page = browser.submit(browser.get(address), {"reference": "LOC9999"}, with_field="reference")
    assert "There is no submission LOC9999 in this inquiry." in page.text
    assert page.typed("reference") == "LOC9999"


def test_nothing_is_erased_without_ground_and_typed_reference(case: Case, session: Session) -> None:
    browser, submission, address = case
    page = browser.get(f"{address}/submissions/{submission.reference}")
    refused = browser.submit(page, {"confirm": "LOC0002"}, button="Erase", status=422)
    assert "Choose why it is erased." in refused.text
    assert "Type LOC0001 to confirm." in refused.text
    assert session.scalars(select(Erasure)).all() == []


def test_an_erasure_is_ordered_carried_out_and_has_a_receipt(
    case: Case, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    browser, submission, address = case
    page = browser.get(f"{address}/submissions/{submission.reference}")
    values = {"what": "submissions", "ground": "asked", "confirm": "loc0001", "also": ["LOC0002", "LOC0003"]}
    receipt = browser.submit(page, values, button="Erase")
    assert receipt.h1.startswith("Receipt of erasure")
    assert "under way" in receipt.text
    run_sent_jobs()
    done = browser.get(receipt.path)
    assert "Nothing was found." in done.text
    assert "LOC0001, LOC0002" in done.text
    assert "Quillfeather" not in done.html
    assert browser.http.get(done.link("Download it as a PDF")).data.startswith(b"%PDF")
    # Never proposed as the same person's, so never erased for them.
    assert list(session.scalars(select(Submission.reference))) == ["LOC0003"]
    gone = browser.submit(browser.get(address), {"reference": "LOC0001"}, with_field="reference")
    assert "LOC0001 was erased." in gone.text
    overview = browser.get("/inquiries/the-inquiry")
    assert "submissions erased, counted no more" in overview.text


def test_words_are_shown_where_they_stand_before_they_are_erased(
    case: Case, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    browser, submission, address = case
    page = browser.get(f"{address}/submissions/{submission.reference}/words")
    missing = browser.submit(page, {"words": "no such words"}, with_field="words", status=422)
    assert "do not stand in it" in missing.text
    found = browser.submit(missing, {"words": "Zebedee Quillfeather"}, with_field="words")
    assert found.h1 == "Erase these words in 1 place"
    refused = browser.submit(found, {"confirm": "LOC0001"}, with_field="confirm", status=422)
    assert "Choose why it is erased." in refused.text
    browser.submit(refused, {"confirm": "LOC0001", "ground": "not_theirs"}, with_field="confirm")
    run_sent_jobs()
    assert session.scalars(select(Erasure.kind)).one() is ErasureKind.WORDS
    read = browser.get(f"/inquiries/the-inquiry/evidence/{submission.reference}")
    assert "███████ ████████████ keeps ferrets" in read.text


def test_an_address_can_go_while_the_evidence_stays(
    case: Case, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    browser, submission, address = case
    page = browser.get(f"{address}/submissions/{submission.reference}")
    browser.submit(page, {"what": "addresses", "ground": "asked", "confirm": "LOC0001"}, button="Erase")
    run_sent_jobs()
    page = browser.get(f"{address}/submissions/{submission.reference}")
    assert "None held" in page.text
    assert "zeb@example.org" not in page.html


def test_the_bundle_has_everything_of_them_and_no_member_or_other_person(
    case: Case, build: Builder, session: Session
) -> None:
    browser, submission, address = case
    inquiry_id = submission.inquiry_id
    clerk = session.scalars(select(User).where(User.name == "Carol Clerk")).one()
    (passage,) = build.passages(submission)

    code = build.code(build.codebook(session.get_one(Inquiry, inquiry_id)), name="Ferrets")
    actor = Actor.member(clerk.id)
    apply_code(
        session, passage.source_text_id, Bounds(passage.start, passage.end), code.id,
        inquiry_id=inquiry_id, actor=actor, at=NOON,
    )  # fmt: skip
    change_state(
        session, submission.reference, SubmissionState.ACCEPTED, why="", inquiry_id=inquiry_id,
        actor=actor, at=NOON,
    )  # fmt: skip
    session.commit()
    first, second = (bundle(browser, address) for _ in range(2))
    with zipfile.ZipFile(BytesIO(first)) as archive:
        page = archive.read("read-me-first.html").decode()
        data = json.loads(archive.read("data.json"))
    assert WORDS in page
    assert "Ferrets, by clerk" in page
    assert data["respondents"][0]["email"] == "zeb@example.org"
    assert data["codings"][0]["by"] == "clerk"
    for secret in ("Carol", "Another letter", "Mary Smith", "send_key", "receipt_hash"):
        assert secret not in page + json.dumps(data)
    handed_out = session.scalars(select(AuditEvent).where(AuditEvent.verb == "hand out bundle")).all()
    assert [event.detail for event in handed_out] == [{"references": ["LOC0001"]}] * 2
    with zipfile.ZipFile(BytesIO(second)) as archive:
        assert archive.namelist() == ["data.json", "read-me-first.html"]


def bundle(browser: PageClient, address: str) -> bytes:
    page = browser.get(f"{address}/submissions/LOC0001")
    form = page.form(button="Download the bundle")
    token = next(field.get("value") for field in form.iter("input") if field.get("name") == "csrf_token")
    response = browser.http.post(form.get("action", ""), data={"csrf_token": token})
    assert response.status_code == 200
    return bytes(response.get_data())


def test_the_schedule_is_changed_and_the_public_notice_says_it(case: Case, session: Session) -> None:
    browser, _, address = case
    page = browser.get(f"{address}/retention")
    wrong = browser.submit(page, {"addresses-days": "soon"}, with_field="addresses-days", status=422)
    assert "Enter a number of days" in wrong.text
    values = {"addresses-days": "30", "addresses-event": "call_closed", "originals-event": "kept"}
    browser.submit(wrong, values, with_field="addresses-days")
    notice = browser.get("/privacy/the-inquiry")
    assert "30 days after the call closes" in notice.text
    assert session.scalars(select(AuditEvent).where(AuditEvent.verb == "set retention")).one().detail == {
        "addresses": {"was": "90 days after report_out", "is": "30 days after call_closed"},
        "originals": {"was": "365 days after report_out", "is": "kept"},
    }


def test_an_administrator_sees_what_was_erased_but_not_of_whom_to_erase(
    case: Case, build: Builder, client_of: Callable[[User], PageClient], session: Session
) -> None:
    _, submission, address = case

    boss = build.member(session.get_one(Inquiry, submission.inquiry_id), Role.ADMINISTRATOR)
    session.commit()
    page = client_of(boss).get(address)
    assert "Nothing has been erased in this inquiry." in page.text
    assert "Show what is held" not in page.text
