"""Base, types, engine hooks and the one function that commits.

docs/adr/0004-durability.md tells why SQLite runs in WAL mode with synchronous=FULL on a bundled
library, and why all writers pass one lane.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, CursorResult, DateTime, Engine, Enum, Executable, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from consult.foundation.errors import Busy
from consult.foundation.lane import WriteLane

BUSY_MILLISECONDS = 15_000
WAL_SOUND_FROM = (3, 51, 3)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite has no time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  # SQLAlchemy's signature
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was given to the database")
        return value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  # SQLAlchemy's signature
    ) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return None if value is None else value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


JsonColumn = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The declarative base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime(),
        dict[str, Any]: JsonColumn,
        list[Any]: JsonColumn,
        list[str]: JsonColumn,
    }


def state_type(states: type[StrEnum], name: str, *, closed: bool = True) -> Enum:
    """Return a column type that stores a StrEnum by value; a closed set gets a CHECK called `name`."""
    return Enum(
        states,
        name=name,
        native_enum=False,
        create_constraint=closed,
        length=40,
        values_callable=lambda enum: [member.value for member in enum],
    )


# create_savepoint matters only to tests, which bind the session to a connection they roll back.
db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"join_transaction_mode": "create_savepoint"},
)

Manners = Callable[[], AbstractContextManager[None]]
MANNERS = "consult-manners"

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_lanes: dict[str, WriteLane] = {}


@contextmanager
def transaction() -> Iterator[Session]:
    """Give the session for one unit of writing and commit it; any error rolls all of it back.

    This is the only place that commits. Reads made before it are ended first, so that on SQLite the
    write begins with BEGIN IMMEDIATE and never fails half-way for having read too early.
    Raises Busy when other writers kept the database for longer than the time allowed.
    """
    if _writing.get():
        raise RuntimeError("transaction() does not nest: one commit per request or job step")
    session: Session = db.session()
    session.rollback()
    token = _writing.set(True)
    try:
        with manners()(), lane_of(db.engine.engine).turn():
            yield session
            session.commit()
    except OperationalError as error:
        session.rollback()
        if is_busy(error):
            raise Busy("The database is busy. Nothing was lost; please try again.") from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


def write_with(app: Flask, manners: Manners) -> None:
    """Say what surrounds each turn to write in this process, such as letting others pass."""
    app.extensions[MANNERS] = manners


def manners() -> Manners:
    """Return what surrounds a turn to write in this process."""
    found: Manners = current_app.extensions.get(MANNERS, nullcontext)
    return found


def is_busy(error: OperationalError) -> bool:
    """Tell whether the engine gave up waiting for another writer."""
    text = str(error.orig).lower()
    return any(said in text for said in ("locked", "lock timeout", "busy", "deadlock detected"))


def rows_changed(session: Session, change: Executable) -> int:
    """Execute an UPDATE, DELETE or INSERT and return how many rows it touched."""
    return cast(CursorResult[Any], session.execute(change)).rowcount


def lane_of(engine: Engine) -> WriteLane:
    """Return the lane that writers of this database share; PostgreSQL needs none."""
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    key = path or ""
    if key not in _lanes:
        # Two threads may come here at once: one lane is kept, and both must get that one.
        _lanes.setdefault(key, WriteLane(f"{path}.lane" if path and path != ":memory:" else None))
    return _lanes[key]


def forget_connections() -> None:
    """Drop connections and locks without closing them, in a process that was forked from their owner."""
    db.engine.dispose(close=False)
    _lanes.clear()


def engine_options(url: str) -> dict[str, Any]:
    """Return the options Flask-SQLAlchemy passes to create_engine for this address."""
    # Errors name their statement; its values are evidence, names and codes, which belong in no log.
    secret = {"hide_parameters": True}
    if not url.startswith("sqlite"):
        return {**secret, "pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}
    return {
        **secret,
        "module": sqlite_module(),
        "connect_args": {"timeout": BUSY_MILLISECONDS / 1000},
    }


def sqlite_module() -> Any:
    """Return the bundled SQLite driver, or Python's own where no wheel exists for this machine."""
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415  # not every platform has the wheel
    except ImportError:
        return sqlite3.dbapi2
    return dbapi2


def journal_mode() -> str:
    """Return WAL, or TRUNCATE on a library whose write-ahead log can be corrupted (before 3.51.3)."""
    version: tuple[int, ...] = sqlite_module().sqlite_version_info
    return "WAL" if version >= WAL_SOUND_FROM else "TRUNCATE"


@event.listens_for(Engine, "connect")
def prepare_connection(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Switch a new SQLite connection to durable settings and to transactions that we begin."""
    if not type(connection).__module__.startswith(("sqlite3", "pysqlite3")):
        return
    # The driver's own BEGIN comes late and never for reads: it would break savepoints and snapshots.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        f"journal_mode={journal_mode()}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        # Overwrites what is deleted: a draft that was erased must not stay readable in the file.
        "secure_delete=ON",
        "cache_size=-65536",
        # Writers wait for whoever moves the log into the file: in 16 MB, four times rarer than by itself.
        "wal_autocheckpoint=4000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def begin_transaction(connection: Connection) -> None:
    """Begin on SQLite by hand: writers take the lock at once, readers a snapshot."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def init_app(app: Flask) -> None:
    """Bind the database to the application."""
    db.init_app(app)
