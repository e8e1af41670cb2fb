"""The migrated database is the one the models describe, on both engines."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import CheckConstraint, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consult import MIGRATIONS
from consult.foundation import audit
from consult.foundation.database import Base, db, transaction
from consult.foundation.security import SYSTEM
from tests.builders import NOON, Builder

APPEND_ONLY = {
    "audit_events",
    "answers",
    "answer_choices",
    "answer_cells",
    "confidential_passages",
    "source_texts",
    "state_moves",
    "marks",
    "codebook_versions",
    "suggestions",
    "decisions",
    "codings",
    "coding_withdrawals",
    "blind_passages",
    "blind_readings",
    "run_results",
    "redaction_proposals",
    "redactions",
    "redaction_decisions",
    "publication_batches",
    "published_submissions",
    "published_parts",
    "withheld_spans",
    "publication_withdrawals",
    "campaign_runs",
    "campaign_proposals",
    "campaign_decisions",
    "group_decisions",
    "submission_versions",
    "replaced_answers",
    "replaced_texts",
    "attachments",
    "replaced_attachments",
    "paragraph_proposals",
    "paragraph_questions",
    "audit_erasures",
    "erasures",
    "erasure_targets",
    "erasure_steps",
    "recuts",
}
# What a respondent is asked and may choose from: whatever changes in it makes another edition.
ASKED = {
    *("questions", "options", "matrix_rows", "question_conditions", "sections", "places"),
    "respondent_types",
}


def test_models_and_migrations_describe_the_same_tables(session: Session) -> None:
    check()  # exits when autogenerate would write a new migration


def test_every_check_constraint_of_the_models_is_in_the_migrated_database(session: Session) -> None:
    inspector = inspect(session.connection())
    for table in Base.metadata.sorted_tables:
        described = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint) and c.name}
        migrated = {str(c["name"]) for c in inspector.get_check_constraints(table.name)}
        assert described == migrated, table.name


def test_check_constraints_say_the_same_in_models_and_migrations(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL rewrites the text of a CHECK; the names are compared above")
    scratch = create_engine("sqlite://")
    Base.metadata.create_all(scratch)
    described, migrated = inspect(scratch), inspect(session.connection())
    for table in Base.metadata.tables:
        assert texts(described, table) == texts(migrated, table), table
    scratch.dispose()


def texts(inspector: object, table: str) -> dict[str, str]:
    found = inspector.get_check_constraints(table)  # type: ignore[attr-defined]  # sqlalchemy Inspector
    return {str(c["name"]): "".join(str(c["sqltext"]).split()) for c in found}


def test_there_is_one_head_and_revisions_are_numbered_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    revisions = [r.revision for r in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]


def test_migrations_go_up_down_and_up_again(fresh_app: Callable[[], Flask]) -> None:
    app = fresh_app()
    with app.app_context():
        upgrade()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())
        db.engine.dispose()


def test_rows_survive_migrations_that_rebuild_the_tables_they_name(
    fresh_app: Callable[..., Flask],
) -> None:
    app = fresh_app()
    with app.app_context():
        upgrade()
        with transaction() as session:
            build = Builder(session)
            build.submission(build.call(build.inquiry()), "Words that stay where they are.")
        db.session.remove()
        downgrade(revision="0011")
        upgrade()
        assert list(db.session.scalars(text("SELECT body FROM source_texts"))) == [
            "Words that stay where they are."
        ]
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


@pytest.mark.parametrize("revision", ["base", "0003", "-99"])
def test_a_database_in_use_is_not_taken_back_to_what_cannot_hold_it_and_stays_as_it_was(
    fresh_app: Callable[..., Flask], revision: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = fresh_app()
    with app.app_context():
        upgrade()
        with transaction() as session:
            build = Builder(session)
            build.submission(build.call(build.inquiry()), "Words.")
        db.session.remove()
        before = inspect(db.engine).get_table_names()
        with pytest.raises(SystemExit):
            downgrade(revision=revision)
        assert "restore the copy that was made before it was upgraded" in caplog.text
        assert inspect(db.engine).get_table_names() == before
        upgrade()
        downgrade(revision="0004")
        assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "0004"


def test_tables_have_their_triggers_and_no_others(session: Session) -> None:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[session.get_bind().dialect.name]
    guards = set(session.scalars(text(catalogue)))
    refusing = {f"{table}_no_{act}" for table in APPEND_ONLY for act in ("update", "delete")}
    naming = {f"{table}_new_edition_{act}" for table in ASKED for act in ("insert", "update", "delete")}
    assert guards == refusing | naming


@pytest.mark.parametrize("change", ["UPDATE audit_events SET verb = 'x'", "DELETE FROM audit_events"])
def test_the_database_itself_refuses_to_change_the_log(session: Session, change: str) -> None:
    audit.record(session, audit.Act("try", "thing", 1), inquiry_id=1, actor=SYSTEM, at=NOON)
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(change))


def test_migrations_lie_inside_the_package() -> None:
    assert (Path(MIGRATIONS) / "env.py").is_file()
