"""Compare the store of files with the rows that name files: what one has and the other lacks.

A room that keeps hashes registers the column with `names_files`; nothing is swept that any of them names.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import click
from flask.cli import with_appcontext
from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from consult.foundation.clock import now
from consult.foundation.commands import PlainCommand, counted, plain_errors, say
from consult.foundation.database import db, rows_changed
from consult.foundation.files import FileStore, file_store
from consult.foundation.jobs.chores import hourly

# Somebody who was just given a file has this long to commit the row that names it.
GRACE = timedelta(hours=1)
AT_ONCE = 500

# Stands where a hash stood whose file was erased on purpose: no file has it, and none is missed.
ERASED = "0" * 64

_columns: list[InstrumentedAttribute[str]] = []


def names_files(column: InstrumentedAttribute[str]) -> None:
    """Register a column that holds the hashes of files in the store."""
    _columns.append(column)


def named_by(session: Session, table: str, which: ColumnElement[bool]) -> set[str]:
    """Return the hashes of files that some rows of a table name; none where the table names no files."""
    found: set[str] = set()
    for column in _columns:
        if column.class_.__tablename__ == table:
            found |= set(session.scalars(select(column).where(which)))
    return found - {ERASED}


def let_files_go(
    session: Session, rows: Iterable[tuple[Table, ColumnElement[bool]]], names: Collection[str]
) -> int:
    """Let some rows name some files no more, and return how many did; removing the files comes later."""
    gone = 0
    for table, which in rows:
        for column in _columns:
            if column.class_.__tablename__ == table.name:
                mine = update(table).where(which, table.c[column.key].in_(list(names)))
                gone += rows_changed(session, mine.values({column.key: ERASED}))
    return gone


def remove_unnamed(session: Session, store: FileStore, names: Collection[str], *, at: datetime) -> int:
    """Remove files of these that no row names any more and nobody was given since `at`; return how many."""
    known = {
        sha256
        for column in _columns
        for sha256 in session.scalars(select(column).where(column.in_(list(names))))
    }
    return sum(store.remove_idle(name, before=at) for name in sorted(set(names) - known))


@dataclass(frozen=True)
class Disagreements:
    """Files that rows name and the store lacks, and files in the store that no row names."""

    missing: tuple[str, ...]
    unnamed: tuple[str, ...]


def disagreements(session: Session, store: FileStore) -> Disagreements:
    """Compare rows and files, both ways."""
    named = {sha256 for column in _columns for sha256 in session.scalars(select(column).distinct())}
    missing = tuple(sorted(sha256 for sha256 in named - {ERASED} if not store.has(sha256)))
    return Disagreements(missing, tuple(unnamed_files(session, store)))


def unnamed_files(session: Session, store: FileStore) -> Iterable[str]:
    """Return the files that no row names, by a few indexed reads however many there are."""
    every = iter(store.names())
    while names := tuple(islice(every, AT_ONCE)):
        known: set[str] = set()
        for column in _columns:
            known |= set(session.scalars(select(column).where(column.in_(names))))
        yield from (name for name in names if name not in known)


def sweep(session: Session, store: FileStore, *, at: datetime) -> int:
    """Remove what no row names and nobody was given within the grace; return how many files went."""
    store.remove_unfinished(before=at - GRACE)
    return sum(store.remove_idle(name, before=at - GRACE) for name in list(unnamed_files(session, store)))


@hourly
def sweep_files(at: datetime) -> None:
    """Remove the originals of drafts that were erased, and of uploads that came to nothing."""
    sweep(db.session(), file_store(), at=at)
    db.session().rollback()


@click.group("files")
def files() -> None:
    """Files received with evidence."""


@files.command("check", cls=PlainCommand)
@click.option("--sweep", "also_sweep", is_flag=True, help="Also remove files that no row names.")
@with_appcontext
@plain_errors
def check(*, also_sweep: bool) -> None:
    """Compare the store of files with the database; exits 1 where a file is missing."""
    session, store = db.session(), file_store()
    found = disagreements(session, store)
    say(*(f"Missing: {sha256}. Bring it back from a backup." for sha256 in found.missing))
    missing, unnamed = counted(len(found.missing), "file"), counted(len(found.unnamed), "file")
    click.echo(f"{missing} missing, {unnamed} that no row names.")
    if also_sweep:
        click.echo(f"{counted(sweep(session, store, at=now()), 'file')} removed.")
    if found.missing:
        raise SystemExit(1)


commands = [files]
