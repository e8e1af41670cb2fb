"""How a text lies on the coding screen, and where words stand in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.coding.layout import (
    CodingShown,
    DecisionShown,
    PassageShown,
    SuggestionShown,
    TextShown,
    parts_of,
    progress_of,
    touched,
)
from consult.coding.rules import Band, CodingOrigin, Verdict, band_of, located
from consult.evidence.rules import Bounds, paragraphs_of
from consult.foundation.errors import BadInput
from tests.builders import NOON

BODY = "One 🏛️ two.\n\nThree four.\nFive.\n\n\tSix."
LETTERS = st.text(alphabet="ab 🏛é́\n\u05d0", max_size=60)
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6)


def text_of(body: str, text_id: int = 1) -> TextShown:
    return TextShown(text_id, body, 4, 1, "Why?")


def cut(body: str, text_id: int = 1) -> list[PassageShown]:
    return [PassageShown(i, text_id, b, cut=True) for i, b in enumerate(paragraphs_of(body), start=1)]


def suggestion(passage_id: int, *reasons: tuple[int, int], **values: object) -> SuggestionShown:
    given = {"id": 7, "passage_id": passage_id, "code_id": 3, "name": "Power", "definition": "", "score": 0.4}
    found = tuple({"start": s, "end": e, "text": "x", "weight": 1.0} for s, e in reasons)
    return SuggestionShown(**{**given, "reasons": found, "from_definition": True, **values})  # type: ignore[arg-type]  # given by keyword


def coding(start: int, end: int, **values: object) -> CodingShown:
    given = {"id": 9, "code_id": 3, "name": "Power", "who": "Ann", "mine": True, "at": NOON}
    given |= {"origin": CodingOrigin.OWN, "decision_id": None}
    passage = PassageShown(99, 1, Bounds(start, end), cut=False)
    return CodingShown(**{**given, "passage": passage, **values})  # type: ignore[arg-type]  # given by keyword


def test_each_passage_is_a_block_with_its_paragraphs_number() -> None:
    (part,) = parts_of([text_of(BODY)], cut(BODY), [], [])
    assert [(block.paragraph, block.opens_paragraph) for block in part.blocks] == [
        (4, True),
        (5, True),
        (6, True),
    ]
    assert part.blocks[2].bounds.start == BODY.index("Six")


def test_words_not_yet_cut_still_have_a_place() -> None:
    (part,) = parts_of([text_of(BODY)], [], [], [])
    assert ["".join(p.words for p in block.pieces) for block in part.blocks] == [
        "One 🏛️ two.",
        "Three four.\nFive.",
        "Six.",
    ]


def test_a_passage_of_several_paragraphs_is_one_block_with_the_numbers_of_all() -> None:
    text = TextShown(1, BODY, 4, 1, "Why?", mapped={5: 2})
    (part,) = parts_of([text], [PassageShown(1, 1, Bounds(0, BODY.index("Five")), cut=True)], [], [])
    assert [(b.paragraph, b.last_paragraph, b.opens_paragraph, b.mapped) for b in part.blocks] == [
        (4, 5, True, 2),
        (5, 5, False, 2),
        (6, 6, True, None),
    ]
    assert part.blocks[1].pieces[0].words == "Five."


@given(LETTERS, st.lists(st.integers(0, 60), max_size=8, unique=True))
def test_every_word_lies_in_one_block_however_the_passages_lie(body: str, edges: list[int]) -> None:
    inside = sorted(edge for edge in edges if edge <= len(body))
    spans = [Bounds(start, end) for start, end in zip(inside[::2], inside[1::2], strict=False)]
    passages = [
        PassageShown(i, 1, span, cut=True)
        for i, span in enumerate(spans)
        if body[span.start : span.end].strip()
    ]
    (part,) = parts_of([text_of(body)], passages, [], [])
    held = [at for block in part.blocks for at in range(block.bounds.start, block.bounds.end)]
    assert len(held) == len(set(held))
    assert {at for at, letter in enumerate(body) if not letter.isspace()} <= set(held)


@given(LETTERS, SPANS, SPANS)
def test_pieces_put_together_are_the_text_whatever_is_marked_in_it(
    body: str, coded: list[tuple[int, int]], reasons: list[tuple[int, int]]
) -> None:
    codings = [coding(min(s), max(s)) for s in coded if min(s) < max(s) <= len(body)]
    passages = cut(body)
    spoken = [suggestion(p.id, *[(min(r), max(r)) for r in reasons]) for p in passages]
    (part,) = parts_of([text_of(body)], passages, spoken, codings)
    for block in part.blocks:
        assert "".join(p.words for p in block.pieces) == body[block.bounds.start : block.bounds.end]
    inked = [b for block in part.blocks for b in range(block.bounds.start, block.bounds.end)]
    assert [i for i, c in enumerate(body) if c.strip() and i not in inked] == []
    if part.blocks:
        assert sum(len(block.codings) for block in part.blocks) == len(codings)


def test_reasons_and_coded_words_are_marked_also_where_they_cross() -> None:
    (part,) = parts_of([text_of(BODY)], cut(BODY), [suggestion(1, (0, 6))], [coding(4, 11)])
    assert [(p.words, p.suggestion_ids, p.coded) for p in part.blocks[0].pieces] == [
        ("One ", (7,), False),
        ("🏛️", (7,), True),
        (" two.", (), True),
    ]
    assert part.blocks[0].codings[0][1] == "🏛️ two."


def test_a_coding_of_the_whole_passage_needs_no_quote_and_marks_no_words() -> None:
    whole = cut(BODY)[0].bounds
    (part,) = parts_of([text_of(BODY)], cut(BODY), [], [coding(whole.start, whole.end)])
    assert part.blocks[0].codings[0][1] == ""
    assert not any(piece.coded for piece in part.blocks[0].pieces)


def test_what_was_settled_says_whether_its_coding_was_withdrawn() -> None:
    accepted = DecisionShown(5, "Ann", True, Verdict.ACCEPT, NOON)
    made = coding(0, 3, decision_id=5)
    for codings, told in (([made], []), ([], [True]), ([coding(0, 3)], [False])):
        (part,) = parts_of([text_of(BODY)], cut(BODY), [suggestion(1, decision=accepted)], codings)
        assert [withdrawn for _, _, withdrawn in part.blocks[0].settled] == told
        assert part.blocks[0].open == []


def test_progress_counts_passages_with_suggestions_only() -> None:
    rejected = DecisionShown(5, "Ann", True, Verdict.REJECT, NOON)
    suggestions = [suggestion(1), suggestion(1, decision=rejected), suggestion(2, decision=rejected)]
    progress = progress_of(parts_of([text_of(BODY)], cut(BODY), suggestions, []))
    assert (progress.passages, progress.left) == (2, 1)


def test_a_span_touches_every_block_it_lies_in() -> None:
    parts = parts_of([text_of(BODY), text_of("Other.", 2)], cut(BODY) + cut("Other.", 2), [], [])
    assert [block.paragraph for block in touched(parts, 1, Bounds(8, 20))] == [4, 5]
    assert touched(parts, 3, Bounds(0, 5)) == []


@pytest.mark.parametrize(
    ("score", "band"), [(0.0, Band.POSSIBLE), (0.2, Band.LIKELY), (0.5, Band.STRONG), (1.0, Band.STRONG)]
)
def test_a_score_has_a_band_in_words(score: float, band: Band) -> None:
    assert band_of(score) is band


def test_words_are_looked_for_in_their_passage_before_the_rest_of_the_text() -> None:
    body = "ask us. ask them."
    assert located(body, Bounds(8, 17), "ask") == Bounds(8, 11)
    with pytest.raises(BadInput, match="occur 2 times"):
        located(body, Bounds(4, 6), "ask")


def test_a_claimed_place_is_believed_only_where_the_text_agrees() -> None:
    body = "ask us\r\nask us"
    assert located(body, Bounds(0, 14), "ask us", Bounds(8, 14)) == Bounds(8, 14)
    assert located("one ask", Bounds(0, 7), "ask", Bounds(0, 3)) == Bounds(4, 7)
    with pytest.raises(BadInput, match="occur 2 times"):
        located(body, Bounds(0, 14), "ask us", Bounds(3, 9))


@given(LETTERS.filter(str.strip), st.data())
def test_words_located_are_the_words_asked_for(body: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body) - 1))
    words = body[start : data.draw(st.integers(start + 1, len(body)))]
    try:
        bounds = located(body, Bounds(0, len(body)), words, Bounds(start, start + len(words)))
    except BadInput:
        pytest.fail("words of the text were not found where they are")
    if words.strip():
        assert body[bounds.start : bounds.end].split() == words.split()
