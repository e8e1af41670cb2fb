"""Files that came by e-mail or by post are dropped together, read, looked at, and stored at once."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.evidence import forms_entry, jobs
from consult.evidence.models import Respondent, SourceText, Submission
from consult.evidence.models_batches import BatchDocument, BatchFile, FileBatch
from consult.evidence.models_desk import Provenance
from consult.evidence.models_documents import Attachment
from consult.evidence.queries.file_batches import file_batch
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.rules_batches import FileState
from consult.evidence.service import file_batches
from consult.evidence.stores import erase_dropped_files
from consult.evidence.views_batches import plain_name
from consult.foundation.audit import AuditEvent
from consult.foundation.clock import now
from consult.foundation.file_keeping import unnamed_files
from consult.foundation.files import file_store
from consult.foundation.jobs.models import Job
from consult.foundation.security import Role
from consult.foundation.stores import Scope
from tests.builders import NOON, Builder
from tests.documents import docx, message, p
from tests.page import Page, PageClient, forget_last_request

Clients = Callable[[User], PageClient]
Run = Callable[[], int]
HOME = "/inquiries/localism/files"
READ = "Send the files and read them"
BUS = "They took the bus away in spring and nobody in the village was asked about it at all."
SCAN = b"%PDF-1.4 this is no PDF"
LETTER = docx(p("Submitted by Mary Smith, Stevenage Parish Council") + p(BUS))
MAIL = message(
    "Please find our evidence with this message.",
    {
        "plan.docx": docx(p("Question 2") + p("Give us the bus back, and ask us first.")),
        "photo.bin": b"\x00\x01",
    },
    From="Ann Ash <ann@example.org>",
    Date="Tue, 30 Jun 2026 23:30:00 +0000",
    Subject="Fwd: Our evidence",
)


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
def clerk(build: Builder, inquiry: Inquiry, client_of: Clients, call: Call) -> PageClient:
    found = client_of(build.member(inquiry, Role.CLERK, name="Clare Clerk"))
    build.session.commit()
    return found


@pytest.fixture(autouse=True)
def after_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the days of these tests be past, whatever the machine's clock says."""
    monkeypatch.setattr(forms_entry, "now", lambda: max(now(), NOON + timedelta(days=30)))


def upload(name: str, data: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(data), name)


def drop(clerk: PageClient, *files: tuple[str, bytes], status: int = 200, **changes: Any) -> Page:
    """Drop files by the page, as a browser does."""
    given = {"received_on": "2026-07-02", "files": [upload(*each) for each in files], **changes}
    return clerk.submit(clerk.get(HOME), given, button=READ, status=status)


def again(clerk: PageClient, page: Page) -> Page:
    return clerk.get(page.path)


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def one(session: Session, model: type[Any], **values: Any) -> Any:
    return session.scalars(select(model).filter_by(**values)).one()


def test_files_are_dropped_read_looked_at_and_stored_with_what_they_say_of_themselves(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    first = clerk.get(clerk.get("/inquiries/localism/inbox").link("Drop files"))
    assert first.h1 == "Drop files"
    page = drop(clerk, ("letter.docx", LETTER), ("mail.eml", MAIL))
    assert "Reading them: 0 of 2 so far." in page.text
    run_sent_jobs()
    page = again(clerk, page)
    assert "2 ready to be stored" in page.text
    for words in (
        "1. Mary Smith, Stevenage Parish Council",
        f"letter.docx {7 + len(BUS.split())} words, answers the call as a whole",
        "2. Ann Ash",
        "Our evidence",
        "ann@example.org",
        "By e-mail · 1 July 2026",
        "plan.docx 11 words, answers question 2",
        "“photo.bin” cannot be read.",
    ):
        assert words.replace(" · ", " ") in page.text.replace(" · ", " "), words
    after = clerk.submit(page, button="Store 2 submissions")
    assert "2 submissions are stored: LOC0001 to LOC0002." in after.text
    assert "Nothing of this batch is left to decide." in after.text
    mail = one(session, Submission, reference="LOC0002")
    assert (mail.channel, mail.publication) == (Channel.EMAIL, PublicationChoice.NOT_PUBLISHED)
    kept = session.scalars(select(Attachment).filter_by(submission_id=mail.id).order_by(Attachment.position))
    assert [each.name for each in kept] == ["mail.eml", "plan.docx"]
    with file_store().open(one(session, Attachment, name="mail.eml").sha256) as original:
        assert original.read() == MAIL
    texts = list(session.scalars(select(SourceText.body).filter_by(submission_id=mail.id)))
    assert not any("Attached document" in text for text in texts)
    assert one(session, Provenance, submission_id=mail.id).received_on.isoformat() == "2026-07-01"
    reading = clerk.get(after.link("LOC0001"))
    assert BUS in reading.text


def test_what_was_dropped_is_forgotten_once_it_is_stored(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("letter.docx", LETTER))
    run_sent_jobs()
    clerk.submit(again(clerk, page), button="Store 1 submission")
    assert count(session, BatchDocument) == 0
    file = one(session, BatchFile)
    assert (file.state, file.name, file.organisation) == (FileState.STORED, "", "")
    assert one(session, Respondent).name == "Mary Smith"
    assert one(session, Attachment).sha256 not in set(unnamed_files(session, file_store()))
    detail = one(session, AuditEvent, verb="store files").detail
    assert "Mary" not in str(detail)


def test_the_same_page_sent_twice_drops_once_and_stores_once(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    form = clerk.get(HOME)
    for _ in range(2):
        given = {"received_on": "2026-07-02", "files": [upload("letter.docx", LETTER)]}
        page = clerk.submit(form, given, button=READ)
    assert count(session, FileBatch) == 1
    run_sent_jobs()
    review = again(clerk, page)
    clerk.submit(review, button="Store 1 submission")
    refused = clerk.submit(review, button="Store 1 submission", status=409)
    assert "Nothing was done twice." in refused.text
    assert count(session, Submission) == 1


def test_a_file_that_came_before_is_left_out_until_a_clerk_takes_it_in(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("letter.docx", LETTER), ("copy of letter.docx", LETTER))
    run_sent_jobs()
    page = again(clerk, page)
    assert "1 ready to be stored" in page.text
    assert (
        "1 left out 2. copy of letter.docx The same file, byte for byte, as file 1 of this batch."
        in page.text
    )
    clerk.submit(page, button="Store 1 submission")
    later = drop(clerk, ("letter.docx", LETTER))
    run_sent_jobs()
    later = again(clerk, later)
    assert "The same file, byte for byte, came with LOC0001." in later.text
    taken = clerk.submit(later, button="Take in file 1")
    clerk.submit(taken, button="Store 1 submission")
    assert one(session, Submission, reference="LOC0002").state is SubmissionState.POSSIBLE_DUPLICATE


def test_the_same_words_in_another_file_are_noticed(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("bus.txt", BUS.encode()), received_on="2026-07-02")
    run_sent_jobs()
    page = again(clerk, page)
    assert "It does not say who sent it. Give a name or an organisation." in page.text
    settled = clerk.submit(clerk.get(page.link("1. No name given")), {"name": "Bob"}, button="Save")
    clerk.submit(settled, button="Store 1 submission")
    later = drop(clerk, ("bus.docx", docx(p(BUS))))
    run_sent_jobs()
    assert "The same words came with LOC0001." in again(clerk, later).text


def test_a_row_is_corrected_and_the_words_of_a_covering_note_are_kept_but_not_read(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("mail.eml", MAIL), ("letter.docx", LETTER))
    run_sent_jobs()
    form = clerk.get(again(clerk, page).link("1. Ann Ash"))
    assert form.h1 == "File 1 of 2: mail.eml"
    assert "Please find our evidence with this message." in form.text
    file = one(session, BatchFile, position=1)
    inside = select(BatchDocument.id).filter_by(file_id=file.id).order_by(BatchDocument.position)
    first, second, _photo = session.scalars(inside)
    question = session.scalars(select(BatchDocument.question_id).filter_by(id=second)).one()
    given = {
        "organisation": "Ash Tenants",
        "publication": "with_name",
        f"document-{first}": "kept",
        f"document-{second}": "",
    }
    assert question is not None
    wrong = clerk.submit(form, given, button="Save", status=422)
    assert "Say how you know what they agreed to." in wrong.text
    assert wrong.typed("organisation") == "Ash Tenants"
    following = clerk.submit(wrong, {"choice_known": "She wrote so."}, button="Save and go to file 2")
    assert following.h1 == "File 2 of 2: letter.docx"
    clerk.submit(clerk.get(page.path), button="Store 2 submissions")
    mail = one(session, Submission, reference="LOC0001")
    assert mail.publication is PublicationChoice.WITH_NAME
    (text,) = session.scalars(select(SourceText.body).filter_by(submission_id=mail.id))
    assert text.startswith("Question 2")
    assert one(session, Attachment, name="plan.docx").question_id is None


def test_many_files_are_stored_in_steps_by_one_press(
    session: Session, clerk: PageClient, run_sent_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_batches, "FILES_A_STEP", 2)
    page = drop(clerk, *((f"{n}.txt", f"Name: Writer {n}\n\nLetter {n}.".encode()) for n in range(4)))
    run_sent_jobs()
    after = clerk.submit(again(clerk, page), button="Store 4 submissions")
    assert "4 submissions are stored: LOC0001 to LOC0004." in after.text
    assert count(session, Submission) == count(session, Attachment) == 4
    steps = session.scalars(select(AuditEvent.detail).filter_by(verb="store files").order_by(AuditEvent.id))
    assert [step["files"] for step in steps] == [2, 2]


def test_late_files_wait_for_a_reason(
    session: Session, call: Call, clerk: PageClient, run_sent_jobs: Run
) -> None:
    call.closes_at = NOON
    session.commit()
    page = drop(clerk, ("letter.docx", LETTER), received_on="2026-07-02")
    run_sent_jobs()
    page = again(clerk, page)
    assert "It came after the call had closed. Say why it is taken." in page.text
    assert "ready to be stored" not in page.text
    form = clerk.get(page.link("1. Mary Smith, Stevenage Parish Council"))
    ready = clerk.submit(form, {"why_late": "The post was on strike."}, button="Save")
    clerk.submit(ready, button="Store 1 submission")
    assert count(session, Submission) == 1


def test_a_day_that_is_still_to_come_is_refused(session: Session, clerk: PageClient) -> None:
    page = drop(clerk, ("letter.docx", LETTER), received_on="2079-01-05", status=422)
    assert "This day is still to come." in page.text
    assert "Choose the files again" in page.text
    assert count(session, FileBatch) == 0


def test_what_cannot_be_read_says_why_and_stops_nothing_else(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("broken.pdf", SCAN), ("empty.docx", b""), ("letter.docx", LETTER))
    run_sent_jobs()
    page = again(clerk, page)
    assert "2 that cannot be read" in page.text
    assert "1. broken.pdf The document is damaged or incomplete." in page.text
    assert "2. empty.docx The file is empty." in page.text
    clerk.submit(page, button="Store 1 submission")
    assert count(session, Submission) == 1


def test_reading_goes_on_where_a_worker_stopped(
    session: Session, clerk: PageClient, run_sent_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = drop(clerk, *((f"letter {n}.txt", f"{BUS} {n}".encode()) for n in range(3)))
    read: list[int] = []
    whole = jobs.read_file

    def stops_at_the_second(file_id: int, inquiry_id: int) -> None:
        if len(read) == 1:
            raise KeyboardInterrupt
        read.append(file_id)
        whole(file_id, inquiry_id)

    monkeypatch.setattr(jobs, "read_file", stops_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run_sent_jobs()
    states = list(session.scalars(select(BatchFile.state).order_by(BatchFile.position)))
    assert states == [FileState.READ, FileState.WAITING, FileState.WAITING]
    monkeypatch.setattr(jobs, "read_file", lambda *given: (read.append(given[0]), whole(*given)))
    job = one(session, Job, name="files_dropped")
    jobs.read_files(jobs.RunningJob(job, job.lease_token or ""))
    assert len(read) == len(set(read)) == 3
    assert "3 with something missing" in again(clerk, page).text


def test_reading_that_was_given_up_is_asked_for_again(
    session: Session, clerk: PageClient, sent_jobs: list[int], run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("letter.docx", LETTER))
    sent_jobs.clear()
    job = one(session, Job, name="files_dropped")
    job.state = "failed"
    session.commit()
    stopped = again(clerk, page)
    assert "Reading stopped with 1 still to be read. Nothing is lost." in stopped.text
    clerk.submit(stopped, button="Read the rest")
    run_sent_jobs()
    assert "1 ready to be stored" in again(clerk, page).text


def test_a_batch_is_withdrawn_as_a_set_and_put_back_in_one_step(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("letter.docx", LETTER), ("mail.eml", MAIL))
    run_sent_jobs()
    stored = clerk.submit(again(clerk, page), button="Store 2 submissions")
    preview = clerk.submit(stored, button="Withdraw all of them")
    assert preview.h1 == "Move 2 submissions to: withdrawn"
    moved = clerk.submit(preview, {"why": "Dropped on the wrong call."}, button="Move 2 submissions")
    states = set(session.scalars(select(Submission.state).execution_options(populate_existing=True)))
    assert states == {SubmissionState.WITHDRAWN}
    clerk.submit(moved, button="Undo: put 2 back")
    session.expire_all()
    assert SubmissionState.WITHDRAWN not in set(session.scalars(select(Submission.state)))


def test_what_is_discarded_is_erased_and_its_bytes_are_free_to_be_swept(
    session: Session, clerk: PageClient, run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("letter.docx", LETTER))
    run_sent_jobs()
    named = one(session, BatchDocument).sha256
    assert named not in set(unnamed_files(session, file_store()))
    after = clerk.submit(again(clerk, page), button="Discard 1")
    assert "1 file is discarded." in after.text
    assert [count(session, model) for model in (FileBatch, BatchFile, BatchDocument)] == [0, 0, 0]
    assert named in set(unnamed_files(session, file_store()))


def test_an_erasure_takes_the_same_file_that_was_dropped_again_and_others_from_its_sender(
    session: Session, build: Builder, inquiry: Inquiry, clerk: PageClient, run_sent_jobs: Run
) -> None:
    page = drop(clerk, ("mail.eml", MAIL))
    run_sent_jobs()
    clerk.submit(again(clerk, page), button="Store 1 submission")
    later = message("I have more to say of the bus.", From="Ann <ANN@example.org>", Subject="More")
    drop(clerk, ("mail.eml", MAIL), ("more.eml", later), ("letter.docx", LETTER))
    run_sent_jobs()
    submission = one(session, Submission)
    scope = Scope(
        inquiry.id,
        NOON,
        submissions=frozenset({submission.id}),
        addresses=frozenset({"Ann@Example.org"}),
    )
    assert erase_dropped_files(session, replace(scope, inquiry_id=inquiry.id + 1)) == 0
    assert erase_dropped_files(session, scope) == 2
    assert erase_dropped_files(session, scope) == 0
    left = session.scalars(select(BatchFile.name).where(BatchFile.state != FileState.STORED))
    assert list(left) == ["Mary Smith"]


def test_a_drop_that_weighs_too_much_says_so_and_keeps_nothing(
    app: Flask, session: Session, clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.view_functions["file_batches.drop"], "largest_post", 20_000)
    page = drop(clerk, ("large.txt", b"word " * 20_000), status=413)
    assert page.h1 == "Too much at once"
    assert clerk.get(page.link("Drop fewer files")).h1 == "Drop files"
    assert count(session, FileBatch) == 0


def test_files_may_weigh_more_than_a_page_of_words_but_only_from_members(
    app: Flask, session: Session, clerk: PageClient, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100_000)
    heavy = ("heavy.txt", b"Heavy words. " * 20_000)
    drop(clerk, heavy)
    assert count(session, FileBatch) == 1
    forget_last_request()
    stranger = client.http.post(HOME, data={"files": [upload(*heavy)]})
    assert stranger.status_code == 413


@pytest.mark.parametrize(
    ("files", "words"),
    [((), "Choose at least one file."), ((("", b""),), "Choose at least one file.")],
)
def test_a_drop_without_files_is_refused(
    clerk: PageClient, files: tuple[tuple[str, bytes], ...], words: str
) -> None:
    assert words in drop(clerk, *files, status=422).text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("letter.docx", "letter.docx"),
        ("C:\\Users\\Clare\\letter.docx", "letter.docx"),
        ("../../etc/letter.docx", "letter.docx"),
        ("let\x07ter\u202e.docx", "let ter .docx"),
        ("folder/", "unnamed"),
    ],
)
def test_a_name_of_a_file_is_shown_without_folders_or_signs_that_mislead(given: str, shown: str) -> None:
    assert plain_name(upload(given, b"")) == shown


def test_a_batch_of_another_inquiry_is_not_there(
    session: Session, build: Builder, clerk: PageClient, client_of: Clients
) -> None:
    page = drop(clerk, ("letter.docx", LETTER))
    other = client_of(build.member(build.inquiry(slug="other"), Role.CLERK))
    session.commit()
    assert other.get(page.path.replace("localism", "other"), status=404)


def test_a_page_of_many_files_is_read_by_as_many_statements_as_one(
    session: Session, build: Builder, inquiry: Inquiry, clerk: PageClient, run_sent_jobs: Run
) -> None:
    def statements(batch_id: int) -> int:
        seen: list[str] = []
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
        session.expire_all()
        file_batch(session, inquiry.id, batch_id)
        return len(seen)

    drop(clerk, ("a.txt", b"one letter only"))
    drop(clerk, *((f"{n}.txt", f"letter {n}".encode()) for n in range(9)))
    run_sent_jobs()
    small, large = session.scalars(select(FileBatch.id).order_by(FileBatch.id))
    assert statements(large) == statements(small)
