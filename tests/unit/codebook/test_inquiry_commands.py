"""`flask inquiry`: make and list inquiries."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.calls.queries import call_with_questions, inquiry_by_slug
from consult.calls.rules import Openness, QuestionKind, openness
from consult.codebook.models import Codebook
from consult.codebook.queries import codes_of
from consult.foundation.clock import now

Run = Callable[..., Result]
CODES = "code,name,definition,parent\npower,Power,Who has it.,\nbudgets,Budgets,Who holds the money.,power\n"


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    def call(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=["inquiry", *words])

    return call


def create(run: Run, *more: str, slug: str = "local-power") -> Result:
    return run("create", "--slug", slug, "--title", "Local power", *more)


def assert_refused(result: Result, words: str, session: Session, slug: str = "local-power") -> None:
    """Check for exit 2, the reason on standard error, and that nothing was stored."""
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert session.scalar(select(func.count()).where(Inquiry.slug == slug)) == 0


def test_an_inquiry_is_made_with_an_empty_codebook(run: Run, session: Session) -> None:
    result = create(run)
    assert result.exit_code == 0, result.output
    inquiry = inquiry_by_slug(session, "local-power")
    assert (inquiry.title, inquiry.reference_prefix) == ("Local power", "LOC")
    assert session.scalar(select(func.count()).where(Codebook.inquiry_id == inquiry.id)) == 1
    assert codes_of(session, inquiry.id) == []


def test_a_codebook_and_an_open_call_come_with_it_when_asked_for(
    run: Run, session: Session, tmp_path: Path
) -> None:
    sheet = tmp_path / "codes.csv"
    sheet.write_text(CODES, "utf-8")
    result = create(run, "--codebook", str(sheet), "--call", "written-evidence", "--prefix", "LP")
    assert result.exit_code == 0, result.output
    assert "2 codes" in result.stdout
    inquiry = inquiry_by_slug(session, "local-power")
    assert {code.slug for code in codes_of(session, inquiry.id)} == {"power", "budgets"}
    call = call_with_questions(session, "local-power", "written-evidence")
    assert openness(call.state, call.opens_at, call.closes_at, now()) is Openness.OPEN
    assert [(q.prompt, q.kind) for q in call.questions] == [("Evidence", QuestionKind.FREE_TEXT)]


def test_the_same_slug_twice_is_refused_in_one_line(run: Run) -> None:
    assert create(run).exit_code == 0
    again = create(run)
    assert again.exit_code == 2
    assert "already an inquiry" in again.stderr
    assert again.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--call", "Not A Slug"], "Not A Slug"),
        (["--prefix", "lower"], "lower"),
        (["--codebook", "no-such-file.csv"], "no-such-file.csv"),
        (["--unknown"], "--unknown"),
    ],
)
def test_bad_options_store_nothing(run: Run, session: Session, more: list[str], words: str) -> None:
    assert_refused(create(run, *more), words, session)


def test_a_slug_that_cannot_stand_in_an_address_is_refused(run: Run, session: Session) -> None:
    assert_refused(create(run, slug="Local Power"), "small letters", session, "Local Power")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"wrong,columns\n1,2\n",
        b"\xff\xfe\x00\x00 not text",
        b"code,name,definition\na,A,x\na,B,y\n",
        b"code,name,definition,parent\na,A,x,nobody\n",
    ],
)
def test_a_file_that_is_no_codebook_stores_nothing(
    run: Run, session: Session, tmp_path: Path, content: bytes
) -> None:
    sheet = tmp_path / "codes.csv"
    sheet.write_bytes(content)
    assert_refused(create(run, "--codebook", str(sheet)), "Error: ", session)


def test_inquiries_are_listed_with_their_calls(run: Run) -> None:
    assert "no inquiry yet" in run("list").stderr
    create(run, "--call", "written-evidence")
    assert run("list").stdout == "local-power\tLOC\t1\tLocal power\n"
