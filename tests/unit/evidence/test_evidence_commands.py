"""`evidence import`: what is stored, what is said, and how it ends."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry, RespondentType
from consult.calls.rules import QuestionKind
from consult.evidence.models import Respondent, SourceText, Submission
from consult.evidence.queries import submission_by_reference
from consult.evidence.rules import Channel, PublicationChoice
from consult.foundation.audit import AuditEvent, first_break
from consult.foundation.jobs.models import Job
from tests.builders import Builder

UNITS = "unit_id,doc_id,text,respondent_type_or_source\n"


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="localism")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    call = build.call(inquiry, slug="call")
    build.question(call, QuestionKind.NUMBER, number=1)
    build.question(call, number=2, prompt="What stops you?")
    build.question(call, number=3)
    return call


@pytest.fixture
def run(app: Flask, session: Session, call: Call, sent_jobs: list[int]) -> "Run":
    return Run(app, session)


class Run:
    """Runs the command on an inquiry “localism” with a call “call”."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app = app
        self.session = session

    def __call__(self, path: Path, *more: str, inquiry: str = "localism", call: str = "call") -> Result:
        given = ["evidence", "import", str(path), "--inquiry", inquiry, "--call", call, *more]
        self.session.commit()  # transaction() begins by dropping what is not
        return self.app.test_cli_runner().invoke(args=given)


def written(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "units.csv"
    path.write_text(UNITS + rows, encoding="utf-8")
    return path


def stored(session: Session) -> int:
    return session.scalar(select(func.count(Submission.id))) or 0


def test_documents_become_submissions_that_answer_the_first_free_text_question(
    session: Session, inquiry: Inquiry, run: Run, tmp_path: Path
) -> None:
    result = run(written(tmp_path, "u1,d1,One.,Council\nu2,d1,Two.,Council\nu3,d2,Three.,\n"))
    assert result.exit_code == 0, result.stderr
    assert "Stored 2 submissions, LOC0001 to LOC0002." in result.stdout
    read = submission_by_reference(session, inquiry.id, "LOC0001")
    assert [answer.question.prompt for answer in read.answers] == ["What stops you?"]
    assert [text.body for text in read.texts] == ["One.\n\nTwo."]
    assert (read.channel, read.respondent_type) == (Channel.IMPORTED, "Council")


def test_imported_evidence_is_not_published_and_the_output_says_so(
    session: Session, run: Run, tmp_path: Path
) -> None:
    result = run(written(tmp_path, "u1,d1,One.,\n"))
    assert session.scalars(select(Submission.publication)).all() == [PublicationChoice.NOT_PUBLISHED]
    assert "not published, for a file does not tell" in result.stdout


def test_what_all_writers_agreed_to_can_be_told_to_the_import(
    session: Session, run: Run, tmp_path: Path
) -> None:
    result = run(written(tmp_path, "u1,d1,One.,\n"), "--publication", "without_name")
    assert session.scalars(select(Submission.publication)).all() == [PublicationChoice.WITHOUT_NAME]
    assert "may be published without name" in result.stdout


def test_second_import_changes_nothing(session: Session, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, "u1,d1,One.,Council\nu2,d2,Two.,\n")
    run(path)
    events = session.scalar(select(func.count(AuditEvent.id)))
    again = run(path)
    assert (again.exit_code, stored(session)) == (0, 2)
    assert "New: 0. Already there: 2." in again.stdout
    assert session.scalar(select(func.count(AuditEvent.id))) == events


def test_import_that_was_broken_off_goes_on(session: Session, run: Run, tmp_path: Path) -> None:
    run(written(tmp_path, "u1,d1,One.,\n"))
    result = run(written(tmp_path, "u1,d1,One.,\nu2,d2,Two.,\n"))
    assert "Stored 1 submission, LOC0002." in result.stdout
    assert stored(session) == 2


def test_changed_words_under_a_known_key_are_reported_and_not_taken(
    session: Session, run: Run, tmp_path: Path
) -> None:
    run(written(tmp_path, "u1,d1,One.,\n"))
    result = run(written(tmp_path, "u1,d1,Changed.,\n"))
    assert result.exit_code == 0
    assert "d1: was imported before with other words" in result.stderr
    assert session.scalars(select(SourceText.body)).all() == ["One."]


def test_dry_run_tells_everything_and_stores_nothing(session: Session, run: Run, tmp_path: Path) -> None:
    result = run(written(tmp_path, "u1,d1,One two.,Council\n"), "--dry-run")
    assert result.exit_code == 0
    assert "Read 1 submission with 2 words" in result.stdout
    assert "New respondent types: Council." in result.stdout
    assert "Dry run: nothing was stored." in result.stdout
    assert stored(session) == 0
    assert session.scalar(select(func.count(RespondentType.id))) == 0


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_faults_end_with_two_and_store_nothing(
    session: Session, run: Run, tmp_path: Path, dry: list[str]
) -> None:
    result = run(written(tmp_path, "u1,d1,One.,\nu1,d2,Two.,\nu3,,Three.,\n"), *dry)
    assert result.exit_code == 2
    assert sorted(result.stderr.splitlines()) == [
        "Error: nothing was stored. Put right what is listed above (2) and run it again.",
        "units.csv, row 3: unit_id “u1” is already in row 2.",
        "units.csv, row 4: has no doc_id.",
    ]
    assert result.stdout == ""
    assert stored(session) == 0


def test_respondent_types_are_found_by_name_or_address_and_made_when_missing(
    session: Session, build: Builder, inquiry: Inquiry, run: Run, tmp_path: Path
) -> None:
    build.respondent_type(inquiry, name="Local government", slug="local_government", position=1)
    build.respondent_type(build.inquiry(), name="Charity", slug="charity")
    named = ["local_government", "LOCAL GOVERNMENT", "Charity", "Charity!"]
    rows = [f"u{number},d{number},Words.,{name}\n" for number, name in enumerate(named)]
    result = run(written(tmp_path, "".join(rows)))
    assert "New respondent types: Charity; Charity!." in result.stdout
    types = session.execute(
        select(Submission.reference, RespondentType.name, RespondentType.slug)
        .join(RespondentType, RespondentType.id == Submission.respondent_type_id)
        .order_by(Submission.id)
    ).all()
    assert types == [
        ("LOC0001", "Local government", "local_government"),
        ("LOC0002", "Local government", "local_government"),
        ("LOC0003", "Charity", "charity"),
        ("LOC0004", "Charity!", "charity-2"),
    ]


def test_whole_import_asks_for_passages_once(
    session: Session, inquiry: Inquiry, run: Run, tmp_path: Path, sent_jobs: list[int]
) -> None:
    run(written(tmp_path, "".join(f"u{n},d{n},Text {n}.,\n" for n in range(1100))))
    assert stored(session) == 1100
    assert len(session.scalars(select(Job).where(Job.inquiry_id == inquiry.id)).all()) == 1
    assert len(sent_jobs) == 1
    assert first_break(session, inquiry.id) is None


def test_folder_is_imported_with_its_organisations(session: Session, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Words.")
    (tmp_path / "metadata.csv").write_text(
        "file,title,organisation,respondent_type\na.txt,Letter,Harbour Trust,charity\n"
    )
    assert run(tmp_path).exit_code == 0
    assert session.scalars(select(Respondent.organisation)).all() == ["Harbour Trust"]
    assert session.execute(select(Submission.title, Submission.external_key)).all() == [("Letter", "a.txt")]


def test_unknown_inquiry_is_bad_input(run: Run, tmp_path: Path) -> None:
    result = run(written(tmp_path, "u1,d1,One.,\n"), inquiry="nowhere")
    assert (result.exit_code, result.stderr) == (2, "Error: There is no inquiry “nowhere”.\n")


def test_unknown_call_is_bad_input(run: Run, tmp_path: Path) -> None:
    result = run(written(tmp_path, "u1,d1,One.,\n"), call="nowhere")
    assert result.exit_code == 2
    assert "no such call" in result.stderr


def test_call_without_a_free_text_question_is_bad_input(
    session: Session, build: Builder, inquiry: Inquiry, run: Run, tmp_path: Path
) -> None:
    build.question(build.call(inquiry, slug="closed"), QuestionKind.SCALE)
    result = run(written(tmp_path, "u1,d1,One.,\n"), call="closed")
    assert result.exit_code == 2
    assert "no free-text question" in result.stderr


def test_missing_path_is_bad_input(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "no such file or folder" in result.stderr


def test_real_evidence_is_imported_word_for_word(session: Session, run: Run, shared_data: Path) -> None:
    assert run(shared_data / "evidence_texts").exit_code == 0
    texts = select(Submission.external_key, SourceText.body).join(
        SourceText, SourceText.submission_id == Submission.id
    )
    bodies = dict(session.execute(texts).all())
    files = sorted((shared_data / "evidence_texts").glob("*.txt"))
    assert bodies == {file.name: file.read_bytes().decode("utf-8-sig") for file in files}


def test_real_units_are_imported_by_document(session: Session, run: Run, shared_data: Path) -> None:
    assert run(shared_data / "nhs_fft_neas" / "units.csv").exit_code == 0
    assert stored(session) == 2955
