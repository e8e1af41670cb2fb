"""`evidence import FOLDER`: documents become submissions, once, and what cannot be read is named."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Question
from consult.evidence.commands_documents import hash_of
from consult.evidence.models import Respondent, SourceText, Submission
from consult.evidence.models_documents import Attachment
from consult.evidence.rules import Channel, SubmissionState
from consult.foundation.clock import now
from consult.foundation.files import file_store
from tests import documents
from tests.builders import Builder

LETTER = "Question 2\n\nThe bus no longer comes to our village on a Sunday."


@pytest.fixture
def call(build: Builder) -> Call:
    call = build.call(build.inquiry(slug="localism"), slug="call")
    build.question(call, number=1)
    build.question(call, number=2)
    return call


@pytest.fixture
def run(app: Flask, session: Session, call: Call, sent_jobs: list[int]) -> "Run":
    return Run(app, session)


class Run:
    """Runs the command on an inquiry “localism” with a call “call”."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app = app
        self.session = session

    def __call__(self, path: Path, *more: str) -> Result:
        self.session.commit()  # transaction() begins by dropping what is not
        given = ["evidence", "import", str(path), "--inquiry", "localism", "--call", "call", *more]
        return self.app.test_cli_runner().invoke(args=given)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "received"
    (folder / "week 1").mkdir(parents=True)
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    (folder / "week 1" / "mail.eml").write_bytes(
        documents.message(
            "Please read what I attach.",
            {"paper.docx": documents.docx(documents.p("We ask for a bus."))},
            From="Ann Doe <ann@example.org>",
        )
    )
    (folder / ".hidden.txt").write_text("Not for you.", encoding="utf-8")
    return folder


def test_each_document_becomes_a_submission_that_keeps_the_file(
    run: Run, folder: Path, session: Session
) -> None:
    result = run(folder)
    assert result.exit_code == 0, result.output
    assert "Stored 2 submissions" in result.output
    letter = session.scalars(select(Submission).filter_by(external_key="file letter.txt")).one()
    assert (letter.channel, letter.title) == (Channel.IMPORTED, "letter")
    attachment = session.scalars(select(Attachment).filter_by(submission_id=letter.id)).one()
    with file_store().open(attachment.sha256) as kept:
        assert kept.read() == (folder / "letter.txt").read_bytes()
    text = session.scalars(select(SourceText).filter_by(attachment_id=attachment.id)).one()
    assert "The bus no longer comes" in text.body


def test_a_heading_that_names_a_question_puts_the_document_to_it(
    run: Run, folder: Path, session: Session, call: Call
) -> None:
    run(folder)
    attachment = session.scalars(select(Attachment).filter_by(name="letter.txt")).one()
    second = session.scalars(select(Question.id).filter_by(call_id=call.id, number=2)).one()
    assert attachment.question_id == second


def test_a_message_is_one_submission_with_its_sender_and_what_it_encloses(
    run: Run, folder: Path, session: Session
) -> None:
    run(folder)
    mail = session.scalars(select(Submission).filter_by(external_key="file week 1/mail.eml")).one()
    sender = session.get_one(Respondent, mail.respondent_id)
    assert (sender.name, sender.email) == ("Ann Doe", "ann@example.org")
    names = session.scalars(
        select(Attachment.name).filter_by(submission_id=mail.id).order_by(Attachment.position)
    )
    assert names.all() == ["mail.eml", "paper.docx"]


def test_a_second_import_changes_nothing_and_a_new_file_is_added(
    run: Run, folder: Path, session: Session
) -> None:
    run(folder)
    assert "New: 0. Already there: 2." in run(folder).output
    (folder / "late.md").write_text("We ask for a train.", encoding="utf-8")
    (folder / "letter.txt").write_text("Other words.", encoding="utf-8")
    again = run(folder)
    assert "New: 1. Already there: 1." in again.output
    assert "file letter.txt: was imported before as another file, which is kept" in again.stderr
    assert len(session.scalars(select(Submission.id)).all()) == 3


def test_what_cannot_be_read_is_named_and_the_rest_is_stored(
    run: Run, folder: Path, session: Session
) -> None:
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 and then nothing of use")
    result = run(folder)
    assert result.exit_code == 0
    assert "Left out:" in result.stderr
    assert "broken.docx" in result.stderr
    assert "Stored 2 submissions" in result.output
    assert "Refused: 1." in result.output
    again = run(folder)
    assert (again.exit_code, "Nothing new was stored. Refused: 1." in again.output) == (0, True)


def test_a_folder_without_one_readable_file_is_bad_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 and then nothing of use")
    assert run(tmp_path).exit_code == 2


def test_an_empty_folder_is_bad_input(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path)
    assert (result.exit_code, "holds no files to import" in result.stderr) == (2, True)


def test_a_trial_stores_neither_submissions_nor_files(run: Run, folder: Path, session: Session) -> None:
    (folder / "letter.txt").write_text(LETTER + " A trial only.", encoding="utf-8")
    result = run(folder, "--dry-run")
    assert "Could be read: 2. Refused: 0. Dry run: nothing was stored." in result.output
    assert session.scalars(select(Submission.id)).all() == []
    assert not file_store().has(hash_of(folder / "letter.txt"))


def test_what_came_after_the_call_closed_needs_a_reason(run: Run, folder: Path, call: Call) -> None:
    call.closes_at = now() - timedelta(days=2)
    result = run(folder)
    assert result.exit_code == 2
    assert "Say why it is taken: --why-late" in result.stderr
    assert run(folder, "--why-late", "The post was late.").exit_code == 0


def test_one_document_alone_can_be_given(run: Run, folder: Path, session: Session) -> None:
    assert run(folder / "letter.txt").exit_code == 0
    assert session.scalars(select(Submission.state)).all() == [SubmissionState.NEW]
