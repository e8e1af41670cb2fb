import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import NlpError
from nlp.proposer import Proposer
from nlp.refresh import LiveRanking
from nlp.types import Decided
from tests.nlp.conftest import CODES, PASSAGES, SENTENCES, decided_all
from tests.nlp.test_encoder import Meanings

decision = st.builds(
    Decided,
    st.sampled_from([*PASSAGES, "A new bus.", ""]),
    st.sampled_from([c.code for c in CODES]),
    st.booleans(),
)


def scores_of(ranking: LiveRanking, proposer: Proposer) -> np.ndarray:
    return np.stack([ranking.scores(code) for code in proposer.codes_], axis=1)


@pytest.mark.parametrize("encoder", [None, Meanings()])
def test_before_any_change_scores_are_the_proposers_own(encoder: Meanings | None) -> None:
    proposer = Proposer(encoder=encoder).fit(CODES, PASSAGES, decided_all(2))
    ranking = LiveRanking(proposer, decided_all(2), PASSAGES)
    assert np.allclose(scores_of(ranking, proposer), proposer.score(PASSAGES), atol=1e-4)


@settings(deadline=None, max_examples=30)
@given(st.lists(decision, min_size=1, max_size=5))
def test_one_by_one_gives_the_same_as_all_at_once(more: list[Decided]) -> None:
    begun = decided_all(2)
    proposer = Proposer().fit(CODES, PASSAGES, begun)
    step_by_step = LiveRanking(proposer, begun, PASSAGES)
    for one in more:
        step_by_step.decide(one)
    # The same model, so the same trust, levels, penalty and usual shares; only the decisions are more.
    at_once = LiveRanking(proposer, [*begun, *more], PASSAGES)
    assert np.allclose(scores_of(step_by_step, proposer), scores_of(at_once, proposer), atol=2e-4)


@pytest.mark.parametrize("encoder", [None, Meanings()])
@pytest.mark.parametrize("code", ["buses", "voice"])
def test_accepting_raises_and_rejecting_lowers_what_is_near(encoder: Meanings | None, code: str) -> None:
    text, near = SENTENCES[code][3], SENTENCES[code][3].replace("the", "our")
    found = {}
    for applies in (True, False):
        proposer = Proposer(encoder=encoder).fit(CODES, PASSAGES, decided_all(2))
        ranking = LiveRanking(proposer, decided_all(2), [near])
        before = ranking.scores(code)[0]
        ranking.decide(Decided(text, code, applies=applies))
        found[applies] = ranking.scores(code)[0] - before
    assert found[False] < 0 < found[True]


def test_a_passage_decided_on_goes_to_the_top_of_its_code() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(1))
    ranking = LiveRanking(proposer, decided_all(1), PASSAGES)
    text = SENTENCES["voice"][2]
    place = PASSAGES.index(text)
    before = (ranking.scores("voice") > ranking.scores("voice")[place]).sum()
    ranking.decide(Decided(text, "voice", applies=True))
    assert (ranking.scores("voice") > ranking.scores("voice")[place]).sum() < before


def test_without_any_decision_there_is_nothing_to_keep_up() -> None:
    with pytest.raises(NlpError, match="first decision"):
        LiveRanking(Proposer().fit(CODES, PASSAGES, []), [], PASSAGES)


def test_an_unknown_code_is_refused() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(1))
    with pytest.raises(NlpError, match="'trams'"):
        LiveRanking(proposer, decided_all(1), PASSAGES).decide(Decided("x", "trams", applies=True))
