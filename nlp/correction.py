"""A last correction of the probabilities that are shown: it changes no order, only what they promise.

The stack's logits are right on average over all pairs of passage and code. Suggestions are the few highest,
and there a model that is a little wrong promises too much or too little. So a rising line with bends is
learned, by logistic regression, on the highest codes of the passages decided (cf. Platt 2000). It starts
from "as it is", and moves only as far as decisions push it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from nlp.words import FloatArray

Float64Array = NDArray[np.float64]
#: Where the line may bend, on the logit scale: .08, .27, .62.
_BENDS = np.array([-2.5, -1.0, 0.5])
_HIGHEST = 5
#: How firmly the line holds to "as it is", and how flat it may become.
_HOLD = 10.0
_FLATTEST = 0.1


@dataclass(frozen=True, slots=True)
class Correction:
    """The slope of each piece of the line, from the left, and by how much the whole is raised."""

    slopes: FloatArray
    shift: np.float32

    def logits(self, raw: FloatArray) -> FloatArray:
        """Corrected logits, in the order of the raw ones."""
        corrected = np.full(raw.shape, _BENDS[0] + self.shift, dtype=np.float32)
        for slope, piece in zip(self.slopes, _pieces(raw), strict=True):
            corrected += slope * piece
        return corrected


def fit_correction(raw: FloatArray, answer: FloatArray, known: NDArray[np.bool_]) -> Correction:
    """The likeliest line for the decided pairs among the highest of each passage; `raw` must be left-out."""
    highest = np.argsort(-raw, axis=1, kind="stable")[:, :_HIGHEST]
    decided = np.take_along_axis(known, highest, axis=1)
    x = np.stack(_pieces(np.take_along_axis(raw, highest, axis=1)[decided].astype(np.float64)))
    y = np.take_along_axis(answer, highest, axis=1)[decided].astype(np.float64)

    start = np.append(np.ones(len(x)), 0.0)

    def loss(line: Float64Array) -> tuple[float, Float64Array]:
        logits = line[:-1] @ x + _BENDS[0] + line[-1]
        off, miss = line - start, expit(logits) - y
        value = (np.logaddexp(0, logits) - y * logits).sum() + _HOLD / 2 * off @ off
        return float(value), np.append(x @ miss, miss.sum()) + _HOLD * off

    bounds = [(_FLATTEST, None)] * len(x) + [(None, None)]
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return Correction(found[:-1].astype(np.float32), np.float32(found[-1]))


def _pieces(raw: NDArray[np.floating[Any]]) -> list[NDArray[np.floating[Any]]]:
    """How far a logit goes into each piece; with slopes of 1 they add up to it, less the first bend."""
    below = np.minimum(raw - _BENDS[0], 0)
    between = [np.clip(raw - low, 0, high - low) for low, high in pairwise(_BENDS)]
    return [below, *between, np.maximum(raw - _BENDS[-1], 0)]
