"""The decided passages that a suggestion rests on, each with its share of the score, exactly.

    learned part of the logit = base + sum over rows of trust x weight x likeness

Rows are the decided passages and the descriptions of the codes; likeness is the weighted mean of the
cosines of words, characters and meaning (ridge.py). So shares are no guess at what moved the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.proposer import Proposer
from nlp.ridge import kernel_between
from nlp.taught import Taught
from nlp.types import Decided
from nlp.words import FloatArray


@dataclass(frozen=True, slots=True)
class Precedent:
    """A decided passage: what was said of it, and what it adds to the logit of the code in question."""

    text: str
    applies: bool
    weight: float


class Precedents:
    """Finds the precedents of suggestions; `proposer` must have learned from `decided`."""

    def __init__(self, proposer: Proposer, decided: Sequence[Decided]) -> None:
        self._proposer, self._taught = proposer, Taught(proposer, decided)

    def nearest(self, text: str, code: str, at_most: int = 3) -> tuple[Precedent, ...]:
        """Those decided on this code that moved its score on the text most, the strongest first."""
        column, taught = self._proposer.column(code), self._taught
        shares = self.shares(text, code)
        decided = np.flatnonzero(taught.known[:, column] & (shares != 0))
        strongest = decided[np.argsort(-np.abs(shares[decided]), kind="stable")][:at_most]
        return tuple(
            Precedent(str(taught.texts[row]), taught.said_yes(row, column), round(float(shares[row]), 4))
            for row in strongest.tolist()
        )

    def shares(self, text: str, code: str) -> FloatArray:
        """What each row adds to the logit, descriptions and undecided codes too, in the order learned."""
        column, taught = self._proposer.column(code), self._taught
        likeness = kernel_between(taught.rows, self._proposer.model_.measure([text]))[:, 0] - 1
        shares = taught.trust(column) * taught.weights[:, column] * likeness
        return np.asarray(shares, dtype=np.float32)

    def base(self, code: str) -> float:
        """What the code's learned part is for a text that is like nothing decided."""
        column = self._proposer.column(code)
        return float(self._taught.trust(column) * self._taught.weights[:, column].sum())
