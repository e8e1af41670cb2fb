"""Which typed codes are postcodes, what is kept of them, and which place they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.calls.postcodes import district_of, entries_in, place_of, problem_of_entries

KERNOW, SOUTHWARK, LONDON = 1, 2, 3
PLACES = {KERNOW: ["TR", "PL10"], SOUTHWARK: ["SE1", "SE15"], LONDON: ["SE", "W1"]}


@pytest.mark.parametrize(
    ("typed", "district"),
    [
        ("TR19 7AD", "TR19"),
        ("tr197ad", "TR19"),
        (" se 1  9 rt ", "SE1"),
        ("SW1A 1AA", "SW1A"),
        ("W1T 4JT", "W1T"),
        ("M1 1AE", "M1"),
        ("SE15", "SE15"),
        ("EC1A", "EC1A"),
    ],
)
def test_of_a_postcode_the_first_half_is_kept(typed: str, district: str) -> None:
    assert district_of(typed) == district


@pytest.mark.parametrize("typed", ["", "TR", "Penzance", "TR19 7", "Q1 1AA", "TR19 7CD", "M\uff11"])
def test_what_is_no_postcode_is_not_taken_for_one(typed: str) -> None:
    assert district_of(typed) is None


@given(st.text())
def test_no_text_whatever_gives_more_than_four_letters_and_figures(typed: str) -> None:
    district = district_of(typed)
    assert district is None or (2 <= len(district) <= 4 and district.isascii() and district.isalnum())


@pytest.mark.parametrize(
    ("district", "place"),
    [
        ("TR19", KERNOW),
        ("PL10", KERNOW),
        ("PL1", None),
        ("SE1", SOUTHWARK),
        ("SE15", SOUTHWARK),
        ("SE16", LONDON),
        ("W1T", LONDON),
        ("W11", None),
    ],
)
def test_the_closest_entry_tells_the_place(district: str, place: int | None) -> None:
    assert place_of(district, PLACES) == place


def test_entries_are_listed_each_once_however_they_are_parted() -> None:
    assert entries_in("tr, PL10;PL10\n  SE15") == ["PL10", "SE15", "TR"]


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (["TR19 7AD"], "no postcode area"),
        (["CORNWALL"], "no postcode area"),
        (["SE15"], "listed for Southwark already"),
        ([f"TR{n}" for n in range(401)], "at most 400"),
    ],
)
def test_a_list_that_cannot_be_kept_says_why(entries: list[str], words: str) -> None:
    assert words in problem_of_entries(entries, {"Southwark": ["SE15"]})


def test_a_list_of_areas_and_districts_is_fine() -> None:
    assert problem_of_entries(["TR", "PL10", "W1T"], {"Southwark": ["SE15"]}) == ""
