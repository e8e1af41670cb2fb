"""Cells that no spreadsheet runs, names that nobody can follow, and quotes that are what was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.evidence.rules import Bounds, sha256_of
from consult.foundation.cells import formula_safe, restored
from consult.reports.rules import (
    COLUMNS,
    DamagedText,
    Pseudonyms,
    StoredText,
    checked_quote,
)

SIGNS = "=+-@\t\r\n＝＋－＠'"  # noqa: RUF001  # signs that look alike are the point


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+44 20", "-- a list", "@home", "\tindented", "\rreturned", "\n=1", "＝1", "＠home", "'=1"],  # noqa: RUF001  # as above
)
def test_a_text_that_could_be_a_formula_gets_a_single_quote(text: str) -> None:
    assert formula_safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "'quoted' words", "'", " =1", "1-1"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert formula_safe(text) == text


@given(st.text(alphabet=st.sampled_from(SIGNS + "a1 "), max_size=8))
def test_what_was_made_safe_can_always_be_restored(text: str) -> None:
    cell = formula_safe(text)
    assert restored(cell) == text
    assert cell[:1] not in set(SIGNS) - {"'"}


def test_a_member_keeps_one_pseudonym_throughout_a_file() -> None:
    people = Pseudonyms()
    assert [people.of(user) for user in (70, 12, 70, 5)] == ["member 1", "member 2", "member 1", "member 3"]


def test_the_columns_that_outside_programs_read_come_first() -> None:
    contract = {
        "codings": "submission source_text start end quote code coder at origin",
        "suggestions": "submission source_text start end quote code score rank reasons run",
    }
    for export, first in contract.items():
        names = COLUMNS[next(key for key in COLUMNS if key == export)]
        assert list(names[: len(first.split())]) == first.split()
        assert len(set(names)) == len(names)


def test_a_text_whose_hash_is_another_is_damaged() -> None:
    good = StoredText("Words.", sha256_of("Words."))
    assert good.unharmed("LOC0001") is good
    with pytest.raises(DamagedText, match="LOC0001"):
        StoredText("Other words.", good.sha256).unharmed("LOC0001")


def test_a_quote_must_stand_in_its_text_to_the_letter() -> None:
    text = StoredText("🏛️ We wait.", "")
    assert checked_quote(text, Bounds(3, 5), "We", "LOC0001") == "We"
    with pytest.raises(DamagedText, match="LOC0001"):
        checked_quote(text, Bounds(3, 5), "we", "LOC0001")
