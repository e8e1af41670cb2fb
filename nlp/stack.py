"""One small logistic regression that says how far to trust learning and how far the definition.

    logit = trust_in_definition x defined + trust_in_learning x learned + level + level of the code

It starts from what held on other corpora (the definition as it stands, a fixed trust in learning)
and moves only as far as the decisions push it. The level of a code is a random effect: it moves
with evidence for that code alone, and little, because a frequent code that is raised on every
passage pushes rare ones out of sight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nlp.words import FloatArray, IntArray

Float64Array = NDArray[np.float64]
#: Defined, learned, level: where they start and how far they may go (variances).
_START = np.array([1.0, 5.0, 0.0])
_VARIANCE = np.array([0.05, 1.0, 1.0])
_CODE_VARIANCE = 0.01
_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Stack:
    """What the decisions say: trust in definition and in learning, common level, level of each code."""

    coefficients: FloatArray
    levels: FloatArray

    def logits(self, defined: FloatArray, learned: FloatArray) -> FloatArray:
        """Logit for each passage and code."""
        trust_defined, trust_learned, level = self.coefficients
        followed = trust_defined * defined + trust_learned * learned
        return np.asarray(followed + level + self.levels, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Decided pairs of passage and code: columns, code, answer."""

    x: Float64Array
    code: IntArray
    y: Float64Array
    codes: int

    def logits(self, beta: Float64Array, levels: Float64Array) -> Float64Array:
        return np.asarray(self.x @ beta + levels[self.code])

    def per_code(self, values: Float64Array) -> Float64Array:
        return np.bincount(self.code, weights=values, minlength=self.codes).astype(np.float64)

    def loss(self, beta: Float64Array, levels: Float64Array) -> float:
        """Penalised negative log likelihood."""
        logits = self.logits(beta, levels)
        held = np.square(beta - _START) @ (1 / _VARIANCE) + np.square(levels).sum() / _CODE_VARIANCE
        return float((np.logaddexp(0, logits) - self.y * logits).sum() + held / 2)

    def step(self, beta: Float64Array, levels: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Newton's step; the levels are eliminated first (Schur complement), so many of them cost little."""
        chance = expit(self.logits(beta, levels))
        curve = chance * (1 - chance)
        slope = self.x.T @ (self.y - chance) - (beta - _START) / _VARIANCE
        slope_levels = self.per_code(self.y - chance) - levels / _CODE_VARIANCE
        curve_levels = self.per_code(curve) + 1 / _CODE_VARIANCE
        cross = np.stack([self.per_code(curve * column) for column in self.x.T])
        whole = (self.x * curve[:, None]).T @ self.x + np.diag(1 / _VARIANCE)
        aim = slope - cross @ (slope_levels / curve_levels)
        move = np.linalg.solve(whole - (cross / curve_levels) @ cross.T, aim)
        return move, (slope_levels - cross.T @ move) / curve_levels


def fit_stack(
    defined: FloatArray, learned: FloatArray, answer: FloatArray, known: NDArray[np.bool_]
) -> Stack:
    """Most likely coefficients given the decided pairs; `learned` must be left-out scores."""
    code = np.nonzero(known)[1]
    x = np.stack([defined[known], learned[known], np.ones(len(code), dtype=np.float32)], axis=1)
    pairs = _Pairs(x.astype(np.float64), code, answer[known].astype(np.float64), known.shape[1])
    beta, levels = _START.copy(), np.zeros(pairs.codes)
    loss = pairs.loss(beta, levels)
    for _ in range(_ROUNDS):
        beta, levels, better = _improved(pairs, beta, levels, loss)
        if loss - better < 1e-8 * max(1.0, loss):
            break
        loss = better
    return Stack(beta.astype(np.float32), levels.astype(np.float32))


def _improved(
    pairs: _Pairs, beta: Float64Array, levels: Float64Array, loss: float
) -> tuple[Float64Array, Float64Array, float]:
    """Go along Newton's step, halved until it helps: the full step can overshoot."""
    move, move_levels = pairs.step(beta, levels)
    for size in 0.5 ** np.arange(12):
        there = beta + size * move, levels + size * move_levels
        better = pairs.loss(*there)
        if better < loss:
            return *there, better
    return beta, levels, loss
