import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.foundation import database, durability, lane
from consult.foundation.config import UnsafeSettings, sqlite_url
from consult.foundation.database import db, transaction
from consult.foundation.errors import Busy
from tests.builders import NOON, Builder


def inquiry(slug: str) -> Inquiry:
    return Inquiry(slug=slug, title=slug, reference_prefix="LOC", created_at=NOON)


def test_a_transaction_keeps_all_or_nothing(session: Session) -> None:
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.add_all([inquiry("kept-whole"), inquiry("kept-whole")])
    assert session.scalar(select(Inquiry).where(Inquiry.slug == "kept-whole")) is None


def test_transactions_do_not_nest(session: Session) -> None:
    with transaction(), pytest.raises(RuntimeError, match="does not nest"), transaction():
        pass


def test_a_time_without_a_zone_is_refused(build: Builder) -> None:
    with pytest.raises(Exception, match="without a zone"):
        build.inquiry(created_at=datetime(2026, 7, 1))  # noqa: DTZ001  # the fault under test


def test_times_come_back_aware(build: Builder) -> None:
    made = build.inquiry()
    build.session.commit()
    build.session.expire_all()
    assert made.created_at == NOON
    assert made.created_at.tzinfo is UTC


def test_writers_queue_instead_of_failing(fresh_app: Callable[[], Flask]) -> None:
    app = fresh_app()
    with app.app_context():
        upgrade()
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            with app.app_context(), transaction() as session:
                session.add(inquiry(f"writer-{number}"))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert failures == []
        assert len(db.session.scalars(select(Inquiry)).all()) == 20


def test_a_writer_who_waits_too_long_is_told_to_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "PATIENCE_SECONDS", 0.05)
    shared = lane.WriteLane(str(tmp_path / "lane"))
    with shared.turn():
        thread_error: list[Busy] = []

        def impatient() -> None:
            try:
                with shared.turn():
                    pass
            except Busy as busy:
                thread_error.append(busy)

        thread = threading.Thread(target=impatient)
        thread.start()
        thread.join()
    assert len(thread_error) == 1
    with shared.turn():
        pass


def test_a_lane_is_free_after_an_error(tmp_path: Path) -> None:
    shared = lane.WriteLane(str(tmp_path / "lane"))
    with pytest.raises(ZeroDivisionError), shared.turn():
        raise ZeroDivisionError
    start = time.monotonic()
    with shared.turn():
        assert time.monotonic() - start < 5


def test_what_is_erased_does_not_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "drafts.db"
    engine = create_engine(sqlite_url(path), **database.engine_options(sqlite_url(path)))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (words TEXT)"))
        connection.execute(text("INSERT INTO kept VALUES (:words)"), {"words": "said in confidence " * 1_000})
    assert any(b"in confidence" in each.read_bytes() for each in tmp_path.iterdir())
    with engine.begin() as connection:
        connection.execute(text("UPDATE kept SET words = ''"))
    engine.dispose()  # the last connection moves what is in the log to the file
    assert [each.name for each in tmp_path.iterdir()] == ["drafts.db"]
    assert b"in confidence" not in path.read_bytes()


def test_start_up_says_how_durable_the_database_is(app: Flask) -> None:
    assert "flushed to disk" in durability.check(app)


def test_start_up_refuses_a_sqlite_that_could_forget() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA synchronous=OFF")
        with pytest.raises(UnsafeSettings, match="could be lost"):
            durability.describe(connection)
    engine.dispose()


def test_start_up_refuses_a_postgres_that_could_forget(postgres_server: str) -> None:
    engine = create_engine(postgres_server)
    with engine.connect() as connection:
        connection.execute(text("SET synchronous_commit = off"))
        with pytest.raises(UnsafeSettings, match="synchronous_commit"):
            durability.describe(connection)
    engine.dispose()


def test_an_unsound_write_ahead_log_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class OldLibrary:
        sqlite_version_info = (3, 40, 1)

    monkeypatch.setattr(database, "sqlite_module", lambda: OldLibrary)
    assert database.journal_mode() == "TRUNCATE"
