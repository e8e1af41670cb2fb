import itertools
import re
from pathlib import Path

import pytest
import spacy
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


def paragraphs_in(text: str) -> list[Span]:
    """Paragraphs parted by blank lines, as a form gives them."""
    return [Span(*found.span()) for found in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text)]


def passages_in(text: str, cutter: PassageCutter = ENGLISH) -> list[str]:
    return [text[span.start : span.end] for span in cutter.cut(text, paragraphs_in(text))]


SENTENCE = "The last bus to the village leaves at five, and nobody who works late can get home on it. "
PARAGRAPH = (SENTENCE * 3).strip()


def test_a_heading_goes_with_what_follows_it() -> None:
    text = f"Our experience\n\n{PARAGRAPH}\n\n2. What we ask for\n\n{PARAGRAPH}"
    assert passages_in(text) == [f"Our experience\n\n{PARAGRAPH}", f"2. What we ask for\n\n{PARAGRAPH}"]


def test_a_heading_goes_with_the_first_passage_of_a_long_paragraph() -> None:
    first, *others = passages_in(f"Our experience\n\n{SENTENCE * 20}")
    assert first.startswith(f"Our experience\n\n{SENTENCE}")
    assert len(others) >= 3


def test_a_numbered_heading_goes_with_what_follows_and_not_with_the_short_paragraph_before() -> None:
    short = "2.2 Nobody compelled the council to do this."
    text = f"{short}\n\n3. What stands in the way\n\n3.1 {PARAGRAPH}"
    assert passages_in(text) == [short, f"3. What stands in the way\n\n3.1 {PARAGRAPH}"]


def test_the_name_of_a_question_goes_with_its_answer() -> None:
    text = f"Question 3: What would have to change?\n\n{PARAGRAPH}"
    assert passages_in(text) == [text]


def test_a_question_in_a_paragraph_of_its_own_is_no_heading() -> None:
    assert passages_in(f"Who decides?\n\n{PARAGRAPH}") == ["Who decides?", PARAGRAPH]


def test_paragraphs_stay_apart_however_short() -> None:
    assert passages_in(f"No.\n\n{PARAGRAPH}\n\nWe ask for a bus.") == [
        "No.",
        PARAGRAPH,
        "We ask for a bus.",
    ]


def test_numbered_paragraphs_keep_their_numbers_and_stay_apart() -> None:
    text = f"2.3 {PARAGRAPH}\n\n2.4 {PARAGRAPH}\n\n(a) {PARAGRAPH}"
    assert passages_in(text) == [f"2.3 {PARAGRAPH}", f"2.4 {PARAGRAPH}", f"(a) {PARAGRAPH}"]


@pytest.mark.parametrize(
    "marks",
    [("-", "-", "-"), ("•", "•", "•"), ("(a)", "(b)", "(c)"), ("1.", "2.", "3."), ("iv)", "v)", "vi)")],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n"])
def test_a_short_list_stays_with_the_words_that_lead_it_in(marks: tuple[str, ...], gap: str) -> None:
    items = gap.join(f"{mark} a bus after six in the evening" for mark in marks)
    text = f"We ask for three things:{gap}{items}"
    assert passages_in(text) == [text]


def test_a_long_list_is_cut_between_its_items_only() -> None:
    items = [
        f"({letter}) a bus for the village of {name} that runs after six in the evening"
        for letter, name in zip("abcdefghijklmnop", "ABCDEFGHIJKLMNOP", strict=True)
    ]
    text = "We ask for:\n" + "\n".join(items)
    passages = passages_in(text)
    assert len(passages) > 2
    assert all(re.match(r"\([a-p]\) |We ask for:\n\(a\)", passage) for passage in passages)
    assert "\n".join(passages) == text


def test_a_line_that_begins_with_a_number_by_chance_is_not_torn_off() -> None:
    text = "The council of the town closed our hall in\n2017. It was sold to\nJ. Smith and his sons."
    assert passages_in(text) == [text]


def test_bullets_that_have_lost_their_lines_begin_what_follows_them() -> None:
    text = "What we need: " + "".join(f"• {SENTENCE}" for _ in range(20))
    assert all(body.startswith("• ") for body in passages_in(text.strip())[1:])


def test_lines_without_marks_or_full_stops_are_one_list() -> None:
    text = "Better buses\nMore police\nCleaner streets\nA doctor"
    lines = [Span(*found.span()) for found in re.finditer(r"[^\n]+", text)]
    assert [text[span.start : span.end] for span in ENGLISH.cut(text, lines)] == [text]


def test_a_table_is_cut_between_rows_and_its_first_row_stays_with_the_second() -> None:
    rows = [
        f"{year} | {year * 3} journeys | fares of the year before, and what the council paid"
        for year in range(40)
    ]
    text = "\n".join(["Year | Journeys | Money", *rows])
    passages = passages_in(text)
    assert len(passages) > 3
    assert passages[0].startswith("Year | Journeys | Money\n0 | ")
    assert "\n".join(passages) == text
    assert all(re.match(r"(\d+|Year) \|", passage) for passage in passages)


@pytest.mark.parametrize("marks", ["“”", '""', "«»"])
def test_a_quotation_is_not_parted(marks: str) -> None:
    quotation = f"{marks[0]}{SENTENCE * 4}{marks[1]}"
    text = f"{SENTENCE * 3}She told us: {quotation} {SENTENCE * 4}".strip()
    assert any(quotation in body for body in passages_in(text))
    assert len(passages_in(text)) > 1


def test_a_quotation_that_is_never_closed_keeps_nothing_together() -> None:
    assert len(passages_in(f"“{SENTENCE * 20}")) > 2


def test_what_somebody_left_out_between_paragraphs_keeps_them_apart() -> None:
    text = f"Our experience [withheld] {PARAGRAPH}"
    spans = [Span(0, 14), Span(text.index(PARAGRAPH), len(text))]
    assert ENGLISH.cut(text, spans) == spans


BLOCKS = st.sampled_from(
    [
        PARAGRAPH,
        SENTENCE * 12,
        "We ask for a bus.",
        "Our experience",
        "We ask for:",
        "- a bus",
        "(b) a hall",
        "A | B",
    ]
)


@settings(deadline=None, max_examples=100)
@given(st.lists(BLOCKS, max_size=6), st.lists(BLOCKS, max_size=6), BLOCKS)
def test_changing_a_paragraph_leaves_the_passages_beyond_its_neighbours_as_they_were(
    before: list[str], after: list[str], changed: str
) -> None:
    """A full stop on either side ends what a heading or a list could reach."""
    ahead, behind = [*before, PARAGRAPH], [PARAGRAPH, *after]
    one, other = ("\n\n".join([*ahead, middle, *behind]) for middle in ("It is so.", changed))
    count = len(passages_in("\n\n".join(ahead)))
    assert passages_in(one)[:count] == passages_in(other)[:count]
    rest = len(passages_in("\n\n".join(behind))) - 1
    assert (
        passages_in(one)[len(passages_in(one)) - rest :]
        == passages_in(other)[len(passages_in(other)) - rest :]
    )


def test_a_trained_pipeline_ends_the_sentences_where_one_is_given(tmp_path: Path) -> None:
    stand_in = spacy.blank("en")
    stand_in.add_pipe("sentencizer", config={"punct_chars": ["~"]})
    stand_in.to_disk(tmp_path / "stand-in")
    cutter = PassageCutter("en", target_words=1, max_words=12, trained=str(tmp_path / "stand-in"))
    text = "Who asked. Nobody ~ We were not there. Ever ~ That is all"
    assert words_of(cutter, text) == ["Who asked. Nobody ~", "We were not there. Ever ~", "That is all"]


def test_white_space_that_a_trained_pipeline_counts_to_a_sentence_is_left_out(tmp_path: Path) -> None:
    stand_in = spacy.blank("en")
    stand_in.add_pipe("sentencizer")
    stand_in.to_disk(tmp_path / "stand-in")
    cutter = PassageCutter("en", target_words=1, max_words=12, trained=str(tmp_path / "stand-in"))
    assert words_of(cutter, "We met Cllr. Jones.  \t He agreed  to it.") == [
        "We met Cllr. Jones.",
        "He agreed  to it.",
    ]


def test_a_trained_pipeline_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "no-sentences")
    for name, words in (
        (str(tmp_path / "no-sentences"), "finds no sentences"),
        ("en_none", "cannot be loaded"),
    ):
        with pytest.raises(NlpError, match=words):
            PassageCutter("en", trained=name).cut(SENTENCE * 20, [])


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
