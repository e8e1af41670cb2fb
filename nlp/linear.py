"""Scores that are sums over n-grams: kept small, applied fast, taken apart for reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy import sparse

from nlp.words import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class LinearMap:
    """A matrix of weights (n-grams by outputs) of which only the rows that are not zero are kept.

    `place` gives for each n-gram its row in `weights`; row 0 is all zeros and stands for the rest.
    """

    place: IntArray
    weights: FloatArray

    @classmethod
    def of(cls, rows: sparse.csr_array, coefficients: FloatArray | None = None) -> Self:
        """Weights that are sums of sparse rows: outputs = coefficients' columns, or one for each row."""
        used = np.unique(rows.indices)
        place = np.zeros(rows.shape[1], dtype=np.int64)
        place[used] = np.arange(1, len(used) + 1)
        narrow = _moved(rows, place, len(used) + 1)
        outputs = rows.shape[0] if coefficients is None else coefficients.shape[1]
        weights = np.zeros((len(used) + 1, outputs), dtype=np.float32)
        weights[:] = narrow.T.toarray() if coefficients is None else narrow.T @ coefficients
        return cls(place, weights)

    def apply(self, texts: sparse.csr_array) -> FloatArray:
        """Outputs for each text."""
        product = _moved(texts, self.place, len(self.weights)) @ self.weights
        return np.asarray(product, dtype=np.float32)

    def times(self, factors: FloatArray) -> Self:
        """The same with each output multiplied."""
        return replace(self, weights=self.weights * factors)

    def of_grams(self, grams: IntArray, outputs: IntArray) -> FloatArray:
        """The weights of some n-grams for some outputs, (outputs, n-grams)."""
        return np.asarray(self.weights[self.place[grams][:, None], outputs].T)


def _moved(texts: sparse.csr_array, place: IntArray, width: int) -> sparse.csr_array:
    return sparse.csr_array((texts.data, place[texts.indices], texts.indptr), shape=(texts.shape[0], width))
