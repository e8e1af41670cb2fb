"""After an erasure: let no deleted word lie on in what the engine keeps beside its rows."""

from collections.abc import Collection

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from consult.foundation.database import db


def scrub(tables: Collection[str]) -> bool:
    """Empty SQLite's write-ahead log, or vacuum the tables on PostgreSQL; tell whether it could be done.

    SQLite has overwritten the rows themselves (secure_delete). Readers that hold an old snapshot keep the log
    from being emptied; then the next erasure or checkpoint empties it.
    """
    engine = db.engine
    if isinstance(engine, Connection):
        return False  # inside somebody's transaction nothing of this can be done
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return _scrub(connection, tables)
    except OperationalError:
        return False


def _scrub(connection: Connection, tables: Collection[str]) -> bool:
    if connection.dialect.name == "sqlite":
        busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
        return bool(busy == 0)
    for table in sorted(tables):
        connection.execute(text(f"VACUUM {connection.dialect.identifier_preparer.quote(table)}"))
    return True
