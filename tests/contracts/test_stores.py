"""Every column that can hold words is known to erasures: a new table cannot be forgotten."""

from flask import Flask
from sqlalchemy import JSON, Column, Enum, LargeBinary, String, text
from sqlalchemy.orm import Session

from consult.foundation.database import Base
from consult.foundation.erasing import reachable_from
from consult.foundation.stores import ERASABLE, classified

# Reached by what their rooms register, not along a foreign key; tests/unit/privacy plants words in each.
REACHED_OTHERWISE = {
    "respondents", "mails", "code_examples", "codebook_versions", "import_problems", "emergent_groups",
}  # fmt: skip


def can_hold_words(column: Column[object]) -> bool:
    return isinstance(column.type, String | JSON | LargeBinary) and not isinstance(column.type, Enum)


def test_every_column_that_can_hold_words_says_what_it_holds(app: Flask) -> None:
    named = {(table, column) for table, columns in classified().items() for column in columns}
    there = {(t.name, c.name) for t in Base.metadata.tables.values() for c in t.columns if can_hold_words(c)}
    assert there - named == set(), "say in the room's stores.py what these hold"
    assert named - there == set(), "these are no columns that could hold words"


def test_every_table_with_words_of_a_respondent_is_reached_by_an_erasure(app: Flask) -> None:
    holding = {table for table, columns in classified().items() if ERASABLE & set(columns.values())}
    assert holding - reachable_from({"submissions", "drafts"}) == REACHED_OTHERWISE


def test_every_guarded_table_with_words_of_a_respondent_opens_for_an_erasure(session: Session) -> None:
    guards = {
        "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger "
        "WHERE NOT tgisinternal",
    }[session.get_bind().dialect.name]
    opening = ("open_erasures", "refuse_change_unless_erasing")
    shut = {
        name
        for table, name, definition in session.execute(text(guards))
        if table in reachable_from({"submissions", "drafts"})
        and not any(word in definition for word in opening)
    }
    assert shut == set(), "use erasable_guard_statements in the migration"
