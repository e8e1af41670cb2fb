"""Run migrations on the application's own engine."""

from typing import Any, Literal

from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.sql.schema import SchemaItem

from consult.foundation.database import db

# What came with it cannot be taken out of a database in use.
LEAST = "0004"
HELD_SINCE_LEAST = ("submissions", "questions WHERE kind IN ('matrix', 'file')")
Kind = Literal[
    "schema", "table", "column", "index", "unique_constraint", "foreign_key_constraint", "check_constraint"
]


def is_ours(
    item: SchemaItem,
    name: str | None,
    kind: Kind,
    reflected: bool,
    compare_to: SchemaItem | None,
) -> bool:
    """Leave out what models cannot describe: the search index and Huey's tables."""
    unmodelled = reflected and compare_to is None
    return not (unmodelled and (name or "").startswith(("search_", "ix_search_", "huey_")))


def run_migrations() -> None:
    """Migrate; on SQLite with foreign keys off, for a rebuilt table must not delete its children."""
    with db.engine.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            switch_foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            include_object=is_ours,
            compare_type=True,
            render_as_batch=True,
            transaction_per_migration=True,
            **options(),
        )
        refuse_to_lose(connection)
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            switch_foreign_keys(connection, "ON")


def refuse_to_lose(connection: Connection) -> None:
    """Stop before anything is changed where going back would take away what people rely on.

    Raises CommandError, of which Flask-Migrate prints the sentence alone.
    """
    current = context.get_context().get_current_revision() or ""
    if current < LEAST or not goes_below(current):
        return
    filled = any(connection.scalar(text(f"SELECT 1 FROM {what} LIMIT 1")) for what in HELD_SINCE_LEAST)  # noqa: S608  # our own words
    connection.rollback()
    if filled:
        raise CommandError(
            f"This database holds evidence or questions that no version before {LEAST} can hold: kinds of "
            "questions, choices for single answers, words marked as confidential. Nothing was changed. To go "
            "back further, restore the copy that was made before it was upgraded."
        )


def goes_below(current: str) -> bool:
    """Tell whether the migration that runs leads from this revision to one before the least."""
    wanted = str(context.get_context().opts.get("destination_rev", ""))
    if wanted.startswith("-") and wanted[1:].isdecimal():
        return int(current) - int(wanted[1:]) < int(LEAST)
    return wanted == "base" or (wanted.isdecimal() and int(wanted) < int(LEAST))


def switch_foreign_keys(connection: Connection, state: Literal["ON", "OFF"]) -> None:
    """Switch them past SQLAlchemy, whose BEGIN comes first: within a transaction SQLite takes no notice."""
    connection.rollback()
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={state}")
    cursor.close()


def metadata() -> MetaData:
    """Return the tables of every room; importing the application has loaded them."""
    return db.metadata


def options() -> dict[str, Any]:
    """Return the options given to Flask-Migrate, less those set above."""
    given = dict(current_app.extensions["migrate"].configure_args)
    return {key: value for key, value in given.items() if key not in {"compare_type", "render_as_batch"}}


run_migrations()
