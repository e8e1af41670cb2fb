"""Ridge regression over all codes at once, in kernel form, with exact leave-one-out scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from nlp.features import TextMatrix
from nlp.linear import LinearMap
from nlp.words import FloatArray

PENALTIES = (0.1, 0.3, 1.0, 3.0)
#: So many rows are enough to choose the penalty by.
_ROWS_TO_CHOOSE_BY = 1_000
#: As if so many texts had been decided as the definitions expect: one yes alone is not "usual".
_EXPECTED = 3
#: Without an encoder: so many yeses on a code, about, and its learning is trusted half as far as at last.
_HALF_TRUSTED = 1.0
#: Weight of the encoder's cosine beside that of the n-grams.
_MEANING = 1.5


@dataclass(frozen=True, slots=True)
class Ridge:
    """Learned weights; scores are above or below what is usual for a code, about -prevalence to 1."""

    word: LinearMap
    char: LinearMap
    dense: FloatArray
    level: FloatArray
    usual: FloatArray
    penalty: float

    def scores(self, texts: TextMatrix) -> FloatArray:
        """Learned score of each code on each passage."""
        spelled = self.word.apply(texts.word) + self.char.apply(texts.char)
        return np.asarray(spelled + texts.dense @ self.dense + self.level, dtype=np.float32)


def fit_ridge(
    texts: TextMatrix, targets: FloatArray, expected: FloatArray, described: TextMatrix
) -> tuple[Ridge, FloatArray]:
    """Fit, and give the score that each text gets when it is left out.

    `expected` is what the definitions make of the texts; with few of them it says what is usual.

    `described` has one row for each code, its description: it stands among the texts as an example
    of that code and of nothing else, so that a code nobody has used yet is not learned to be absent.
    """
    everything = stacked(texts, described)
    usual = (targets.sum(axis=0) + _EXPECTED * expected.mean(axis=0)) / (len(texts) + _EXPECTED)
    wanted = np.concatenate([targets - usual, np.eye(len(described), dtype=np.float32)])
    kernel = kernel_between(everything, everything)
    penalty = _best_penalty(kernel, wanted, len(texts))
    weights, left_out = _solve(kernel, wanted, penalty)
    spelled, meant = shares_of(everything)
    halves = (spelled / 2 * weights).astype(np.float32)
    ridge = Ridge(
        word=LinearMap.of(everything.word, halves),
        char=LinearMap.of(everything.char, halves),
        dense=(meant * everything.dense.T @ weights).astype(np.float32),
        level=weights.sum(axis=0),
        usual=usual.astype(np.float32),
        penalty=penalty,
    )
    return ridge, left_out[: len(texts)]


def steadied(
    ridge: Ridge, left_out: FloatArray, answer: FloatArray, known: NDArray[np.bool_]
) -> tuple[Ridge, FloatArray]:
    """The same, with codes held back of which few yeses are known; a text's own yes is not counted for it.

    For learning from words alone: the words of one or two passages say little of the next. What they
    mean says more, so with an encoder nothing is held back.
    """
    yes = np.where(known, answer, 0).astype(np.float32)
    trust = trust_in(yes.sum(axis=0))
    held_back = Ridge(
        word=ridge.word.times(trust),
        char=ridge.char.times(trust),
        dense=ridge.dense * trust,
        level=ridge.level * trust,
        usual=ridge.usual,
        penalty=ridge.penalty,
    )
    return held_back, left_out * trust_in(yes.sum(axis=0) - yes)


def trust_in(yeses: FloatArray) -> FloatArray:
    """How far the learning of a code with so many yeses is trusted, without an encoder."""
    # Half a yes more than there are, so that the first no counts as well.
    return np.asarray((yeses + 0.5) / (yeses + 0.5 + _HALF_TRUSTED), dtype=np.float32)


def shares_of(texts: TextMatrix) -> tuple[np.float32, np.float32]:
    """How much of the kernel is n-grams and how much the encoder's vectors, where there are any."""
    if not texts.dense.shape[1]:
        return np.float32(1.0), np.float32(0.0)
    return np.float32(1 / (1 + _MEANING)), np.float32(_MEANING / (1 + _MEANING))


def stacked(one: TextMatrix, other: TextMatrix) -> TextMatrix:
    """The texts of both, one after the other."""
    word = sparse.csr_array(sparse.vstack([one.word, other.word], format="csr"))
    char = sparse.csr_array(sparse.vstack([one.char, other.char], format="csr"))
    return TextMatrix(word, char, np.concatenate([one.dense, other.dense]))


def kernel_between(one: TextMatrix, other: TextMatrix) -> FloatArray:
    """Weighted mean of the cosines of two lots of texts, plus a constant that stands for an intercept."""
    spelled, meant = shares_of(one)
    kernel = (one.word @ other.word.T).toarray()
    kernel += (one.char @ other.char.T).toarray()
    kernel *= spelled / 2
    kernel += meant * (one.dense @ other.dense.T)
    kernel += np.float32(1.0)
    return np.asarray(kernel, dtype=np.float32)


def _best_penalty(kernel: FloatArray, wanted: FloatArray, texts: int) -> float:
    """The penalty with the least squared error when texts are left out."""
    step = max(1, len(kernel) // _ROWS_TO_CHOOSE_BY)
    rows = np.arange(0, len(kernel), step)
    few, aims = kernel[np.ix_(rows, rows)], wanted[rows]
    scored = rows < texts
    errors = [np.square((_solve(few, aims, p)[1] - aims)[scored]).mean() for p in PENALTIES]
    return PENALTIES[int(np.argmin(errors))]


def _solve(kernel: FloatArray, wanted: FloatArray, penalty: float) -> tuple[FloatArray, FloatArray]:
    """Dual weights and leave-one-out scores.

    The latter are y_i - a_i / inv(K + penalty I)_ii (Rasmussen and Williams 2006, equation 5.12).
    """
    ridged = kernel + np.float32(penalty) * np.eye(len(kernel), dtype=np.float32)
    factor = linalg.cho_factor(ridged, lower=True, overwrite_a=True, check_finite=False)
    weights = linalg.cho_solve(factor, wanted, check_finite=False)
    inverse_factor = linalg.solve_triangular(
        factor[0], np.eye(len(kernel), dtype=np.float32), lower=True, overwrite_b=True, check_finite=False
    )
    diagonal = np.einsum("ij,ij->j", inverse_factor, inverse_factor)
    return weights.astype(np.float32), (wanted - weights / diagonal[:, None]).astype(np.float32)
