"""How good scores are: each measure takes truth and scores, both (passage, code).

Codes without a passage to find are left out of means over codes. Where scores are equal, the order
of the codes decides the three highest; otherwise equals are above a threshold together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, precision_recall_curve

from nlp.words import FloatArray, IntArray

Truth = NDArray[np.bool_]


def recall_at_3(truth: Truth, scores: FloatArray) -> float:
    """Share of the true pairs that are among their passage's three highest codes."""
    return float(_found(truth, scores).sum() / truth.sum())


def macro_recall_at_3(truth: Truth, scores: FloatArray) -> float:
    """Mean over codes of the share of their passages on which they are among the three highest."""
    wanted = truth.sum(axis=0)
    present = wanted > 0
    return float((_found(truth, scores).sum(axis=0)[present] / wanted[present]).mean())


def mean_average_precision(truth: Truth, scores: FloatArray) -> float:
    """Mean over codes of average precision (the mean of precision at each true passage)."""
    present = np.flatnonzero(truth.any(axis=0))
    return float(np.mean([average_precision_score(truth[:, code], scores[:, code]) for code in present]))


def brier(truth: Truth, scores: FloatArray) -> float:
    """Mean over all pairs of the squared distance of probability and truth (Brier 1950)."""
    return float(brier_score_loss(truth.ravel(), scores.ravel()))


def coverage_at_90_precision(truth: Truth, scores: FloatArray) -> float:
    """Largest share of true pairs above one threshold at which nine in ten pairs above it are true."""
    precision, recall, _ = precision_recall_curve(truth.ravel(), scores.ravel())
    return float(recall[precision >= 0.9].max())


def expected_calibration_error(truth: Truth, scores: FloatArray, *, shown: int = 5, bins: int = 10) -> float:
    """How far probabilities are from what comes true, on the five likeliest codes of each passage.

    Mean over bins of equal width, each weighing as many pairs as it holds, of the distance between
    the mean probability and the share that is true (Naeini, Cooper and Hauskrecht 2015).
    """
    best = _highest(scores, shown)
    chance = np.take_along_axis(scores, best, axis=1).ravel().astype(np.float64)
    true = np.take_along_axis(truth, best, axis=1).ravel()
    place = np.clip((chance * bins).astype(np.int64), 0, bins - 1)
    gaps = np.bincount(place, weights=chance - true, minlength=bins)
    return float(np.abs(gaps).sum() / len(chance))


MEASURES = {
    "recall_at_3": recall_at_3,
    "mean_average_precision": mean_average_precision,
    "macro_recall_at_3": macro_recall_at_3,
    "brier": brier,
    "coverage_at_90_precision": coverage_at_90_precision,
    "expected_calibration_error": expected_calibration_error,
}


def _found(truth: Truth, scores: FloatArray) -> Truth:
    among = np.zeros_like(truth)
    np.put_along_axis(among, _highest(scores, 3), values=True, axis=1)
    return np.asarray(among & truth)


def _highest(scores: FloatArray, count: int) -> IntArray:
    return np.argsort(-scores, axis=1, kind="stable")[:, :count]
