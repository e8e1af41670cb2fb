"""Percentages, words and addresses of themes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.foundation.errors import BadInput
from consult.themes.rules import (
    LONGEST_TITLE,
    Selection,
    Unit,
    checked_title,
    either,
    median_of,
    noun,
    percentage,
    share,
)


@pytest.mark.parametrize(
    ("part", "base", "said"),
    [
        (0, 0, "no base"),
        (0, 7, "0%"),
        (7, 7, "100%"),
        (1, 3, "33%"),
        (2, 3, "67%"),
        (1, 8, "13%"),  # 12.5 goes up, as it does by hand
        (1, 1000, "under 1%"),
        (999, 1000, "over 99%"),
        (33, 41, "80%"),
    ],
)
def test_a_percentage_is_said_as_people_say_it(part: int, base: int, said: str) -> None:
    assert percentage(part, base) == said


@given(base=st.integers(1, 10_000), data=st.data())
def test_a_percentage_says_none_and_all_only_when_it_is_none_or_all(base: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, base))
    assert (percentage(part, base) == "0%") == (part == 0)
    assert (percentage(part, base) == "100%") == (part == base)
    assert 0 <= share(part, base) <= 100


def test_a_single_one_is_named_in_the_singular() -> None:
    assert [noun(Unit.PASSAGES, 1), noun(Unit.PASSAGES, 0), noun(Unit.RESPONDENTS, 2)] == [
        "passage",
        "passages",
        "respondents",
    ]


def test_answers_are_joined_as_a_sentence_joins_them() -> None:
    assert either(["A little"]) == "“A little”"
    assert either(["A little", "None at all"]) == "“A little” or “None at all”"
    assert either(["Some", "A little", "None at all"]) == "“Some”, “A little” or “None at all”"


def test_the_median_counts_each_value_as_often_as_it_was_given() -> None:
    assert median_of({5: 3, 100: 1}) == 5
    assert median_of({1: 1, 2: 1}) == 1.5


@pytest.mark.parametrize("title", ["", "  \n ", "x" * (LONGEST_TITLE + 1)])
def test_a_title_that_is_empty_or_too_long_is_refused(title: str) -> None:
    with pytest.raises(BadInput):
        checked_title(title)


def test_the_base_of_a_selection_keeps_its_filters_and_drops_its_codings() -> None:
    selection = Selection(1, theme_id=2, code_id=3, coded=True, type_id=4, place_id=5, call_id=6, phase_id=7)
    assert selection.everything == Selection(1, type_id=4, place_id=5, call_id=6, phase_id=7)
    assert selection.filters == selection.everything
    assert selection.by_coding
    assert not selection.everything.by_coding
