import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import EmptyCodebookError, NlpError
from nlp.proposer import Proposer
from nlp.types import CodeSpec, Decided
from tests.nlp.conftest import CODES, PASSAGES, SENTENCES, decided_all

NEW_BUS = "There is no bus to the hospital and the train fares are too high."


def score_of(proposer: Proposer, text: str, code: str) -> float:
    return float(proposer.score([text])[0, proposer.codes_.index(code)])


def test_without_decisions_the_definition_proposes() -> None:
    proposal = Proposer().fit(CODES, PASSAGES, []).propose([NEW_BUS])[0]
    assert proposal.codes[0].code == "buses"
    assert proposal.codes[0].rank == 1
    assert all(found.from_definition for found in proposal.codes)
    assert not proposal.abstained


def test_decisions_teach_words_that_the_definition_does_not_have() -> None:
    text = "My mother cannot get to the hospital in the evening."
    plain = Proposer().fit(CODES, PASSAGES, [])
    taught = Proposer().fit(CODES, PASSAGES, decided_all(4))
    assert score_of(taught, text, "buses") > score_of(plain, text, "buses")
    first = taught.propose([text])[0].codes[0]
    assert first.code == "buses"
    assert not first.from_definition


def test_a_code_without_decisions_is_still_told_from_its_definition() -> None:
    decided = [one for one in decided_all(4) if one.code != "parks"]
    proposer = Proposer(floor=0.0).fit(CODES, PASSAGES, decided)
    found = {one.code: one for one in proposer.propose(["The park needs a new playground."])[0].codes}
    assert found["parks"].from_definition
    assert not found["buses"].from_definition
    assert found["parks"].rank == 1


@pytest.mark.parametrize("already", [0, 1, 3])
@pytest.mark.parametrize("code", ["buses", "voice"])
def test_accepting_raises_and_rejecting_lowers_the_score_of_near_passages(already: int, code: str) -> None:
    decided = decided_all(already)
    text, near = SENTENCES[code][3], SENTENCES[code][3].replace("the", "our")
    before = score_of(Proposer().fit(CODES, PASSAGES, decided), near, code)
    accepted = score_of(
        Proposer().fit(CODES, PASSAGES, [*decided, Decided(text, code, applies=True)]), near, code
    )
    rejected = score_of(
        Proposer().fit(CODES, PASSAGES, [*decided, Decided(text, code, applies=False)]), near, code
    )
    assert rejected < before < accepted


@settings(deadline=None, max_examples=15)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(shuffler: random.Random) -> None:
    codes, texts, decided = list(CODES), list(PASSAGES), decided_all(2)
    expected = Proposer().fit(codes, texts, decided)
    for given_list in (codes, texts, decided):
        shuffler.shuffle(given_list)  # type: ignore[arg-type] # lists of three types
    found = Proposer().fit(codes, texts, decided)
    assert found.data_hash_ == expected.data_hash_
    assert found.codes_ == expected.codes_
    assert found.propose([NEW_BUS]) == expected.propose([NEW_BUS])


def test_the_same_seed_gives_the_same_result_where_a_sample_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.proposer.HELD_AT_MOST", 8)
    monkeypatch.setattr("nlp.proposer.READINGS_AT_MOST", 5)
    same = [Proposer(seed=7).fit(CODES, PASSAGES, decided_all(3)).score(PASSAGES) for _ in range(2)]
    other = Proposer(seed=8).fit(CODES, PASSAGES, decided_all(3)).score(PASSAGES)
    assert np.array_equal(*same)
    assert not np.array_equal(same[0], other)


def test_learning_again_is_the_same_as_fitting_afresh() -> None:
    refreshed = Proposer().fit(CODES, PASSAGES, decided_all(1)).learn(decided_all(2))
    afresh = Proposer().fit(CODES, PASSAGES, decided_all(2))
    assert refreshed.data_hash_ == afresh.data_hash_
    assert np.array_equal(refreshed.score(PASSAGES), afresh.score(PASSAGES))


def test_each_passage_is_scored_as_if_it_stood_alone() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(2))
    together = proposer.score(PASSAGES)
    alone = np.concatenate([proposer.score([text]) for text in PASSAGES])
    assert np.allclose(together, alone, atol=1e-6)


def test_no_more_codes_than_the_limit_and_none_below_the_floor() -> None:
    proposer = Proposer(limit=2, floor=0.05).fit(CODES, PASSAGES, decided_all(2))
    for proposal in proposer.propose(PASSAGES):
        assert len(proposal.codes) <= 2
        assert all(found.score >= 0.05 for found in proposal.codes)
        assert [found.rank for found in proposal.codes] == list(range(1, len(proposal.codes) + 1))
        scores = [found.score for found in proposal.codes]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "🙂🙂", "12345 @@@", "Θέλουμε λεωφορεία"])
def test_a_passage_that_says_nothing_known_gets_no_suggestion(text: str) -> None:
    proposal = Proposer(floor=0.0).fit(CODES, PASSAGES, decided_all(4)).propose([text])[0]
    assert proposal.abstained
    assert proposal.codes == ()


def test_invisible_characters_do_not_hide_a_word() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, [])
    hidden = NEW_BUS.replace("bus", "b\u200bu\u00ads").replace("train", "TRAIN")
    assert np.allclose(proposer.score([hidden]), proposer.score([NEW_BUS]))


def test_contradictory_decisions_meet_between_yes_and_no() -> None:
    text = SENTENCES["buses"][0]
    scores = [
        score_of(
            Proposer().fit(CODES, PASSAGES, [Decided(text, "buses", applies=a) for a in answers]),
            text,
            "buses",
        )
        for answers in ([False, False], [True, False], [True, True])
    ]
    assert scores[0] < scores[1] < scores[2]


def test_one_enormous_passage_is_scored_like_any_other() -> None:
    proposal = Proposer().fit(CODES, PASSAGES, decided_all(2)).propose([f"{NEW_BUS} " * 20_000])[0]
    assert proposal.codes[0].code == "buses"


@pytest.mark.parametrize("texts", [[], PASSAGES[:1]])
@pytest.mark.parametrize("decided", [[], [Decided(PASSAGES[0], "buses", applies=True)]])
def test_next_to_nothing_to_learn_from_is_enough(texts: list[str], decided: list[Decided]) -> None:
    scores = Proposer().fit(CODES, texts, decided).score([NEW_BUS])
    assert scores.shape == (1, len(CODES))
    assert np.isfinite(scores).all()


def test_a_codebook_of_one_code_without_definition_works() -> None:
    proposer = Proposer().fit([CodeSpec("b", "Buses")], PASSAGES, [Decided(PASSAGES[0], "b", applies=True)])
    assert 0.0 < score_of(proposer, NEW_BUS, "b") < 1.0


def test_a_code_without_any_words_does_not_disturb_the_others() -> None:
    proposal = Proposer().fit([*CODES, CodeSpec("?", "")], PASSAGES, decided_all(1)[:4]).propose([NEW_BUS])[0]
    assert proposal.codes[0].code == "buses"


def test_an_empty_codebook_is_refused_in_plain_words() -> None:
    with pytest.raises(EmptyCodebookError, match="add at least one"):
        Proposer().fit([], PASSAGES, [])


def test_a_code_given_twice_is_refused() -> None:
    with pytest.raises(NlpError, match="twice"):
        Proposer().fit([CODES[0], CODES[0]], PASSAGES, [])


def test_a_decision_on_an_unknown_code_is_refused() -> None:
    with pytest.raises(NlpError, match="'trams'"):
        Proposer().fit(CODES, PASSAGES, [Decided("text", "trams", applies=True)])


def test_a_proposer_that_was_not_fitted_says_so() -> None:
    for use in (Proposer().score, Proposer().propose):
        with pytest.raises(NlpError, match="fitted"):
            use([])


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"floor": -0.1}, {"floor": 1.1}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(NlpError):
        Proposer(**wrong)  # type: ignore[arg-type] # on purpose


def test_nothing_to_score_gives_nothing() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, [])
    assert proposer.score([]).shape == (0, len(CODES))
    assert proposer.propose([]) == []


def test_the_record_of_a_run_is_complete() -> None:
    proposer = Proposer(limit=3, floor=0.2, seed=9).fit(CODES, PASSAGES, decided_all(1))
    assert proposer.settings() == {"limit": 3, "floor": 0.2, "seed": 9, "encoder": None}
    assert proposer.n_decided_ == 16
    assert len(proposer.data_hash_) == 64
    assert Proposer().fit(CODES, PASSAGES, decided_all(2)).data_hash_ != proposer.data_hash_
    assert Proposer().fit(CODES, PASSAGES[1:], decided_all(1)).data_hash_ != proposer.data_hash_


def test_half_a_surrogate_pair_does_no_harm() -> None:
    broken = "The bus \ud83d is late."
    assert (
        Proposer().fit(CODES, [*PASSAGES, broken], [Decided(broken, "buses", applies=True)]).propose([broken])
    )
