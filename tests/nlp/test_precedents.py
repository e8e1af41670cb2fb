import numpy as np
import pytest

from nlp.errors import NlpError
from nlp.precedents import Precedents
from nlp.proposer import Proposer
from tests.nlp.conftest import CODES, PASSAGES, SENTENCES, decided_all
from tests.nlp.test_encoder import Meanings

NEW = ["The evening bus was cut and nobody can get home.", "Our grant ran out.", "Nothing of the kind."]


@pytest.mark.parametrize("encoder", [None, Meanings()])
def test_base_and_shares_add_up_to_what_learning_gave_the_logit(encoder: Meanings | None) -> None:
    proposer = Proposer(encoder=encoder).fit(CODES, PASSAGES, decided_all(3))
    precedents, model = Precedents(proposer, decided_all(3)), proposer.model_
    assert model.ridge is not None
    assert model.stack is not None
    learned = model.stack.coefficients[1] * model.ridge.scores(model.measure(NEW))
    for row, text in enumerate(NEW):
        for column, code in enumerate(proposer.codes_):
            whole = precedents.base(code) + precedents.shares(text, code).sum()
            assert whole == pytest.approx(learned[row, column], abs=1e-3)


def test_the_nearest_decided_passage_is_named_first_with_what_was_said_of_it() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(4))
    first, *_ = Precedents(proposer, decided_all(4)).nearest(NEW[0], "buses")
    assert first.text == SENTENCES["buses"][3]
    assert first.applies
    assert first.weight > 0


def test_a_rejected_passage_speaks_against() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(4))
    found = Precedents(proposer, decided_all(4)).nearest(SENTENCES["money"][0], "buses", at_most=1)
    assert [(one.text, one.applies) for one in found] == [(SENTENCES["money"][0], False)]
    assert found[0].weight < 0


def test_only_as_many_as_asked_for_and_only_decided_ones() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(1))
    precedents = Precedents(proposer, decided_all(1))
    assert len(precedents.nearest(NEW[0], "buses", at_most=2)) <= 2
    decided = {one.text for one in decided_all(1)}
    assert {one.text for one in precedents.nearest(NEW[0], "buses", at_most=50)} <= decided


def test_there_are_no_precedents_without_decisions_or_for_unknown_codes() -> None:
    with pytest.raises(NlpError, match="first decision"):
        Precedents(Proposer().fit(CODES, PASSAGES, []), [])
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(1))
    with pytest.raises(NlpError, match="'trams'"):
        Precedents(proposer, decided_all(1)).nearest("x", "trams")


def test_shares_of_a_text_like_nothing_are_nothing() -> None:
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(1))
    assert np.allclose(Precedents(proposer, decided_all(1)).shares("", "buses"), 0)
