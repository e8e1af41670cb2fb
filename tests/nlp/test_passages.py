import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import NlpError
from nlp.passages import PassageCutter
from nlp.types import Span

ENGLISH = PassageCutter("en")
SHORT = PassageCutter("en", target_words=1, max_words=12)
TINY = PassageCutter("xx", target_words=3, max_words=5)

# What trips code that counts anything but code points: joined emoji, marks, right to left, both line ends.
PIECES = """Cllr. Jones said no. |👩‍👩‍👧 |🏴󠁧󠁢󠁷󠁬󠁳󠁿|مرحبا بكم. |שלום? |这是。那是。|"""
MORE = """2.3 We ask; for more, |Oh! |a.b.|"Quoted." """
pieces = st.sampled_from(
    [
        *PIECES.split("|"),
        "e\u0301te\u0301 ",
        "\u0301",
        "\u200b",
        "\ufeff",
        "\u00a0",
        "\r\n",
        "\n",
        "\t",
        "x" * 300,
    ]
)
texts = st.one_of(st.lists(pieces, max_size=40).map("".join), st.text(max_size=200))


def words_of(cutter: PassageCutter, text: str) -> list[str]:
    return [text[span.start : span.end] for span in cutter.cut(text, [])]


@settings(deadline=None, max_examples=300)
@given(texts, st.lists(st.integers(0, 400), max_size=6))
def test_passages_are_exact_ordered_and_cover_all_that_is_not_blank(text: str, cuts: list[int]) -> None:
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    paragraphs = [Span(a, b) for a, b in itertools.pairwise(bounds)]
    passages = TINY.cut(text, paragraphs)

    covered = set()
    for passage in passages:
        body = text[passage.start : passage.end]
        assert body
        assert body == body.strip()
        assert len(body.split()) <= TINY.max_words
        assert any(p.start <= passage.start and passage.end <= p.end for p in paragraphs)
        assert not covered & set(range(passage.start, passage.end))
        covered |= set(range(passage.start, passage.end))
    assert passages == sorted(passages)
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)


@settings(deadline=None, max_examples=100)
@given(texts)
def test_the_same_text_is_always_cut_alike(text: str) -> None:
    assert TINY.cut(text, []) == PassageCutter("xx", target_words=3, max_words=5).cut(text, [])


def test_no_cut_falls_inside_a_joined_emoji_or_before_a_combining_mark() -> None:
    text = "👩‍👩‍👧" * 200 + " " + "e\u0301" * 400
    for passage in TINY.cut(text, [])[1:]:
        assert text[passage.start] not in "\u200d\u0301\ufe0f"
        assert text[passage.start - 1] != "\u200d"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("We met Cllr. Jones. He agreed.", ["We met Cllr. Jones.", "He agreed."]),
        ("Buses, e.g. the 36, stop. Trains do not.", ["Buses, e.g. the 36, stop.", "Trains do not."]),
        ("We all said no. They did it.", ["We all said no.", "They did it."]),
        ("See para. 12 and pp. 3-4. It says so.", ["See para. 12 and pp. 3-4.", "It says so."]),
        ("House No. 4 is empty. It leaks.", ["House No. 4 is empty.", "It leaks."]),
        ("Mr. and Mrs. Hughes wrote. We read it.", ["Mr. and Mrs. Hughes wrote.", "We read it."]),
        ("1. We ask for money. 2. We ask for time.", ["1. We ask for money.", "2. We ask for time."]),
        ("2.3 Costs rose by 4.5 per cent. Why?", ["2.3 Costs rose by 4.5 per cent.", "Why?"]),
        ('She said "enough." Then she left.', ['She said "enough."', "Then she left."]),
        ("It rained... and rained. Then it stopped.", ["It rained... and rained.", "Then it stopped."]),
        ("We fund clubs, choirs etc. They need it.", ["We fund clubs, choirs etc.", "They need it."]),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, sentences: list[str]) -> None:
    assert words_of(SHORT, text) == sentences


def test_welsh_and_unknown_languages_are_cut_too() -> None:
    text = "Nid oes bws ar ôl pump. Mae'r Cyng. Jones yn gwybod."
    for language in ("cy", "tlh"):
        cutter = PassageCutter(language, target_words=1, max_words=12)
        assert words_of(cutter, text) == ["Nid oes bws ar ôl pump.", "Mae'r Cyng. Jones yn gwybod."]


def test_a_short_paragraph_is_one_passage() -> None:
    assert words_of(ENGLISH, "  One. Two. Three.\n") == ["One. Two. Three."]


def test_a_long_paragraph_becomes_passages_of_about_the_wanted_length() -> None:
    text = "This is a sentence of just eight words. " * 60
    lengths = [len(body.split()) for body in words_of(ENGLISH, text)]
    assert all(60 <= length <= 100 for length in lengths)
    assert sum(lengths) == 480


def test_a_sentence_without_end_is_cut_at_clauses_and_then_by_words() -> None:
    clauses = ", ".join(["and so it went on for ever"] * 40)
    assert all(body.endswith(",") for body in words_of(ENGLISH, clauses)[:-1])
    bare = "word " * 1000
    assert max(len(body.split()) for body in words_of(ENGLISH, bare)) <= 160


def test_a_run_without_any_space_is_cut_too() -> None:
    passages = ENGLISH.cut("字" * 20_000, [])
    assert len(passages) > 5
    assert passages[0].start == 0
    assert passages[-1].end == 20_000


def test_several_texts_are_cut_as_each_alone() -> None:
    given_texts = [("One. " * 200, []), ("", []), ("Two", [Span(0, 3)])]
    assert ENGLISH.cut_many(given_texts) == [
        ENGLISH.cut(text, paragraphs) for text, paragraphs in given_texts
    ]


def test_blank_text_has_no_passages() -> None:
    assert ENGLISH.cut(" \r\n\t\u00a0", []) == []


@pytest.mark.parametrize("paragraphs", [[Span(0, 9)], [Span(0, 2), Span(1, 3)], [Span(-1, 2)], [Span(2, 1)]])
def test_paragraphs_that_cannot_be_are_refused(paragraphs: list[Span]) -> None:
    with pytest.raises(NlpError):
        ENGLISH.cut("abcd", paragraphs)


@pytest.mark.parametrize(("target", "most"), [(0, 5), (10, 5)])
def test_lengths_that_cannot_be_are_refused(target: int, most: int) -> None:
    with pytest.raises(NlpError):
        PassageCutter(target_words=target, max_words=most)


def test_the_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.passages._WORDS_REMEMBERED", 1_000)
    cutter = PassageCutter("en", target_words=5, max_words=10)
    for batch in range(5):
        text = " ".join(f"word{batch}x{i}" for i in range(900))
        assert " ".join(words_of(cutter, text)) == text
    assert cutter._held is not None
    assert len(cutter._held.vocab) < 3_000
