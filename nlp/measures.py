"""How good scores are: each measure takes truth and scores, both (passage, code).

Codes without a passage to find are left out of means over codes. Where scores are equal, the order
of the codes decides the three highest; otherwise equals are above a threshold together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, precision_recall_curve

from nlp.words import FloatArray

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


MEASURES = {
    "recall_at_3": recall_at_3,
    "mean_average_precision": mean_average_precision,
    "macro_recall_at_3": macro_recall_at_3,
    "brier": brier,
    "coverage_at_90_precision": coverage_at_90_precision,
}


def _found(truth: Truth, scores: FloatArray) -> Truth:
    best = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    among = np.zeros_like(truth)
    np.put_along_axis(among, best, values=True, axis=1)
    return np.asarray(among & truth)
