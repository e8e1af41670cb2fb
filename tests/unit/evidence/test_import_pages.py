"""Importing a spreadsheet on the pages: given, columns settled, checked, stored."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry, Option
from consult.calls.rules import QuestionKind
from consult.evidence import jobs_imports as jobs
from consult.evidence.models import Answer, Submission
from consult.evidence.models_desk import Mark, Provenance
from consult.evidence.models_imports import ImportProblem, SpreadsheetImport
from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.evidence.rules_desk import MarkKind
from consult.evidence.rules_imports import ImportState
from consult.evidence.service.imports import KEPT, forget_old_imports
from consult.foundation.file_keeping import ERASED
from consult.foundation.files import file_store
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName, JobState
from consult.foundation.jobs.worker import run_job
from consult.foundation.security import Role
from consult.foundation.stores import Scope, reaching
from tests.builders import NOON, Builder
from tests.page import Page, PageClient

Clients = Callable[[User], PageClient]
HOME = "/inquiries/localism/imports"
HEADINGS = ["Response ID", "Submitted Date", "Name", "Why?", "How much?", "Anything else"]
ROWS = [
    ["A-1", "2026-07-03 14:05", "Wenna", "Nobody answers.", "A little", "Odd words"],
    ["A-2", "2026-07-03 15:05", "Jo", "The bus.", "None", ""],
]
OURS = {JobName.SPREADSHEET_GIVEN, JobName.SPREADSHEET_SETTLED}
WRONG = ["A-3", "soon", "Max", "Because.", "Maybe", ""]


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="localism", title="Localism")


@pytest.fixture
def call(session: Session, build: Builder, inquiry: Inquiry) -> Call:
    call = build.call(inquiry, slug="call", title="Call for evidence")
    build.question(call, number=1, slug="why", prompt="Why?")
    question = build.question(call, QuestionKind.SINGLE, number=2, slug="much", prompt="How much?")
    for position, wording in enumerate(("A lot", "A little", "None"), 1):
        build.add(Option(question_id=question.id, position=position, wording=wording))
    session.commit()
    return call


@pytest.fixture
def clerk(build: Builder, inquiry: Inquiry, call: Call, client_of: Clients) -> PageClient:
    user = build.member(inquiry, Role.CLERK, name="Clare Clerk")
    build.session.commit()
    return client_of(user)


@pytest.fixture
def work(session: Session, sent_jobs: list[int]) -> Callable[[], None]:
    """Do what has been asked for of spreadsheets, as a worker would."""

    def do() -> None:
        while sent_jobs:
            job_id = sent_jobs.pop(0)
            if session.get_one(Job, job_id).name in OURS:
                run_job(job_id)

    return do


def as_csv(*rows: list[str], headings: list[str] | None = None) -> tuple[io.BytesIO, str]:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([headings or HEADINGS, *rows])
    return io.BytesIO(file.getvalue().encode()), "answers.csv"


def given(clerk: PageClient, file: tuple[io.BytesIO, str]) -> Page:
    """Give a file and return the page of its columns."""
    return clerk.submit(clerk.get(HOME), {"file": file}, button="Continue")


def checked_page(clerk: PageClient, work: Callable[[], None], *rows: list[str], **changes: Any) -> Page:
    """Give rows, take the columns as proposed, and return the page of what was found."""
    after = clerk.submit(given(clerk, as_csv(*rows)), changes, button="Check every row")
    work()
    return clerk.get(after.path)


def how_many(session: Session, model: Any = Submission) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def the_import(session: Session) -> SpreadsheetImport:
    session.expire_all()
    return session.scalars(select(SpreadsheetImport)).one()


def test_a_spreadsheet_goes_from_file_to_inbox(
    session: Session, clerk: PageClient, work: Callable[[], None]
) -> None:
    columns = given(clerk, as_csv(*ROWS))
    assert columns.h1 == "Columns of answers.csv"
    assert "Citizen Space" in columns.text
    assert "Nobody answers." in columns.text
    waiting = clerk.submit(columns, button="Check every row")
    assert waiting.h1 == "Checking answers.csv"
    assert waiting.all("div", id="import")[0].get("data-poll")
    assert how_many(session) == 0
    work()
    checked = clerk.get(waiting.path)
    assert checked.h1 == "Checked: answers.csv"
    # Without it the script that waits would wait for ever.
    assert checked.all("div", id="import")[0].get("data-poll") is None
    assert "New: to be stored 2" in checked.text
    assert how_many(session) == 0
    storing = clerk.submit(checked, button="Store 2 submissions")
    assert storing.h1 == "Storing answers.csv"
    work()
    done = clerk.get(storing.path)
    assert done.h1 == "2 submissions stored from answers.csv"
    inbox = clerk.get(done.link("Look at them in the inbox"))
    assert "Wenna" in inbox.text
    assert "2 new of what was asked for" in inbox.text
    assert how_many(session, Answer) == 4
    first = session.scalars(select(Submission).order_by(Submission.id)).first()
    assert first
    assert first.publication is PublicationChoice.NOT_PUBLISHED
    assert session.scalars(select(Provenance.import_id)).all() == [the_import(session).id] * 2


def test_a_workbook_is_taken_as_well(session: Session, clerk: PageClient, work: Callable[[], None]) -> None:
    book = openpyxl.Workbook()
    for row in (HEADINGS, *ROWS):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    book.close()
    file.seek(0)
    after = clerk.submit(given(clerk, (file, "answers.xlsx")), button="Check every row")
    work()
    clerk.submit(clerk.get(after.path), button="Store 2 submissions")
    work()
    assert how_many(session) == 2


def test_only_what_the_inbox_is_narrowed_to_came_in_that_spreadsheet(
    build: Builder, session: Session, call: Call, clerk: PageClient, work: Callable[[], None]
) -> None:
    build.submission(call, "Sent on the web.", name="Somebody Else")
    session.commit()
    clerk.submit(checked_page(clerk, work, *ROWS), button="Store 2 submissions")
    work()
    page = clerk.get(f"/inquiries/localism/inbox?state=new&spreadsheet={the_import(session).id}")
    assert "Wenna" in page.text
    assert "Somebody Else" not in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0old", "old Excel workbook"),
        (b"PK\x03\x04broken", "damaged or cut off"),
        (b"\n1,2", "The first row is empty"),
    ],
)
def test_what_cannot_be_read_is_refused_at_once_with_what_to_do(
    session: Session, clerk: PageClient, content: bytes, words: str
) -> None:
    page = clerk.submit(
        clerk.get(HOME), {"file": (io.BytesIO(content), "a.xlsx")}, button="Continue", status=422
    )
    assert words in page.text
    assert page.all("a", href="#file")
    assert how_many(session, SpreadsheetImport) == 0


def test_no_file_at_all_is_asked_for(clerk: PageClient) -> None:
    page = clerk.submit(clerk.get(HOME), {"file": (io.BytesIO(b""), "")}, button="Continue", status=422)
    assert "Choose a spreadsheet." in page.text


def test_columns_without_a_question_are_refused_and_keep_what_was_chosen(clerk: PageClient) -> None:
    page = given(clerk, as_csv(*ROWS))
    after = clerk.submit(page, {"c3": "", "c4": "", "c5": "TITLE"}, button="Check every row", status=422)
    assert "No column answers a question of this call." in after.text
    assert after.all("a", href="#c0")
    assert chosen(after, "c5") == "TITLE"


def test_two_columns_for_one_thing_are_refused_at_the_second(clerk: PageClient) -> None:
    page = given(clerk, as_csv(*ROWS))
    after = clerk.submit(page, {"c5": "NAME"}, button="Check every row", status=422)
    assert "Another column (C) is used for the same." in after.text
    assert after.all("a", href="#c5")


def chosen(page: Page, name: str) -> str:
    options = [each for each in page.field(name).iter("option") if each.get("selected") is not None]
    return options[0].get("value", "") if options else ""


def test_what_was_settled_is_remembered_for_the_next_file_with_the_same_headings(
    clerk: PageClient, work: Callable[[], None]
) -> None:
    checked_page(clerk, work, *ROWS, c5="TITLE")
    again = given(clerk, as_csv(["B-1", "2026-07-04", "", "More.", "", ""]))
    assert chosen(again, "c5") == "TITLE"


def test_every_problem_is_listed_by_row_and_given_as_a_file(
    session: Session, clerk: PageClient, work: Callable[[], None]
) -> None:
    page = checked_page(clerk, work, *ROWS, WRONG)
    assert "2 problems" in page.text
    file = clerk.http.get(f"{page.path}/problems.csv")
    lines = list(csv.reader(io.StringIO(file.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [line[:2] for line in lines] == [["row", "column"], ["4", "B"], ["4", "E"]]
    assert "“Maybe” is none of the options" in lines[2][2]
    assert how_many(session) == 0


def test_problems_are_shown_some_a_page(clerk: PageClient, work: Callable[[], None]) -> None:
    wrong = [[f"B-{number}", "soon", "", "Why not.", "", ""] for number in range(60)]
    page = checked_page(clerk, work, *wrong)
    assert len(page.all("tr")) == 51
    later = clerk.get(page.link("Later rows"))
    assert len(later.all("tr")) == 11
    assert later.link("Earlier rows")


def test_rows_with_problems_are_left_out_only_where_that_was_ticked(
    session: Session, clerk: PageClient, work: Callable[[], None]
) -> None:
    page = checked_page(clerk, work, *ROWS, WRONG)
    refused = clerk.submit(page, button="Store 2 submissions", status=422)
    assert "tick that those rows are left out" in refused.text
    after = clerk.submit(refused, {"leave_out": "y"}, button="Store 2 submissions")
    work()
    assert how_many(session) == 2
    assert "2 problems in rows that were left out" in clerk.get(after.path).text


def test_late_responses_are_stored_with_a_reason_only(
    session: Session, call: Call, clerk: PageClient, work: Callable[[], None]
) -> None:
    call.closes_at = NOON - timedelta(days=1)
    session.commit()
    page = checked_page(clerk, work, *ROWS)
    refused = clerk.submit(page, button="Store 2 submissions", status=422)
    assert "Say why responses are taken" in refused.text
    clerk.submit(refused, {"why_late": "Their site closed later."}, button="Store 2 submissions")
    work()
    marks = session.scalars(select(Mark)).all()
    assert [(mark.kind, mark.note) for mark in marks] == [(MarkKind.LATE, "Their site closed later.")] * 2


def test_the_same_file_again_has_nothing_new_and_a_mended_one_adds_what_was_left_out(
    session: Session, clerk: PageClient, work: Callable[[], None]
) -> None:
    page = checked_page(clerk, work, *ROWS, WRONG)
    clerk.submit(page, {"leave_out": "y"}, button="Store 2 submissions")
    work()
    assert "There is nothing new to store" in checked_page(clerk, work, *ROWS).text
    mended = ["A-3", "2026-07-05", "Max", "Because.", "A lot", ""]
    again = checked_page(clerk, work, *ROWS, mended)
    assert "Stored before, left as they are 2" in again.text
    clerk.submit(again, button="Store 1 submission")
    work()
    assert how_many(session) == 3


def test_a_file_given_twice_before_it_is_stored_is_one_import(session: Session, clerk: PageClient) -> None:
    assert given(clerk, as_csv(*ROWS)).path == given(clerk, as_csv(*ROWS)).path
    assert how_many(session, SpreadsheetImport) == 1


def test_a_job_that_was_broken_off_goes_on_after_the_last_row_stored(
    session: Session,
    clerk: PageClient,
    work: Callable[[], None],
    sent_jobs: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "ROWS_AT_ONCE", 3)
    rows = [[f"A-{number}", "2026-07-03", "", f"Reason {number}.", "", ""] for number in range(10)]
    page = checked_page(clerk, work, *rows)
    stopped_after(monkeypatch, batches=2)
    clerk.submit(page, button="Store 10 submissions")
    (job_id,) = sent_jobs
    work()
    assert (how_many(session), the_import(session).row_done) == (6, 7)
    monkeypatch.undo()
    run_job(job_id)
    references = session.scalars(select(Submission.external_key).order_by(Submission.id)).all()
    assert references == [f"citizen_space A-{number}" for number in range(10)]
    assert the_import(session).state is ImportState.DONE


def stopped_after(monkeypatch: pytest.MonkeyPatch, *, batches: int) -> None:
    real, count = jobs.imports.store_rows, iter(range(batches))

    def store(*args: Any, **values: Any) -> bool:
        if next(count, None) is None:
            raise ConnectionError("the worker was stopped here")
        return real(*args, **values)

    monkeypatch.setattr(jobs.imports, "store_rows", store)


def test_an_import_that_has_stopped_for_good_goes_on_by_a_button(
    session: Session, clerk: PageClient, work: Callable[[], None], sent_jobs: list[int]
) -> None:
    page = checked_page(clerk, work, *ROWS)
    clerk.submit(page, button="Store 2 submissions")
    session.get_one(Job, sent_jobs.pop()).state = JobState.FAILED
    session.commit()
    stopped = clerk.get(page.path)
    assert stopped.h1 == "Stopped: answers.csv"
    clerk.submit(stopped, button="Go on")
    work()
    assert how_many(session) == 2


def test_pressing_store_twice_stores_once(
    session: Session, clerk: PageClient, work: Callable[[], None]
) -> None:
    page = checked_page(clerk, work, *ROWS)
    clerk.submit(page, button="Store 2 submissions")
    clerk.submit(page, button="Store 2 submissions", status=409)
    work()
    assert how_many(session) == 2


def test_a_stored_import_is_taken_back_by_a_batch_that_can_be_undone(
    session: Session, clerk: PageClient, work: Callable[[], None]
) -> None:
    done = clerk.submit(checked_page(clerk, work, *ROWS), button="Store 2 submissions")
    work()
    done_before = clerk.get(done.path)
    preview = clerk.submit(done_before, button="Take it back")
    assert "2" in preview.h1
    moved = clerk.submit(preview, {"why": "The wrong file."}, with_field="why")
    assert states(session) == {SubmissionState.OUT_OF_SCOPE}
    told = "Taken back: all of it is out of scope or withdrawn"
    assert told in clerk.get(list_of(done)).text
    assert "It was taken back" in clerk.get(done.path).text
    again = clerk.submit(done_before, button="Take it back")
    assert "is out of scope or withdrawn already" in again.text
    clerk.submit(moved, button="Undo: put 2 back")
    assert states(session) == {SubmissionState.NEW}
    assert told not in clerk.get(list_of(done)).text
    assert "Stored" in clerk.get(list_of(done)).text


def list_of(shown: Page) -> str:
    return shown.path.rpartition("/")[0]


def states(session: Session) -> set[SubmissionState]:
    session.expire_all()
    return set(session.scalars(select(Submission.state)))


def test_the_file_is_let_go_once_its_responses_are_stored(
    session: Session, clerk: PageClient, work: Callable[[], None]
) -> None:
    page = checked_page(clerk, work, *ROWS)
    assert file_store().has(the_import(session).kept_sha256)
    clerk.submit(page, button="Store 2 submissions")
    work()
    assert the_import(session).kept_sha256 == ERASED


def test_after_thirty_days_what_was_never_stored_is_forgotten(
    session: Session, clerk: PageClient, work: Callable[[], None]
) -> None:
    checked_page(clerk, work, *ROWS, WRONG)
    begun = the_import(session).begun_at
    assert forget_old_imports(session, at=begun + KEPT - timedelta(minutes=1)) == 0
    assert forget_old_imports(session, at=begun + KEPT + timedelta(minutes=1)) == 1
    assert how_many(session, ImportProblem) == 0


def test_larger_files_than_other_posts_are_taken_from_members_only(
    app: Flask, clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1_000)
    long = ["A-1", "", "", "words " * 1_000, "", ""]
    assert given(clerk, as_csv(long)).h1 == "Columns of answers.csv"
    assert app.test_client().post(HOME, data={"file": as_csv(long)}).status_code == 413


def test_a_spreadsheet_that_is_too_large_says_so_and_is_not_kept(
    app: Flask, session: Session, clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.view_functions["imports.give"], "largest_post", 10_000)
    answer = clerk.http.post(HOME, data={"file": as_csv(["A-1", "", "", "words " * 5_000, "", ""])})
    assert answer.status_code == 413
    assert "That spreadsheet is too large" in answer.text
    assert how_many(session, SpreadsheetImport) == 0


def test_an_erasure_leaves_no_words_in_the_problems_of_its_inquiry(
    session: Session, call: Call, clerk: PageClient, work: Callable[[], None]
) -> None:
    checked_page(clerk, work, *ROWS, WRONG)
    reach = reaching(rows_gone=False)["Problems listed of spreadsheets"]
    assert reach(session, Scope(call.inquiry_id + 1, NOON)) == 0
    assert reach(session, Scope(call.inquiry_id, NOON)) == 2
    assert how_many(session, ImportProblem) == 0
