"""One small logistic regression for all codes that says how far to trust learning and how far the definition.

It starts from "the definition alone" and moves only as far as the decisions push it, so that
with few of them, or for a code without any, the definition's score comes through unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlp.words import FloatArray

#: How firmly the start is held: variance of each coefficient around it.
_VARIANCE = 4.0
_ROUNDS = 25


@dataclass(frozen=True, slots=True)
class Stack:
    """Coefficients for the columns made by `stack_columns`."""

    coefficients: FloatArray

    def logits(self, learned: FloatArray, defined: FloatArray, positives: FloatArray, prevalence: FloatArray) -> FloatArray:
        """Logit for each passage and code; codes nobody has used keep what the definition says."""
        columns = stack_columns(learned, defined, positives, prevalence)
        return np.asarray(columns @ self.coefficients, dtype=np.float32)


def stack_columns(learned: FloatArray, defined: FloatArray, positives: FloatArray, prevalence: FloatArray) -> FloatArray:
    """Columns (passage, code, column); `positives` leaves out a passage's own decision when fitting."""
    grown = np.broadcast_to(np.log1p(positives), learned.shape)
    usual = np.broadcast_to(prevalence, learned.shape)
    columns = [learned, defined, learned * grown, defined * grown, grown, usual, np.ones_like(learned)]
    return np.stack(columns, axis=-1).astype(np.float32)


def fit_stack(columns: FloatArray, answers: FloatArray, weights: FloatArray) -> Stack:
    """Penalised logistic regression by Newton's method, held to the definition's score."""
    start = np.zeros(columns.shape[1])
    start[1] = 1.0
    x, y, w = (a.astype(np.float64) for a in (columns, answers, weights))
    beta = start.copy()
    for _ in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (w * (y - chance)) - (beta - start) / _VARIANCE
        curve = (x * (w * chance * (1 - chance))[:, None]).T @ x + np.eye(len(beta)) / _VARIANCE
        step = np.linalg.solve(curve, slope)
        beta += step
        if np.abs(step).max() < 1e-6:
            break
    return Stack(beta.astype(np.float32))
