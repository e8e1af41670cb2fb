"""Look for erased words in every table afterwards: the proof that a receipt gives."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from consult.foundation.database import Base
from consult.foundation.stores import Holds, classified

# Stretches long enough not to stand anywhere else by chance, and few enough to look for.
WORDS_TOGETHER = 8
FEWEST_SIGNS = 16
MOST_PROBES = 24
_SEARCHED = frozenset({Holds.WORDS, Holds.PERSONAL, Holds.OURS})


def probes_of(words: Iterable[str], addresses: Iterable[str]) -> tuple[str, ...]:
    """Return stretches of what is to be erased, spread over all of it, to look for afterwards."""
    found = [probe for text in words for probe in _stretches(text)]
    step = max(1, len(found) // MOST_PROBES)
    return (*found[::step][:MOST_PROBES], *sorted(addresses))


def _stretches(text: str) -> list[str]:
    """Return stretches of words on one line that every column would hold letter by letter."""
    found = []
    for line in text.splitlines():
        words = line.split(" ")
        for first in range(0, max(1, len(words) - WORDS_TOGETHER + 1), WORDS_TOGETHER):
            stretch = " ".join(words[first : first + WORDS_TOGETHER]).strip()
            if len(stretch) >= FEWEST_SIGNS and stretch.isascii() and not set(stretch) & {'"', "\\"}:
                found.append(stretch)
    return found


def rows_with(session: Session, probes: Sequence[str]) -> dict[str, int]:
    """Return how many rows of each table still hold one of some stretches, where there are any."""
    found: dict[str, int] = {}
    for name, columns in sorted(classified().items()):
        table = Base.metadata.tables[name]
        holding = [
            _holds(session, table.c[column], probe)
            for column, what in sorted(columns.items())
            if what in _SEARCHED
            for probe in probes
        ]
        if holding:
            count = session.scalar(select(func.count()).select_from(table).where(or_(*holding))) or 0
            if count:
                found[name] = count
    return found


def _holds(session: Session, column: Column[str], probe: str) -> ColumnElement[bool]:
    place = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    found: ColumnElement[bool] = place(cast(column, Text), probe) > 0
    return found
