"""Decisions about calls and questions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consult.calls.rules import (
    CallDetails,
    CallState,
    CallWords,
    Openness,
    QuestionDetails,
    QuestionKind,
    free_slug,
    is_key,
    is_slug,
    is_storable,
    obstacles_to_publishing,
    openness,
    prefix_of,
    problems_of_call,
    problems_of_question,
    slug_of,
)
from tests.builders import NOON

LATER = NOON + timedelta(days=30)
CALL = CallDetails(CallWords("A call", "To hear", "", "We read them"), NOON, LATER)
CHOICE = QuestionDetails(QuestionKind.SINGLE, "Which?", options=("This", "That"))
SCALE = QuestionDetails(QuestionKind.SCALE, "How easy?", minimum=1, maximum=5)
TEXT = QuestionDetails(QuestionKind.FREE_TEXT, "Why?")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Who decides? A call for evidence", "who-decides-a-call-for-evidence"),
        ("Café society", "cafe-society"),
        ("People's power", "peoples-power"),
        ("议题", "untitled"),
        ("   ", "untitled"),
        ("x" * 90, "x" * 80),
        ("word " * 60, "-".join(["word"] * 16)),
    ],
)
def test_a_slug_is_made_of_plain_letters_and_cut_between_words(title: str, slug: str) -> None:
    assert slug_of(title) == slug
    assert is_slug(slug)


@pytest.mark.parametrize(
    "text", ["", "Has-Capitals", "two--hyphens", "-first", "a b", "é", "x" * 81, "a/b", "a\n"]
)
def test_what_cannot_stand_in_an_address_is_no_slug(text: str) -> None:
    assert not is_slug(text)


def test_keys_of_lists_may_hold_underscores_but_addresses_may_not() -> None:
    assert is_key("local_government")
    assert not is_slug("local_government")
    assert not is_key("_local")


def test_a_taken_slug_gets_the_next_free_number() -> None:
    assert free_slug("call", {"other"}) == "call"
    assert free_slug("call", {"call", "call-2"}) == "call-3"
    assert len(free_slug("x" * 80, {"x" * 80})) <= 80


@pytest.mark.parametrize(
    ("slug", "prefix"), [("future-of-localism", "FUT"), ("a-b-c", "ABC"), ("2026", "INQ"), ("x", "X")]
)
def test_references_begin_with_the_first_letters_of_the_slug(slug: str, prefix: str) -> None:
    assert prefix_of(slug) == prefix


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_what_an_engine_cannot_keep_is_not_storable(text: str) -> None:
    assert not is_storable(text)
    assert is_storable("Llanfair \U0001f3f4 ’")


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (replace(CALL, words=CallWords("")), "title"),
        (replace(CALL, words=CallWords("x" * 301)), "title"),
        (replace(CALL, words=CallWords("x", purpose="y" * 20_001)), "purpose"),
        (replace(CALL, slug="Not A Slug"), "slug"),
        (replace(CALL, closes_at=NOON), "closes_at"),
    ],
)
def test_each_fault_of_a_call_is_named_by_its_field(details: CallDetails, field: str) -> None:
    assert list(problems_of_call(details)) == [field]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (replace(TEXT, prompt=""), "prompt"),
        (replace(TEXT, prompt="x" * 1001), "prompt"),
        (replace(TEXT, hint="x" * 2001), "hint"),
        (replace(TEXT, slug="No!"), "slug"),
        (replace(TEXT, options=("a", "b")), "options"),
        (replace(TEXT, minimum=1), "minimum"),
        (replace(TEXT, word_limit=0), "word_limit"),
        (replace(TEXT, word_limit=100_001), "word_limit"),
        (replace(CHOICE, word_limit=10), "word_limit"),
        (replace(CHOICE, options=("One",)), "options"),
        (replace(CHOICE, options=("Yes", "yes")), "options"),
        (replace(CHOICE, options=("a", "b" * 301)), "options"),
        (replace(CHOICE, options=tuple(str(n) for n in range(61))), "options"),
        (replace(SCALE, minimum=None), "minimum"),
        (replace(SCALE, maximum=None), "maximum"),
        (replace(SCALE, maximum=1), "maximum"),
        (replace(SCALE, maximum=12), "maximum"),
        (replace(SCALE, maximum_meaning="x" * 201), "maximum_meaning"),
        (replace(SCALE, kind=QuestionKind.NUMBER, maximum=2_000_000_001), "maximum"),
        (replace(SCALE, kind=QuestionKind.NUMBER, minimum=6), "maximum"),
    ],
)
def test_each_fault_of_a_question_is_named_by_its_field(details: QuestionDetails, field: str) -> None:
    assert list(problems_of_question(details)) == [field]


@pytest.mark.parametrize(
    "details",
    [
        TEXT,
        CHOICE,
        SCALE,
        replace(TEXT, word_limit=500),
        replace(SCALE, minimum=0, maximum=10),
        QuestionDetails(QuestionKind.NUMBER, "How many?"),
        QuestionDetails(QuestionKind.NUMBER, "How many?", minimum=0),
        QuestionDetails(QuestionKind.PLACE, "Where?"),
    ],
)
def test_a_sound_question_has_no_fault(details: QuestionDetails) -> None:
    assert problems_of_question(details) == {}


def test_a_draft_lacking_everything_is_told_each_thing() -> None:
    bare = CallDetails(CallWords("A call"), NOON, LATER)
    assert len(obstacles_to_publishing(bare, [], places=0, at=LATER)) == 4
    assert obstacles_to_publishing(CALL, [QuestionKind.FREE_TEXT], places=0, at=NOON) == []
    assert "places" in obstacles_to_publishing(CALL, [QuestionKind.PLACE], places=0, at=NOON)[0]


def test_a_call_is_open_from_its_first_instant_to_just_before_its_last() -> None:
    instant = timedelta(microseconds=1)

    def at(state: CallState, moment: timedelta) -> Openness:
        return openness(state, NOON, LATER, NOON + moment)

    whole = LATER - NOON
    assert at(CallState.PUBLISHED, -instant) is Openness.NOT_YET
    assert at(CallState.PUBLISHED, timedelta()) is Openness.OPEN
    assert at(CallState.PUBLISHED, whole - instant) is Openness.OPEN
    assert at(CallState.PUBLISHED, whole) is Openness.CLOSED
    assert at(CallState.CLOSED, timedelta()) is Openness.CLOSED
    assert at(CallState.DRAFT, timedelta()) is Openness.NOT_YET
