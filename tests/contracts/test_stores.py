"""Every column that can hold words is known to erasures: a new table cannot be forgotten."""

from flask import Flask
from sqlalchemy import JSON, Column, Enum, String

from consult.foundation.database import Base
from consult.foundation.erasing import reachable_from
from consult.foundation.stores import ERASABLE, classified

# Reached by what their rooms register, not along a foreign key; tests/unit/privacy plants words in each.
REACHED_OTHERWISE = {"respondents", "mails", "code_examples", "codebook_versions", "import_problems"}


def can_hold_words(column: Column[object]) -> bool:
    return isinstance(column.type, String | JSON) and not isinstance(column.type, Enum)


def test_every_column_that_can_hold_words_says_what_it_holds(app: Flask) -> None:
    named = {(table, column) for table, columns in classified().items() for column in columns}
    there = {(t.name, c.name) for t in Base.metadata.tables.values() for c in t.columns if can_hold_words(c)}
    assert there - named == set(), "say in the room's stores.py what these hold"
    assert named - there == set(), "these are no columns that could hold words"


def test_every_table_with_words_of_a_respondent_is_reached_by_an_erasure(app: Flask) -> None:
    holding = {table for table, columns in classified().items() if ERASABLE & set(columns.values())}
    assert holding - reachable_from({"submissions", "drafts"}) == REACHED_OTHERWISE
