"""Records taken out by command and by page: verbatim, by clearance, whole or not at all."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.assist.personal import search_waiting
from consult.calls.models import Call, Inquiry
from consult.codebook.models import Code
from consult.coding.models import Suggestion
from consult.coding.models_quality import BlindPassage
from consult.coding.rules import Verdict
from consult.coding.service import apply_code, decide_suggestion, undo_decision, withdraw_coding
from consult.coding.service.blind import read_passage_blind
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.rules import Bounds, PublicationChoice, SubmissionState
from consult.evidence.service.paragraphs import place_paragraphs
from consult.foundation.audit import AuditEvent
from consult.foundation.cells import restored
from consult.foundation.errors import Busy
from consult.foundation.security import SYSTEM, Actor, Role
from consult.reports import commands, queries
from tests.builders import NOON, Builder
from tests.page import PageClient

OPEN_WORDS = "- The bus, “which never” comes,\nis\tlate. 🚌\n\n=cmd decides."
QUIET_WORDS = "My manager reads this."
UNNAMED_WORDS = "We are afraid to say so."


@dataclass
class Desk:
    """An inquiry with three submissions, one of each publication choice, each with two passages at most."""

    build: Builder
    inquiry: Inquiry
    codes: list[Code]
    passages: list[Passage]
    ann: User
    bob: User
    chair: User

    def code(self, passage: int, code: int, user: User) -> None:
        held = self.passages[passage]
        self.last = apply_code(
            self.build.session,
            held.source_text_id,
            Bounds(held.start, held.end),
            self.codes[code].id,
            **self.who(user),
        )

    def who(self, user: User) -> dict[str, object]:
        return {"inquiry_id": self.inquiry.id, "actor": Actor.member(user.id), "at": NOON}


@pytest.fixture
def desk(build: Builder, session: Session) -> Desk:
    inquiry = build.inquiry()
    call = build.call(inquiry)
    build.question(call, slug="barriers")
    place = build.place(inquiry, name="Wigan")
    codebook = build.codebook(inquiry)
    codes = [build.code(codebook, slug=slug) for slug in ("distance", "trust")]
    sent = [
        build.submission(call, OPEN_WORDS, name="Open Gate", place_id=place.id),
        build.submission(call, QUIET_WORDS, name="Q. Quiet", publication=PublicationChoice.NOT_PUBLISHED),
        build.submission(call, UNNAMED_WORDS, name="U. Unnamed", publication=PublicationChoice.WITHOUT_NAME),
    ]
    passages = [passage for one in sent for passage in build.passages(one)]
    ann = build.member(inquiry, Role.ANALYST, name="Ann Analyst")
    bob = build.member(inquiry, Role.ANALYST, name="Bob Analyst")
    chair = build.member(inquiry, Role.CHAIR, name="Carol Chair")
    desk = Desk(build, inquiry, codes, passages, ann, bob, chair)
    desk.code(0, 0, bob)
    desk.code(1, 1, ann)
    desk.code(2, 0, ann)
    desk.code(3, 0, bob)
    session.commit()
    return desk


@pytest.fixture
def export(app: Flask, desk: Desk, tmp_path: Path) -> Callable[..., tuple[Result, Path]]:
    """Give a function that runs the command and returns its result and the file."""

    def run(what: str, *more: str) -> tuple[Result, Path]:
        out = tmp_path / f"{what}.csv"
        args = ["export", what, "--inquiry", desk.inquiry.slug, "--out", str(out), *more]
        return app.test_cli_runner().invoke(args=args), out

    return run


Run = Callable[..., tuple[Result, Path]]


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def exported(run: Run, what: str, *more: str) -> list[dict[str, str]]:
    result, out = run(what, *more)
    assert result.exit_code == 0, result.output
    return rows_of(out.read_bytes())


def test_codings_are_exported_with_quotes_to_the_letter(export: Run, session: Session) -> None:
    rows = exported(export, "codings")
    assert len(rows) == 4
    for row in rows:
        source = session.get_one(SourceText, int(row["source_text"]))
        assert restored(row["quote"]) == source.body[int(row["start"]) : int(row["end"])]
        assert row["source_sha256"] == source.sha256
    first, second = rows[:2]
    assert first["quote"] == "'- The bus, “which never” comes,\nis\tlate. 🚌"
    assert second["quote"] == "'=cmd decides."
    said = ("submission", "code", "coder", "at", "origin", "paragraph", "call", "question", "place")
    assert [first[name] for name in said[:5]] == [
        "LOC0001",
        "distance",
        "Bob Analyst",
        "2026-07-01T11:00:00+00:00",
        "own reading",
    ]
    assert [first["paragraph"], first["question"], first["place"]] == ["1", "barriers", "Wigan"]


def test_a_passage_is_named_under_the_question_to_which_somebody_put_its_paragraph(
    export: Run, desk: Desk, session: Session
) -> None:
    first, second = desk.passages[0], desk.passages[1]
    call_id = session.scalars(select(Submission.call_id).where(Submission.id == first.submission_id)).one()
    power = desk.build.question(session.get_one(Call, call_id), slug="power")
    chosen = {first.paragraph: power.id, second.paragraph: None}
    given = {"seen": 0, **desk.who(desk.ann)}
    place_paragraphs(session, "LOC0001", first.source_text_id, chosen, **given)
    session.commit()
    questions = [row["question"] for row in exported(export, "codings", "--clearance", "complete")]
    assert questions == ["power", "", "barriers", "barriers"]


def test_withdrawn_codings_are_left_out(export: Run, desk: Desk, session: Session) -> None:
    withdraw_coding(session, desk.last.id, **desk.who(desk.bob))
    session.commit()
    assert [row["submission"] for row in exported(export, "codings")] == ["LOC0001", "LOC0001", "LOC0002"]


@pytest.mark.parametrize("clearance", ["public", "research"])
def test_outside_the_commission_no_confidence_is_broken(export: Run, clearance: str) -> None:
    result, out = export("codings", "--clearance", clearance)
    assert result.exit_code == 0
    words = out.read_text(encoding="utf-8")
    for kept in (QUIET_WORDS, "LOC0002", "Quiet", "Unnamed", "Ann", "Bob"):
        assert kept not in words
    rows = rows_of(out.read_bytes())
    assert [row["submission"] for row in rows] == ["LOC0001", "LOC0001", "LOC0003"]
    assert [row["coder"] for row in rows] == ["member 1", "member 2", "member 1"]
    assert [row["respondent"] for row in rows] == ["Open Gate", "Open Gate", ""]


def test_the_commission_itself_gets_everything_with_names(export: Run) -> None:
    rows = exported(export, "codings", "--clearance", "complete")
    assert [row["respondent"] for row in rows] == ["Open Gate", "Open Gate", "Q. Quiet", "U. Unnamed"]
    assert {row["coder"] for row in rows} == {"Ann Analyst", "Bob Analyst"}


def test_suggestions_are_those_of_each_passages_latest_run(export: Run, desk: Desk, session: Session) -> None:
    build = desk.build
    build.suggestions(build.model_run(desk.inquiry), desk.passages[0], desk.codes[0])
    newer = build.model_run(desk.inquiry)
    made = build.suggestions(newer, desk.passages[0], desk.codes[1], desk.codes[0])
    decide_suggestion(session, made[0].id, Verdict.REJECT, **desk.who(desk.ann))
    session.commit()
    rows = exported(export, "suggestions")
    assert [(row["code"], row["rank"], row["run"], row["verdict"]) for row in rows] == [
        ("distance", "2", str(newer.id), ""),
        ("trust", "1", str(newer.id), "reject"),
    ]
    assert float(rows[0]["score"]) == pytest.approx(made[1].score)
    assert rows[1]["band"] == "strong"
    reasons = json.loads(rows[0]["reasons"])
    assert reasons == made[1].reasons
    assert restored(rows[0]["quote"])[reasons[0]["start"] : reasons[0]["end"]] == reasons[0]["text"]


def test_decisions_say_who_decided_and_whether_it_was_taken_back(
    export: Run, desk: Desk, session: Session
) -> None:
    build = desk.build
    made = build.suggestions(build.model_run(desk.inquiry), desk.passages[0], *desk.codes)
    decide_suggestion(session, made[0].id, Verdict.SKIP, **desk.who(desk.ann))
    replaced = decide_suggestion(
        session, made[1].id, Verdict.REPLACE, replacement_id=desk.codes[0].id, **desk.who(desk.bob)
    )
    undo_decision(session, replaced.id, **desk.who(desk.bob))
    session.commit()
    rows = exported(export, "decisions")
    said = [(r["code"], r["verdict"], r["replacement"], r["decider"], r["taken_back"]) for r in rows]
    assert said == [
        ("distance", "skip", "", "Ann Analyst", "no"),
        ("trust", "replace", "distance", "Bob Analyst", "yes"),
    ]
    assert {row["decider"] for row in exported(export, "decisions", "--clearance", "research")} == {
        "member 1",
        "member 2",
    }


def test_another_inquirys_records_are_not_in_the_file(
    export: Run, build: Builder, desk: Desk, app: Flask, tmp_path: Path
) -> None:
    other = build.inquiry()
    build.session.commit()
    out = tmp_path / "other.csv"
    args = ["export", "codings", "--inquiry", other.slug, "--out", str(out)]
    assert app.test_cli_runner().invoke(args=args).exit_code == 0
    assert rows_of(out.read_bytes()) == []


def test_a_damaged_text_stops_the_export_and_leaves_no_file(
    export: Run, session: Session, tmp_path: Path
) -> None:
    damage(session, "UPDATE source_texts SET body = body || ' '")
    result, _ = export("codings")
    assert result.exit_code == 1
    assert "The text of LOC0001 is not the text that was received" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_quote_stops_the_export_and_the_earlier_file_stays(export: Run, session: Session) -> None:
    _, out = export("codings")
    before = out.read_bytes()
    damage(session, "UPDATE passages SET quote = replace(quote, 'afraid', 'scared')", "passages")
    result, out = export("codings")
    assert result.exit_code == 1
    assert "A quote from LOC0003 does not stand in its text" in result.stderr
    assert out.read_bytes() == before


def damage(session: Session, change: str, table: str = "source_texts") -> None:
    """Change rows behind the guard's back, inside a transaction that is rolled back."""
    on = f" ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_update{on}"))
    session.execute(text(change))
    session.commit()


def test_texts_are_hashed_once_however_the_rows_fall_into_batches(
    export: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exported(export, "codings")
    monkeypatch.setattr(queries, "BATCH", 1)
    assert exported(export, "codings") == whole


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["export", "everything", "--inquiry", "{slug}", "--out", "{out}"], "is not one of"),
        (["export", "codings", "--inquiry", "nowhere", "--out", "{out}"], "There is no inquiry “nowhere”."),
        (["export", "codings", "--inquiry", "{slug}", "--out", "{folder}/none/a.csv"], "There is no folder"),
        (["export", "codings", "--inquiry", "{slug}", "--out", "{folder}"], "is not a file"),
        (["export", "codings", "--inquiry", "{slug}"], "Missing option '--out'"),
        (
            ["export", "codings", "--inquiry", "{slug}", "--out", "{out}", "--clearance", "all"],
            "is not one of",
        ),
    ],
)
def test_bad_input_ends_in_one_plain_line_and_code_2(
    app: Flask, desk: Desk, tmp_path: Path, args: list[str], message: str
) -> None:
    values = {"slug": desk.inquiry.slug, "folder": str(tmp_path), "out": str(tmp_path / "out.csv")}
    result = app.test_cli_runner().invoke(args=[arg.format(**values) for arg in args])
    assert result.exit_code == 2
    assert message in result.stderr.strip().splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def last_export(session: Session, inquiry: Inquiry) -> AuditEvent:
    events = select(AuditEvent).where(
        AuditEvent.inquiry_id == inquiry.id, AuditEvent.verb == "export records"
    )
    return session.scalars(events.order_by(AuditEvent.id.desc())).first() or pytest.fail("no event")


def test_the_command_leaves_a_trace_with_the_hash_of_the_file(
    export: Run, desk: Desk, session: Session
) -> None:
    _, out = export("codings", "--clearance", "public")
    assert last_export(session, desk.inquiry).detail == {
        "export": "codings",
        "clearance": "public",
        "rows": 3,
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
    }


def test_no_file_is_left_of_which_the_audit_log_knows_nothing(
    export: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: Any, **_values: Any) -> None:
        raise Busy("The database is busy. Nothing was lost; please try again.")

    monkeypatch.setattr(commands, "record_export", busy)
    result, out = export("codings")
    assert (result.exit_code, list(out.parent.iterdir())) == (1, [])


def test_the_page_sends_the_same_file_as_the_command_and_leaves_a_trace(
    export: Run, desk: Desk, session: Session, client_of: Callable[[User], PageClient]
) -> None:
    client = client_of(desk.chair)
    page = client.get(f"/inquiries/{desk.inquiry.slug}/records")
    sent = client.submit(page, {"export": "codings", "clearance": "public"}, with_field="export")
    event = last_export(session, desk.inquiry)
    assert (event.user_id, event.detail["rows"]) == (desk.chair.id, 3)
    _, out = export("codings", "--clearance", "public")
    assert sent.response.get_data() == out.read_bytes()
    assert sent.response.mimetype == "text/csv"
    assert sent.response.headers["Content-Disposition"].endswith('-codings-public.csv"')
    assert event.detail["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()


def test_a_member_takes_out_no_suggestion_of_a_passage_that_is_still_to_be_read_blind(
    export: Run, desk: Desk, session: Session, client_of: Callable[[User], PageClient]
) -> None:
    drawn = desk.passages[0].id
    desk.build.suggestions(desk.build.model_run(desk.inquiry), desk.passages[0], desk.codes[0])
    desk.build.add(BlindPassage(passage_id=drawn, inquiry_id=desk.inquiry.id))
    session.commit()

    def taken() -> int:
        client = client_of(desk.ann)
        page = client.get(f"/inquiries/{desk.inquiry.slug}/records")
        values = {"export": "suggestions", "clearance": "complete"}
        return len(rows_of(client.submit(page, values, with_field="export").response.get_data()))

    assert (taken(), len(exported(export, "suggestions"))) == (0, 1)
    read_passage_blind(session, drawn, **desk.who(desk.ann))
    session.commit()
    assert taken() == 1


def test_nothing_is_chosen_for_the_reader_and_nothing_chosen_is_said(
    desk: Desk, client_of: Callable[[User], PageClient]
) -> None:
    client = client_of(desk.ann)
    page = client.get(f"/inquiries/{desk.inquiry.slug}/records")
    faulty = client.submit(page, {"export": "decisions"}, with_field="export", status=422)
    assert faulty.title.startswith("Error: ")
    assert "Choose for whom the file is." in faulty.text
    assert faulty.link("Choose for whom the file is.") == "#clearance"
    chosen = [radio.get("value") for radio in faulty.all("input") if radio.get("checked") is not None]
    assert chosen == ["decisions"]


def test_a_damaged_text_is_told_on_the_page_and_nothing_is_sent(
    desk: Desk, session: Session, client_of: Callable[[User], PageClient]
) -> None:
    damage(session, "UPDATE source_texts SET body = body || ' '")
    client = client_of(desk.chair)
    page = client.get(f"/inquiries/{desk.inquiry.slug}/records")
    values = {"export": "codings", "clearance": "complete"}
    refused = client.submit(page, values, with_field="export", status=409)
    assert "The text of LOC0001 is not the text that was received" in refused.text
    assert "parish" not in refused.text


def test_the_page_says_what_nobody_has_looked_through_for_personal_data(
    desk: Desk, session: Session, client_of: Callable[[User], PageClient]
) -> None:
    client = client_of(desk.chair)
    unread = "3 texts have not been looked through for personal data yet"
    assert unread in client.get(f"/inquiries/{desk.inquiry.slug}/records").text
    search_waiting(desk.inquiry.id, lambda *_: None, actor=SYSTEM)
    assert "looked through" not in client.get(f"/inquiries/{desk.inquiry.slug}/records").text


def test_a_commissioner_may_not_take_records_out(
    desk: Desk, build: Builder, client_of: Callable[[User], PageClient]
) -> None:
    commissioner = build.member(desk.inquiry, Role.COMMISSIONER)
    build.session.commit()
    client_of(commissioner).get(f"/inquiries/{desk.inquiry.slug}/records", status=403)


def test_suggestions_of_a_withheld_submission_stay_inside(export: Run, desk: Desk, session: Session) -> None:
    build = desk.build
    build.suggestions(build.model_run(desk.inquiry), desk.passages[2], desk.codes[0])
    session.commit()
    assert session.scalar(select(Suggestion.id)) is not None
    assert exported(export, "suggestions", "--clearance", "public") == []
    assert len(exported(export, "suggestions")) == 1


def test_each_row_names_its_campaign_and_whether_figures_count_it(
    export: Run, desk: Desk, session: Session
) -> None:
    sent = list(session.scalars(select(Submission).order_by(Submission.id)))
    desk.build.campaign(desk.ann, sent[1], sent[0], name="Buses for all")
    session.commit()
    found = {row["submission"]: (row["campaign"], row["counted"]) for row in exported(export, "codings")}
    assert found == {
        "LOC0001": ("Buses for all", "no"),
        "LOC0002": ("Buses for all", "yes"),
        "LOC0003": ("", "yes"),
    }
    sent[2].state = SubmissionState.OUT_OF_SCOPE
    session.commit()
    assert exported(export, "codings")[-1]["counted"] == "no"
