"""Refuse to start on a database that could lose what a respondent was told had arrived.

docs/adr/0004-durability.md gives the measurements behind the demands.
"""

import logging

from flask import Flask
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from consult.foundation.config import UnsafeSettings
from consult.foundation.database import db

FULL = 2
POSTGRES_DEMANDS = ("fsync", "synchronous_commit", "full_page_writes")

log = logging.getLogger(__name__)


def check(app: Flask) -> str:
    """Return how durable the database is, in a sentence; raise UnsafeSettings when it is not."""
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                return describe(connection)
        except OperationalError:
            log.warning("the database cannot be reached, so its durability is not checked yet")
            return "The database cannot be reached."
        finally:
            # A server that loads us and then forks must not hand one connection to all its children.
            db.engine.dispose()


def describe(connection: Connection) -> str:
    """Return a sentence about one connection's durability, or raise UnsafeSettings."""
    if connection.dialect.name == "sqlite":
        return _describe_sqlite(connection)
    off = [name for name in POSTGRES_DEMANDS if _shown(connection, f"SHOW {name}") == "off"]
    if off:
        raise UnsafeSettings(
            f"PostgreSQL runs with {', '.join(off)} off: switch on, or evidence can be lost."
        )
    return "PostgreSQL, commits flushed to disk."


def _describe_sqlite(connection: Connection) -> str:
    journal = _shown(connection, "PRAGMA journal_mode")
    synchronous = int(_shown(connection, "PRAGMA synchronous"))
    version = _shown(connection, "SELECT sqlite_version()")
    if journal not in {"wal", "truncate"} or synchronous < FULL:
        raise UnsafeSettings(
            f"SQLite runs with journal_mode={journal}, synchronous={synchronous}: acknowledged evidence "
            "could be lost. Put the database on a local disk that allows WAL or TRUNCATE with FULL."
        )
    return f"SQLite {version}, journal {journal}, every commit flushed to disk."


def _shown(connection: Connection, query: str) -> str:
    return str(connection.exec_driver_sql(query).scalar())
