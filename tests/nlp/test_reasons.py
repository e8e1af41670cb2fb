import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.proposer import Proposer
from nlp.reasons import AT_MOST, ReasonFinder
from tests.nlp.conftest import CODES, PASSAGES, decided_all

TAUGHT = Proposer(floor=0.0).fit(CODES, PASSAGES, decided_all(4))
PLAIN = Proposer(floor=0.0).fit(CODES, PASSAGES, [])
words = st.sampled_from([*" ".join(PASSAGES).split(), "🙂", "été", "\r\n", "بس", "b\u200bus"])


@settings(deadline=None, max_examples=60)
@given(st.lists(words, max_size=40).map(" ".join))
def test_reasons_are_exact_spans_in_reading_order_and_speak_for_the_code(text: str) -> None:
    for found in TAUGHT.propose([text])[0].codes:
        assert len(found.reasons) <= AT_MOST
        for reason in found.reasons:
            assert text[reason.start : reason.end] == reason.text
            assert reason.text.strip() == reason.text != ""
            assert reason.weight > 0
        assert all(a.end <= b.start for a, b in zip(found.reasons, found.reasons[1:], strict=False))


@pytest.mark.parametrize("proposer", [PLAIN, TAUGHT])
def test_the_parts_of_the_words_add_up_to_the_sums_in_the_score(proposer: Proposer) -> None:
    texts = ["The bus, the train and the bus fares: no evening bus runs home.", "Grant money. Grant forms."]
    model = proposer.model_
    reading = model.features.read(texts)
    matrix = model.features.measure(reading)
    terms = model.terms(model.scores(matrix))
    finder = ReasonFinder(model.features, reading, matrix, terms)
    for row in range(len(texts)):
        for code, parts in enumerate(finder.word_weights(row, range(len(CODES)))):
            whole = sum(
                term.factors[row, code]
                * (term.word.apply(matrix.word) + term.char.apply(matrix.char))[row, code]
                for term in terms
            )
            assert parts.sum() == pytest.approx(whole, abs=1e-4)


def test_learned_parts_add_up_to_what_learning_added_to_the_logit() -> None:
    model = TAUGHT.model_
    assert model.ridge is not None
    assert model.stack is not None
    matrix = model.measure(PASSAGES)
    learned = model.terms(model.scores(matrix))[-1]
    sums = learned.word.apply(matrix.word) + learned.char.apply(matrix.char)
    assert np.allclose(sums + model.ridge.level, model.ridge.scores(matrix), atol=1e-5)
    assert np.allclose(learned.factors, model.stack.coefficients[1])


def test_a_reason_is_the_word_that_moved_the_score() -> None:
    found = PLAIN.propose(["Yesterday we walked along and saw that the timetable was wet."])[0].codes[0]
    assert found.code == "buses"
    assert [reason.text for reason in found.reasons] == ["timetable"]


def test_taking_the_reasons_away_lowers_the_score() -> None:
    for text in PASSAGES:
        first = TAUGHT.propose([text])[0].codes[0]
        rest = text
        for reason in reversed(first.reasons):
            rest = rest[: reason.start] + rest[reason.end :]
        column = TAUGHT.codes_.index(first.code)
        assert TAUGHT.score([rest])[0, column] < first.score


def test_neighbouring_words_make_one_reason_across_a_small_word() -> None:
    found = PLAIN.propose(["We want buses and trains."])[0].codes[0]
    assert [reason.text for reason in found.reasons] == ["buses and trains"]


def test_words_of_different_sentences_stay_apart() -> None:
    found = PLAIN.propose(["We want buses. Trains too."])[0].codes[0]
    assert [reason.text for reason in found.reasons] == ["buses", "Trains"]
