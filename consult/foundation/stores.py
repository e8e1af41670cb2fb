"""Where words and personal data are kept: each room says what its columns hold, and how they are erased.

A room has a module `stores`, listed in consult.STORE_MODULES, that classifies every column which can hold
words, and registers what an erasure must do beyond deleting rows. Rows that name an erased row go with it
by themselves, along their foreign keys (foundation/erasing.py). A test goes through all tables, so that
none can be forgotten:

    holds("drafts", words=("answers", "about"), keys=("code_hash",))

    @reaches("Search index")
    def out_of_the_index(session, scope):
        return remove_from_index(session, scope.texts)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Session


class Holds(StrEnum):
    """What a column holds."""

    WORDS = "words of a respondent"
    PERSONAL = "who a respondent is, or how to reach them"
    STAFF = "who a member is"
    OURS = "the commission's own words"
    KEYS = "a hash, a key or a setting of the machine"


# Of these an erasure leaves nothing behind.
ERASABLE = frozenset({Holds.WORDS, Holds.PERSONAL})


@dataclass(frozen=True)
class Span:
    """A stretch of a source text."""

    text_id: int
    start: int
    end: int


@dataclass(frozen=True)
class Scope:
    """What an erasure is about. Words are here while it runs, and are written down nowhere."""

    inquiry_id: int
    at: datetime
    # Submissions that go as a whole, their source texts, and whoever sent them.
    submissions: frozenset[int] = frozenset()
    texts: frozenset[int] = frozenset()
    respondents: frozenset[int] = frozenset()
    # Of a submission that stays: what goes of it.
    spans: tuple[Span, ...] = ()
    part_of: frozenset[int] = frozenset()
    addresses: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    def has_address(self, column: Any) -> ColumnElement[bool]:
        """Hold where a column is one of the addresses, with whatever capitals it was typed."""
        return func.lower(column).in_({address.lower() for address in self.addresses})


Reach = Callable[[Session, Scope], int]
_columns: dict[str, dict[str, Holds]] = {}
_loose: set[tuple[str, str]] = set()
_before: dict[str, Reach] = {}
_after: dict[str, Reach] = {}


def holds(
    table: str,
    *,
    words: tuple[str, ...] = (),
    personal: tuple[str, ...] = (),
    staff: tuple[str, ...] = (),
    ours: tuple[str, ...] = (),
    keys: tuple[str, ...] = (),
) -> None:
    """Say what the columns of a table hold that can hold words."""
    of = _columns.setdefault(table, {})
    given = {
        Holds.WORDS: words,
        Holds.PERSONAL: personal,
        Holds.STAFF: staff,
        Holds.OURS: ours,
        Holds.KEYS: keys,
    }
    for what, names in given.items():
        of.update(dict.fromkeys(names, what))


def let_go(table: str, column: str) -> None:
    """Say that a row outlives the one it names here: the column is emptied, the row stays."""
    _loose.add((table, column))


def reaches(store: str, *, rows_gone: bool = False) -> Callable[[Reach], Reach]:
    """Register what an erasure does in a store, before rows are deleted or with `rows_gone` after.

    The function returns how many things it found; run again over the same scope it finds none.
    """

    def register(reach: Reach) -> Reach:
        (_after if rows_gone else _before)[store] = reach
        return reach

    return register


def classified() -> Mapping[str, Mapping[str, Holds]]:
    """Return what each column of each table holds, as far as rooms have said."""
    return _columns


def loose_ends() -> frozenset[tuple[str, str]]:
    """Return the columns that are emptied rather than followed."""
    return frozenset(_loose)


def reaching(*, rows_gone: bool) -> Mapping[str, Reach]:
    """Return what is registered to be done before or after rows are deleted, by store."""
    return _after if rows_gone else _before


# The tables of the foundation, which has no room above it to speak for it.
holds("audit_events", ours=("why", "detail"), keys=("verb", "record_kind", "previous_hash", "hash"))
holds("jobs", ours=("message",), keys=("arguments", "lease_token"))
holds("mails", personal=("address", "body"), ours=("subject",))
