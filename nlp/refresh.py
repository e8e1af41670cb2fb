"""One more decision, and what is near on screen is in order again, without learning everything anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from nlp.proposer import Proposer
from nlp.ridge import shares_of
from nlp.taught import Taught
from nlp.types import Decided
from nlp.words import FloatArray


class LiveRanking:
    """Passages in order of a code, kept up with decisions one by one.

    `proposer` must have learned from `decided`; scores are then the same as its own. The next whole
    learning moves also what stays as it was here: trust, levels, penalty.
    """

    def __init__(self, proposer: Proposer, decided: Sequence[Decided], texts: Sequence[str]) -> None:
        self._proposer, self._taught = proposer, Taught(proposer, decided)
        self._texts = proposer.model_.measure(texts)
        self._defined = proposer.model_.defined(self._texts)

    def decide(self, one: Decided) -> None:
        """Take one more decision; raises NlpError for a code that the codebook lacks."""
        self._taught.decide(one)

    def scores(self, code: str) -> FloatArray:
        """Probability of a code on each text."""
        column = self._proposer.column(code)
        weights, rows = self._taught.weights[:, column], self._taught.rows
        spelled, meant = shares_of(rows)
        learned = self._texts.word @ (rows.word.T @ (weights * spelled / 2))
        learned += self._texts.char @ (rows.char.T @ (weights * spelled / 2))
        learned += self._texts.dense @ (meant * (rows.dense.T @ weights)) + weights.sum()
        learned *= np.float32(self._taught.held_back(column))
        return np.asarray(
            expit(self._proposer.model_.joined(self._defined, learned, column)), dtype=np.float32
        )
