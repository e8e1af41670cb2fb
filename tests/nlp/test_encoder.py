from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from nlp.errors import DamagedArtefactError, NlpError
from nlp.proposer import Proposer
from nlp.types import Decided
from nlp.words import FloatArray
from tests.nlp.conftest import CODES, PASSAGES, decided_all


class Meanings:
    """Knows that a coach is a bus, which no n-gram tells."""

    name = "meanings-1"

    def encode(self, texts: Sequence[str]) -> FloatArray:
        travel = [any(word in text.lower() for word in ("bus", "coach")) for text in texts]
        return np.array([[said, not said] for said in travel], dtype=np.float32)


class Short:
    name = "short"

    def encode(self, texts: Sequence[str]) -> FloatArray:
        return np.zeros((len(texts) - 1, 2), dtype=np.float32)


def score_of_coach(proposer: Proposer) -> float:
    fitted = proposer.fit(CODES, PASSAGES, [*decided_all(3), Decided("Bus!", "buses", applies=True)])
    return float(fitted.score(["Coach!"])[0, fitted.codes_.index("buses")])


def test_an_encoder_lets_learning_see_likeness_of_meaning() -> None:
    assert score_of_coach(Proposer(encoder=Meanings())) > score_of_coach(Proposer()) + 0.05


def test_a_fitted_model_comes_back_only_with_its_encoder(tmp_path: Path) -> None:
    saved = Proposer(encoder=Meanings()).fit(CODES, PASSAGES, decided_all(2))
    pin = saved.save(tmp_path)
    assert Proposer.load(tmp_path, pin, Meanings()).propose(PASSAGES) == saved.propose(PASSAGES)
    with pytest.raises(DamagedArtefactError, match="encoder"):
        Proposer.load(tmp_path, pin)


def test_an_encoder_that_loses_a_text_is_refused() -> None:
    with pytest.raises(NlpError, match="'short'"):
        Proposer(encoder=Short()).fit(CODES, PASSAGES, [])


@pytest.mark.parametrize("held", [[], PASSAGES[:1], [f"{one} {n}" for n in range(20) for one in PASSAGES]])
def test_any_number_of_passages_held_is_enough(held: list[str]) -> None:
    proposer = Proposer(encoder=Meanings()).fit(CODES, held, [])
    assert np.isfinite(proposer.score(PASSAGES)).all()
    assert np.isfinite(proposer.learn(decided_all(2)).score(["Coach!", ""])).all()
