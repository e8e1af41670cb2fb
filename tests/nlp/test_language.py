import importlib
import pkgutil

import pytest
import spacy.lang
from hypothesis import given
from hypothesis import strategies as st

from nlp.language import language_of

ENGLISH = "The last bus to the village leaves at five, and nobody who works late can get home on it."
WELSH = (
    "Mae'r bws olaf i'r pentref yn gadael am bump, ac nid oes neb sy'n gweithio'n hwyr yn gallu mynd adref."
)


def test_english_and_welsh_are_told_apart() -> None:
    assert language_of(ENGLISH) == "en"
    assert language_of(WELSH) == "cy"


@pytest.mark.parametrize(
    "text", ["", " \u200b\n", "Bus.", "12.5% | 40", "Dr Chris Llewelyn", "👩‍👩‍👧 👍🏽", "是。那是。"]
)
def test_too_little_to_tell_is_a_result(text: str) -> None:
    assert language_of(text) is None


def test_a_passage_in_both_is_neither() -> None:
    assert language_of(f"{ENGLISH} {WELSH}") is None


def test_a_few_words_quoted_in_the_other_language_change_nothing() -> None:
    assert language_of(f'{WELSH} "This is England," meddai\'r ferch ar y ffôn, yn ddigon clên.') == "cy"


def test_capitals_invisible_characters_and_line_ends_change_nothing() -> None:
    for text, language in ((ENGLISH, "en"), (WELSH, "cy")):
        assert language_of(text.upper()) == language
        assert language_of(f"\ufeff{text.replace(' ', chr(13) + chr(10))}\u200b") == language


def test_other_languages_are_taken_for_neither() -> None:
    """spaCy carries some sentences of each of the languages that it knows."""
    taken = {}
    for module in pkgutil.iter_modules(spacy.lang.__path__):
        try:
            examples = importlib.import_module(f"spacy.lang.{module.name}.examples")
        except ImportError:
            continue
        if module.name != "en":
            taken[module.name] = language_of(" ".join(examples.sentences))
    assert len(taken) > 50
    assert {name: language for name, language in taken.items() if language} == {}


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert language_of(text) in {"en", "cy", None}
