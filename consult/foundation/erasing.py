"""Delete rows with all that hangs on them, along the foreign keys that the models declare.

The caller has lifted the guards of append-only tables; the database itself checks that nothing is left that
names what is gone.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Table, delete, false, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from consult.foundation.database import Base, rows_changed
from consult.foundation.stores import loose_ends

AT_ONCE = 500

Ids = Column[int] | Column[int | None] | InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


@dataclass(frozen=True)
class Doomed:
    """Rows of one table to be deleted: by their key where they have one, else by what they name."""

    table: Table
    which: tuple[ColumnElement[bool], ...]
    ids: frozenset[int]


def delete_with_all(session: Session, roots: Mapping[str, Collection[int]]) -> Counter[str]:
    """Delete rows, given by table and id, and every row that names one of them; return counts by table.

    Columns registered as loose are emptied instead.
    """
    doomed = doomed_rows(session, roots)
    loosen(session, doomed)
    gone: Counter[str] = Counter()
    for rows in reversed(doomed):
        for which in rows.which:
            gone[rows.table.name] += rows_changed(session, delete(rows.table).where(which))
    return +gone


def count_with_all(session: Session, roots: Mapping[str, Collection[int]]) -> Counter[str]:
    """Return how many rows of each table `delete_with_all` would delete."""
    counts: Counter[str] = Counter()
    for rows in doomed_rows(session, roots):
        matching = select(func.count()).select_from(rows.table).where(or_(*rows.which))
        counts[rows.table.name] = session.scalar(matching) or 0
    return +counts


def doomed_rows(session: Session, roots: Mapping[str, Collection[int]]) -> list[Doomed]:
    """Return what goes, parents before children."""
    ids: dict[str, frozenset[int]] = {}
    found = []
    for table in Base.metadata.sorted_tables:
        rows = _doomed_of(session, table, frozenset(roots.get(table.name, ())), ids)
        if rows.which:
            ids[table.name] = rows.ids
            found.append(rows)
    return found


def _doomed_of(
    session: Session, table: Table, given: frozenset[int], ids: Mapping[str, frozenset[int]]
) -> Doomed:
    which = [*_by_reference(table, ids)]
    key = _key_of(table)
    if key is None:
        return Doomed(table, tuple(which), frozenset())
    mine = given | {row for condition in which for row in session.scalars(select(key).where(condition))}
    while more := _following(session, table, key, mine):
        mine |= more
    return Doomed(table, tuple(key.in_(some) for some in pieces(mine)), frozenset(mine))


def _by_reference(table: Table, ids: Mapping[str, frozenset[int]]) -> Iterable[ColumnElement[bool]]:
    """Yield the conditions under which a row names what goes, few ids at a time."""
    loose = loose_ends()
    for column, target in references_of(table):
        if (table.name, column.name) not in loose and target != table.name:
            yield from (column.in_(some) for some in pieces(ids.get(target, ())))


def _following(session: Session, table: Table, key: Column[int], mine: frozenset[int]) -> frozenset[int]:
    """Return rows that name rows of their own table that go."""
    own = [column for column, target in references_of(table) if target == table.name]
    conditions = [column.in_(some) for column in own for some in pieces(mine)]
    found = {row for condition in conditions for row in session.scalars(select(key).where(condition))}
    return frozenset(found - mine)


def loosen(session: Session, doomed: Collection[Doomed]) -> None:
    """Empty what merely mentions a row that goes."""
    ids = {rows.table.name: rows.ids for rows in doomed}
    for table_name, column_name in sorted(loose_ends()):
        table = Base.metadata.tables[table_name]
        column = table.c[column_name]
        for named, target in references_of(table):
            if named is column:
                for some in pieces(ids.get(target, ())):
                    session.execute(update(table).where(column.in_(some)).values({column_name: None}))


def references_of(table: Table) -> list[tuple[Column[int], str]]:
    """Return the columns of a table that name rows, each with the table that it names."""
    return [
        (key.parent, key.column.table.name)
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if table.name != "open_erasures"
    ]


def reachable_from(roots: Collection[str]) -> frozenset[str]:
    """Return the tables whose rows go with rows of these, whoever they belong to."""
    reached = set(roots)
    loose = loose_ends()
    for table in Base.metadata.sorted_tables:
        named = {t for column, t in references_of(table) if (table.name, column.name) not in loose}
        if named & reached:
            reached.add(table.name)
    return frozenset(reached)


def _key_of(table: Table) -> Column[int] | None:
    columns = list(table.primary_key.columns)
    return columns[0] if len(columns) == 1 else None


def pieces(ids: Collection[int]) -> list[list[int]]:
    """Return ids in pieces that a statement can hold."""
    ordered = sorted(ids)
    return [ordered[first : first + AT_ONCE] for first in range(0, len(ordered), AT_ONCE)]


def any_of(column: Ids, ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of some ids, however many there are."""
    return or_(false(), *(column.in_(some) for some in pieces(ids)))
