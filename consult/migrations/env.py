"""Run migrations on the application's own engine."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, MetaData
from sqlalchemy.sql.schema import SchemaItem

from consult.foundation.database import db

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
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            switch_foreign_keys(connection, "ON")


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
