"""How good scores are: each measure takes truth and scores, both (passage, code).

Codes without a passage to find are left out of means over codes. Where scores are equal, the order
of the codes decides the three highest, and of the passages the average precision.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    return float(np.mean([_average_precision(truth[:, code], scores[:, code]) for code in present]))


def brier(truth: Truth, scores: FloatArray) -> float:
    """Mean over all pairs of the squared distance of probability and truth (Brier 1950)."""
    return float(np.square(scores - truth).mean())


def coverage_at_90_precision(truth: Truth, scores: FloatArray) -> float:
    """Largest share of true pairs above one threshold at which nine in ten pairs above it are true."""
    flat = scores.ravel()
    order = np.argsort(-flat, kind="stable")
    hits = np.cumsum(truth.ravel()[order])
    last_of_equals = np.append(np.diff(flat[order]) != 0, True)
    good = last_of_equals & (hits >= 0.9 * np.arange(1, len(hits) + 1))
    return float(hits[good].max(initial=0) / truth.sum())


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


def _average_precision(truth: NDArray[np.bool_], scores: FloatArray) -> float:
    places = np.flatnonzero(truth[np.argsort(-scores, kind="stable")])
    return float((np.arange(1, len(places) + 1) / (places + 1)).mean())
