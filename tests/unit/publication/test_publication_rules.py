"""What a publication choice allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.evidence.rules import Bounds, PublicationChoice
from consult.publication.rules import (
    GROUND_WORDS,
    MAY_READ,
    QUOTING,
    REMOVED,
    Clearance,
    Ground,
    Withheld,
    may_name,
    redacted,
    shown,
    united,
    within,
)

OUTSIDE = (Clearance.PUBLIC, Clearance.RESEARCH)


@pytest.mark.parametrize("clearance", OUTSIDE)
def test_what_is_not_to_be_published_reaches_nobody_outside(clearance: Clearance) -> None:
    assert PublicationChoice.NOT_PUBLISHED not in MAY_READ[clearance]


@pytest.mark.parametrize("clearance", OUTSIDE)
def test_only_who_chose_to_be_named_is_named_outside(clearance: Clearance) -> None:
    named = {choice for choice in PublicationChoice if may_name(choice, clearance)}
    assert named == {PublicationChoice.WITH_NAME}


def test_the_commission_itself_reads_everything_with_names() -> None:
    for choice in PublicationChoice:
        assert choice in MAY_READ[Clearance.COMPLETE]
        assert may_name(choice, Clearance.COMPLETE)


def test_every_choice_is_said_to_those_who_would_quote() -> None:
    assert set(QUOTING) == set(PublicationChoice)
    assert len(set(QUOTING.values())) == len(PublicationChoice)


def spans(*pairs: tuple[int, int]) -> list[Withheld]:
    return [Withheld(start, end, Ground.NAME) for start, end in pairs]


def test_what_is_withheld_is_replaced_by_its_ground() -> None:
    assert redacted("Ask Mary Smith.", spans((4, 14))) == "Ask [Name removed]."
    assert [run.ground for run in shown("Ask Mary Smith.", spans((4, 14)))] == [None, Ground.NAME, None]


def test_a_text_without_withheld_words_is_one_run_and_an_empty_text_none() -> None:
    assert [run.words for run in shown("Ask me.", [])] == ["Ask me."]
    assert shown("", []) == ()


def test_spans_that_overlap_become_one_and_spans_that_touch_stay_two() -> None:
    assert united(spans((4, 9), (0, 5))) == spans((0, 9))
    assert united(spans((0, 4), (4, 9))) == spans((0, 4), (4, 9))


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(1, 20), st.sampled_from(Ground)), max_size=6),
)
def test_runs_cover_a_text_once_and_show_no_withheld_character(
    text: str, drawn: list[tuple[int, int, Ground]]
) -> None:
    withheld = [
        Withheld(start, start + length, ground) for start, length, ground in drawn if start < len(text)
    ]
    runs = shown(text, withheld)
    hidden = {at for span in withheld for at in range(span.start, min(span.end, len(text)))}
    told = {at for run in runs if run.ground is None for at in range(run.bounds.start, run.bounds.end)}
    assert told == set(range(len(text))) - hidden
    assert [run.bounds.start for run in runs[1:]] == [run.bounds.end for run in runs[:-1]]
    for run in runs:
        assert run.ground or run.words == text[run.bounds.start : run.bounds.end]


def test_a_part_of_a_text_has_the_spans_that_touch_it_cut_to_its_ends() -> None:
    assert within(spans((0, 3), (8, 12), (18, 30)), Bounds(10, 20)) == spans((0, 2), (8, 10))


def test_every_ground_is_said_to_clerks_and_to_readers() -> None:
    assert set(GROUND_WORDS) == set(REMOVED) == set(Ground)
