"""Importing another platform's spreadsheet by command."""

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Option
from consult.calls.rules import QuestionKind
from consult.evidence.models import Answer, AnswerChoice, Submission
from consult.evidence.rules import Channel, PublicationChoice
from tests.builders import NOON, Builder

HEADINGS = ["Response ID", "Submitted Date", "Name", "Organisation", "Respondent type", "Why?", "How much?"]
ROWS = [
    ["A-1", "2026-07-03 14:05", "Wenna", "Harbour Trust", "Charity", "Nobody answers.", "A little"],
    ["A-2", "2026-07-03 15:05", "", "", "", "The bus.", "None"],
]
Run = Callable[..., Result]


@pytest.fixture
def call(session: Session, build: Builder) -> Call:
    inquiry = build.inquiry(slug="localism")
    call = build.call(inquiry, slug="call")
    build.question(call, prompt="Why?")
    question = build.question(call, QuestionKind.SINGLE, prompt="How much?")
    for position, wording in enumerate(("A lot", "A little", "None"), 1):
        build.add(Option(question_id=question.id, position=position, wording=wording))
    session.commit()
    return call


@pytest.fixture
def run(app: Flask, session: Session, call: Call, sent_jobs: list[int]) -> Run:
    def invoke(path: Path, *more: str, command: str = "import") -> Result:
        words = ["evidence", command, str(path), "--inquiry", "localism", "--call", "call", *more]
        return app.test_cli_runner().invoke(args=words)

    return invoke


def saved(tmp_path: Path, rows: list[list[str]], name: str = "answers.csv") -> Path:
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return path


def how_many(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Submission)) or 0


def test_dry_run_says_how_the_file_is_understood_and_stores_nothing(
    run: Run, session: Session, tmp_path: Path
) -> None:
    result = run(saved(tmp_path, ROWS), "--dry-run")
    assert result.exit_code == 0, result.stderr
    assert "Citizen Space, CSV, UTF-8, parted by commas." in result.output
    assert "Read 2 rows. New: 2. Already there: 0." in result.output
    assert "New respondent types: Charity." in result.output
    assert how_many(session) == 0


def test_import_stores_answers_choices_and_where_they_came_from(
    run: Run, session: Session, tmp_path: Path
) -> None:
    assert run(saved(tmp_path, ROWS)).exit_code == 0
    first = session.scalars(select(Submission).order_by(Submission.id)).first()
    assert first is not None
    assert (first.channel, first.publication) == (Channel.IMPORTED, PublicationChoice.NOT_PUBLISHED)
    assert first.external_key == "citizen_space A-1"
    assert session.scalar(select(func.count()).select_from(Answer)) == 4
    assert session.scalar(select(func.count()).select_from(AnswerChoice)) == 2


def test_second_import_changes_nothing_and_a_longer_file_adds_what_is_new(
    run: Run, session: Session, tmp_path: Path
) -> None:
    run(saved(tmp_path, ROWS))
    assert "New: 0. Already there: 2." in run(saved(tmp_path, ROWS)).output
    longer = [*ROWS, ["A-3", "2026-07-04 15:05", "", "", "", "Late train.", "A lot"]]
    assert "Stored 1 submission." in run(saved(tmp_path, longer)).output
    assert how_many(session) == 3


def test_every_wrong_cell_is_listed_by_row_and_nothing_is_stored(
    run: Run, session: Session, tmp_path: Path
) -> None:
    wrong = [["B-1", "soon", "", "", "", "Words.", "Maybe"], ["B-2", "", "", "", "", "Words.", "Never"]]
    result = run(saved(tmp_path, [*ROWS, *wrong]))
    assert result.exit_code == 2
    for line in ("Row 4, column B: “soon”", "Row 4, column G: “Maybe”", "Row 5, column G: “Never”"):
        assert line in result.stderr
    assert how_many(session) == 0


def test_rows_with_problems_are_left_out_when_asked(run: Run, session: Session, tmp_path: Path) -> None:
    wrong = ["B-1", "", "", "", "", "Words.", "Maybe"]
    result = run(saved(tmp_path, [*ROWS, wrong]), "--leave-out-problems")
    assert result.exit_code == 0
    assert "Left out: row 4, column G: “Maybe”" in result.stderr
    assert how_many(session) == 2


def test_columns_are_settled_in_a_file_and_remembered(run: Run, session: Session, tmp_path: Path) -> None:
    path, out = saved(tmp_path, ROWS), tmp_path / "columns.csv"
    assert run(path, "--out", str(out), command="columns").exit_code == 0
    settled = out.read_text("utf-8-sig").replace("D,Organisation,organisation", "D,Organisation,title")
    out.write_text(settled, encoding="utf-8")
    assert run(path, "--columns", str(out)).exit_code == 0
    first = session.scalars(select(Submission).order_by(Submission.id)).first()
    assert first is not None
    assert first.title == "Harbour Trust"
    again = run(saved(tmp_path, [*ROWS, ["A-9", "", "", "Trust", "", "More.", ""]]), "--dry-run")
    assert "D  Organisation" in again.output
    assert next(line for line in again.output.splitlines() if "D  Organisation" in line).endswith("title")


def test_a_heading_that_is_a_formula_is_words_in_the_file_of_columns(
    run: Run, session: Session, build: Builder, call: Call, tmp_path: Path
) -> None:
    question = build.question(call, QuestionKind.SEVERAL, slug="which", prompt="Which?")
    build.add(Option(question_id=question.id, position=1, wording="=Halls"))
    session.commit()
    path, out = tmp_path / "answers.csv", tmp_path / "columns.csv"
    headings = ["Response ID", "Why?", "Which? - =Halls", '=HYPERLINK("http://x.example")']
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, ["A-1", "Nobody answers.", "yes", ""]])
    assert run(path, "--out", str(out), command="columns").exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[3]["heading"] == '\'=HYPERLINK("http://x.example")'
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    rows[2].update(use="option", question="which", part="'=Halls")
    with out.open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, rows[0])
        written.writeheader()
        written.writerows(rows)
    assert run(path, "--columns", str(out)).exit_code == 0
    assert session.scalar(select(func.count()).select_from(AnswerChoice)) == 1


def test_a_day_still_to_come_is_a_problem_of_its_row_before_anything_is_stored(
    run: Run, session: Session, tmp_path: Path
) -> None:
    ahead = ["A-3", "2099-02-01 10:00", "", "", "", "Words.", ""]
    trial = run(saved(tmp_path, [*ROWS, ahead]), "--dry-run")
    assert trial.exit_code == 2
    assert "Row 4, column B: “2099-02-01 10:00” is still to come." in trial.stderr
    assert run(saved(tmp_path, [*ROWS, ahead]), "--leave-out-problems").exit_code == 0
    assert how_many(session) == 2


def test_use_that_is_unknown_is_told_with_what_is_known(run: Run, tmp_path: Path) -> None:
    columns = tmp_path / "columns.csv"
    columns.write_text("column,heading,use,question,part\nA,x,reply,,\n", encoding="utf-8")
    result = run(saved(tmp_path, ROWS), "--columns", str(columns))
    assert result.exit_code == 2
    assert "row 2: “reply” is no use of a column" in result.stderr


def test_columns_that_answer_no_question_are_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Colour,Size\nred,9\n", encoding="utf-8")
    result = run(path)
    assert result.exit_code == 2
    assert "No column answers a question of this call." in result.stderr


def test_responses_after_closing_need_a_reason(
    run: Run, session: Session, call: Call, tmp_path: Path
) -> None:
    call.opens_at, call.closes_at = NOON - timedelta(days=9), NOON - timedelta(days=8)
    session.commit()
    late = [["C-1", f"{NOON - timedelta(days=6):%Y-%m-%d} 10:00", "", "", "", "Words.", ""]]
    refused = run(saved(tmp_path, late))
    assert refused.exit_code == 2
    assert "--why-late" in refused.stderr
    assert run(saved(tmp_path, late), "--why-late", "Held up by a strike").exit_code == 0
    assert how_many(session) == 1
