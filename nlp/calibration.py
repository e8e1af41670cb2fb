"""What a score has meant so far: how many suggestions with a score like it were accepted.

Scores are grouped into bins of neighbours, each with enough decisions to say something. The share of a
bin is drawn towards the scores in it by a few imagined decisions (the mean of a Beta distribution), then
made to rise with the score (isotonic regression, pool adjacent violators). The shares of a code are drawn
towards those of all codes in the same way, so a code with few decisions says what all say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from nlp.errors import NlpError
from nlp.words import IntArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A suggestion that somebody decided; `score` must not have been learned from that decision."""

    code: str
    score: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Scores from `least` up to the next bin's, and what became of suggestions with them.

    `accepted` of `decided` is what was counted, `share` what to expect of the next.
    """

    least: float
    accepted: int
    decided: int
    share: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What to expect of a suggestion: the share accepted, on how many decisions that rests."""

    share: float
    decided: int
    enough: bool


@dataclass(frozen=True, slots=True)
class Floor:
    """A least score for suggestions, the precision expected above it, and whether that is what was wanted.

    Where no score reaches the precision wanted, the floor is the one that comes nearest.
    """

    score: float
    precision: float
    reached: bool


class AcceptanceCurve:
    """Learns from decided suggestions what share with a score like this was accepted.

    `least` decisions make a bin, and fewer in all say nothing; `pull` imagined decisions hold each share
    to what is expected without it. Learned: `bins_` overall, `code_bins_` by code, and `decided_`.
    """

    def __init__(self, *, least: int = 30, pull: float = 10.0) -> None:
        if least < 1 or pull <= 0:
            raise NlpError("least must be at least 1, and pull more than 0.")
        self.least = least
        self.pull = pull

    def fit(self, judged: Sequence[Judged]) -> Self:
        """Learn from decided suggestions, in whatever order; none is no failure."""
        ordered = sorted(judged, key=lambda one: (one.score, one.code, one.accepted))
        self.scores_ = np.array([one.score for one in ordered], dtype=np.float64)
        self.accepted_ = np.array([one.accepted for one in ordered], dtype=np.float64)
        if not ((self.scores_ >= 0) & (self.scores_ <= 1)).all():  # so that NaN is refused, too
            raise NlpError("Scores are probabilities between 0 and 1.")
        self.decided_ = len(ordered)
        starts = _starts(self.scores_, self.least)
        place = np.searchsorted(starts, np.arange(self.decided_), side="right") - 1
        expected = _sums(self.scores_, place, len(starts)) / np.maximum(1, _sums(None, place, len(starts)))
        self.edges_ = self.scores_[starts]
        self.bins_ = self._bins(place, self.accepted_, expected)
        whole = np.array([one.share for one in self.bins_])
        codes = np.array([one.code for one in ordered])
        self.code_bins_ = {
            str(code): self._bins(place[codes == code], self.accepted_[codes == code], whole)
            for code in np.unique(codes)
        }
        return self

    def expected(self, code: str, score: float) -> Expected:
        """What to expect of a suggestion of a code with this score; with nothing decided, the score itself.

        Enough is `least` decisions on scores like this, of the code or of all codes.
        """
        if not self.bins_:
            return Expected(score, 0, enough=False)
        place = max(0, int(np.searchsorted(self.edges_, score, side="right")) - 1)
        overall = self.bins_[place]
        own = self.code_bins_[code][place] if code in self.code_bins_ else None
        share = overall.share if own is None else own.share
        return Expected(share, overall.decided, enough=overall.decided >= self.least)

    def floor(self, wanted: float) -> Floor | None:
        """Lowest score such that of the suggestions with it or more the wanted share is accepted.

        None before `least` decisions, and of those above a floor at least as many were decided.
        """
        if not 0.0 < wanted <= 1.0:
            raise NlpError("The wanted precision lies between 0 and 1.")
        if self.decided_ < self.least:
            return None
        lowest = np.searchsorted(self.scores_, np.unique(self.scores_))
        above = self.decided_ - lowest
        lowest, above = lowest[above >= self.least], above[above >= self.least]
        total = _from_above(self.accepted_)[lowest] + self.pull * _from_above(self.scores_)[lowest] / above
        precision = total / (above + self.pull)
        good = np.flatnonzero(precision >= wanted)
        at = int(good[0]) if len(good) else int(np.argmax(precision))
        return Floor(float(self.scores_[lowest[at]]), float(precision[at]), reached=bool(len(good)))

    def precision_from(self, score: float) -> Floor | None:
        """Share accepted to expect of suggestions with this score or more; None on too few decisions."""
        above = self.scores_ >= score
        if above.sum() < self.least:
            return None
        total = self.accepted_[above].sum() + self.pull * self.scores_[above].mean()
        return Floor(score, float(total / (above.sum() + self.pull)), reached=True)

    def summary(self) -> dict[str, object]:
        """All that was learned as plain values, for the record of a model run."""
        return {
            "least": self.least,
            "decided": self.decided_,
            "overall": [asdict(one) for one in self.bins_],
            "codes": {code: [asdict(one) for one in bins] for code, bins in self.code_bins_.items()},
        }

    def _bins(self, place: IntArray, accepted: Numbers, expected: Numbers) -> list[Bin]:
        """Count by bin, draw towards what is expected, and make the shares rise."""
        if not len(expected):
            return []
        decided = _sums(None, place, len(expected))
        yes = _sums(accepted, place, len(expected))
        drawn = (yes + self.pull * expected) / (decided + self.pull)
        rising = IsotonicRegression(y_min=0.0, y_max=1.0).fit_transform(
            np.arange(len(expected)), drawn, sample_weight=decided + self.pull
        )
        return [
            Bin(float(edge), int(k), int(n), float(share))
            for edge, k, n, share in zip(self.edges_, yes, decided, rising, strict=True)
        ]


def _starts(scores: Numbers, least: int) -> IntArray:
    """Where bins begin among scores in order: equal ones stay together, and each bin has `least` or more."""
    starts: list[int] = []
    for first in np.searchsorted(scores, np.unique(scores)).tolist():
        if not starts or (first - starts[-1] >= least and len(scores) - first >= least):
            starts.append(first)
    return np.array(starts, dtype=np.int64)


def _sums(values: Numbers | None, place: IntArray, bins: int) -> Numbers:
    return np.bincount(place, weights=values, minlength=bins).astype(np.float64)


def _from_above(values: Numbers) -> Numbers:
    """Sum of each value and all after it."""
    return np.asarray(values[::-1].cumsum()[::-1])
