"""A spreadsheet that is being stored when its worker is killed with kill -9 is stored whole, and once."""

import csv
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from consult.calls.queries import call_by_id
from consult.evidence.models import Submission
from consult.evidence.models_imports import SpreadsheetImport
from consult.evidence.queries.checking import source_of
from consult.evidence.rules import PublicationChoice
from consult.evidence.rules_imports import ImportState
from consult.evidence.service import imports
from consult.evidence.spreadsheets.mapping import signature_of
from consult.evidence.spreadsheets.reading import open_sheet
from consult.foundation.clock import now
from consult.foundation.config import sqlite_url
from consult.foundation.database import db, transaction
from consult.foundation.files import file_store
from consult.foundation.security import Actor
from tests.builders import Builder
from tests.faults.test_killed_workers import Workers, wait_until

ROWS = 6_000


def write_responses(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Response ID", "Submitted Date", "Why?"])
        writer.writerows((f"R{number}", "2026-07-03", f"Reason {number}.") for number in range(ROWS))


def given(path: Path) -> tuple[int, int, Actor]:
    """Give the file for a call of its own and settle its columns; returns the import, inquiry and clerk."""
    with transaction() as session:
        build = Builder(session)
        inquiry = build.inquiry()
        call = build.call(inquiry)
        build.question(call, prompt="Why?")
        call_id, inquiry_id, actor = call.id, inquiry.id, Actor.member(build.user().id)
    stored = file_store().keep(path.read_bytes())
    source = source_of(
        db.session(),
        open_sheet(path),
        call_by_id(db.session(), call_id),
        PublicationChoice.NOT_PUBLISHED,
        at=now(),
    )
    settled = imports.Settled(signature_of(source.layout), source.mapping, PublicationChoice.NOT_PUBLISHED)
    by = {"inquiry_id": inquiry_id, "actor": actor, "at": now()}
    with transaction() as session:
        import_id = imports.begin_import(session, call_id, path.name, stored, **by)
        imports.settle_columns(session, import_id, settled, **by)
    return import_id, inquiry_id, actor


def test_a_killed_import_is_stored_whole_and_once(
    fresh_app: Callable[..., Flask], tmp_path: Path, engine_name: str
) -> None:
    queue_url = sqlite_url(tmp_path / "queue.db")
    app = fresh_app(queue_url=queue_url)
    write_responses(tmp_path / "answers.csv")

    def state() -> tuple[ImportState, int]:
        with app.app_context():
            held = db.session.get_one(SpreadsheetImport, import_id)
            return held.state, held.row_done

    workers = Workers(app, app.config["CONSULT"].instance, queue_url, "process")
    with app.app_context():
        upgrade()
        import_id, inquiry_id, actor = given(tmp_path / "answers.csv")
    try:
        workers.start()
        wait_until(lambda: state()[0] is ImportState.CHECKED, workers.log)
        with app.app_context(), transaction() as session:
            imports.start_storing(
                session, import_id, leave_out=False, why_late="", inquiry_id=inquiry_id, actor=actor, at=now()
            )
        wait_until(lambda: state()[1] > 0, workers.log)
        workers.kill()
        stopped = state()
        assert stopped[0] is ImportState.STORING, "it was killed before its end"
        assert 0 < stopped[1] < ROWS
        workers.start()
        wait_until(lambda: state()[0] is ImportState.DONE, workers.log)
    finally:
        workers.kill()
    with app.app_context():
        keys = db.session.scalars(select(Submission.external_key).order_by(Submission.id)).all()
        assert keys == [f"citizen_space R{number}" for number in range(ROWS)]
        references = select(func.count(func.distinct(Submission.reference)))
        assert db.session.scalar(references) == ROWS
