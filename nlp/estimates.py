"""What a random sample says of everything: shares with intervals, recall, and whether enough was read.

All rests on passages drawn at random and judged by somebody who had not seen what was proposed for them.
Drawing is without replacement from a finite number of passages, so the sampling distribution is
hypergeometric; with no `population` it is binomial. Where something cannot be computed the estimate
says why, and is never 0 or 1 for want of an answer.

- Exact intervals invert two one-sided tests. Infinite population: C. J. Clopper and E. S. Pearson,
  "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26(4),
  1934, 404-413. Finite population: T. Wright, Exact Confidence Bounds when Sampling from Small Finite
  Universes, Lecture Notes in Statistics 66, Springer, 1991. They hold their level at every size of
  sample, and are wider for it.
- Elusion, the share of what was not proposed that should have been: H. L. Roitblat, "Search and
  information retrieval science", The Sedona Conference Journal 8, 2007, 225-237. That recall needs an
  interval of its own, and that naive ones fail: W. Webber, "Approximate recall confidence intervals",
  ACM Transactions on Information Systems 31(1), 2013, article 2.
- Enough read: M. W. Callaghan and F. Müller-Hansen, "Statistical stopping criteria for automated
  screening in systematic reviews", Systematic Reviews 9, 2020, article 273.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln

from nlp.errors import NlpError

# Not scipy.stats: it takes seconds to import, and pages show these figures.

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its interval: `found` of `sample` were so.

    `value`, `low` and `high` are None where nothing can be said, and `reason` then says why.
    """

    found: int
    sample: int
    value: float | None
    low: float | None
    high: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stratum:
    """A sample of one part of everything: `found` of the `sample` drawn from its `population` were so."""

    found: int
    sample: int
    population: int

    def __post_init__(self) -> None:
        _check(self.found, self.sample, self.population)


@dataclass(frozen=True, slots=True)
class Stopping:
    """Whether enough was read: `chance` is that of a sample like this if the target were missed.

    `enough` is None where nothing can be said, and `reason` then says why.
    """

    enough: bool | None
    chance: float | None
    reason: str = ""


def share(found: int, sample: int, *, population: int | None = None, level: float = LEVEL) -> Estimate:
    """Share of a population that is so, when `found` of a random `sample` are; the interval is exact.

    For prevalence the population is all passages; for precision all that were proposed.
    """
    _check(found, sample, population)
    if not sample:
        return Estimate(found, sample, None, None, None, "nothing of this kind is in the sample yet")
    low, high = _bounds(found, sample, population, (1 - level) / 2)
    return Estimate(found, sample, found / sample, low, high)


def recall_by_elusion(proposed: Stratum, left: Stratum, *, level: float = LEVEL) -> Estimate:
    """Share of all that is so which was proposed, from samples of what was proposed and what was not.

        recall = F / (F + M),  F = proposed x precision,  M = left x elusion

    The interval joins the exact intervals of F and of M, each at half the error (Bonferroni), so it
    holds its level whatever the two have to do with each other: F low with M high, F high with M low.
    Where every proposal was judged, give it as a sample of all: F is then known.
    """
    found, sample = proposed.found, proposed.found + left.found
    for part, what in ((proposed, "proposed"), (left, "not proposed")):
        if part.population and not part.sample:
            reason = f"no passage in the sample is one for which it was {what}"
            return Estimate(found, sample, None, None, None, reason)
    if not sample:
        return Estimate(found, sample, None, None, None, "no passage in the sample has it")
    f_low, f_high = _total_bounds(proposed, (1 - level) / 4)
    m_low, m_high = _total_bounds(left, (1 - level) / 4)
    value = _part(_total(proposed), _total(left))
    return Estimate(found, sample, value, _part(f_low, m_high), _part(f_high, m_low))


def enough_read(
    found_before: int, left: Stratum, *, target: float = 0.9, confidence: float = LEVEL
) -> Stopping:
    """Whether reading can stop: `found_before` were found, then a random sample of what was left was read.

    The hypothesis is that the target share has not been reached. Then at least

        K = floor((found_before + found) / target - found_before) + 1

    of those left when sampling began were so, and a sample with as few as were found has the chance
    P(X <= found), X hypergeometric. Is it at most 1 - confidence, the target is taken as reached.
    Assumes that the sample was drawn at random from all that was left, that people judge without
    error, and that the question is asked once: who asks again after each passage is sooner or later told yes.
    """
    if not 0.0 < target < 1.0 or not 0.0 < confidence < 1.0 or found_before < 0:
        raise NlpError("target and confidence lie between 0 and 1, and counts are not negative.")
    if not found_before + left.found:
        return Stopping(None, None, "nothing of this kind has been found yet")
    if left.sample == left.population:
        return Stopping(enough=True, chance=0.0)
    # Against rounding: 9 / 0.9 is a little under 10, and one too few would stop too soon.
    missing = floor((found_before + left.found) / target - found_before + 1e-9) + 1
    if missing > left.population - (left.sample - left.found):
        return Stopping(enough=True, chance=0.0)
    chance = _at_most(left.found, left.sample, left.population, missing)
    return Stopping(enough=chance <= 1 - confidence, chance=chance)


def _check(found: int, sample: int, population: int | None) -> None:
    most = sample if population is None else population
    if not 0 <= found <= sample <= most:
        raise NlpError("A sample cannot hold more than was drawn, nor be larger than what it is drawn from.")


def _bounds(found: int, sample: int, population: int | None, error: float) -> tuple[float, float]:
    """Exact bounds of a share, with this error on either side."""
    if population is not None:
        least, most = _count_bounds(found, sample, population, error)
        return least / population, most / population
    low = float(betaincinv(found, sample - found + 1, error)) if found else 0.0
    high = float(betaincinv(found + 1, sample - found, 1 - error)) if found < sample else 1.0
    return low, high


def _count_bounds(found: int, sample: int, population: int, error: float) -> tuple[int, int]:
    """Least and most of a population that may be so, each the last that a one-sided test keeps."""
    lowest, highest = found, population - (sample - found)
    least = _first(lowest, highest, lambda so: _at_least(found, sample, population, so) > error)
    gone = _first(lowest, highest + 1, lambda so: _at_most(found, sample, population, so) <= error)
    return least, max(least, gone - 1)


def _at_least(found: int, sample: int, population: int, so: int) -> float:
    """Chance that a sample holds so many or more of those that are so (hypergeometric)."""
    return _chance(np.arange(found, min(sample, so) + 1), sample, population, so)


def _at_most(found: int, sample: int, population: int, so: int) -> float:
    return _chance(np.arange(max(0, sample - population + so), found + 1), sample, population, so)


def _chance(counts: NDArray[np.int64], sample: int, population: int, so: int) -> float:
    ways = _log_choose(so, counts) + _log_choose(population - so, sample - counts)
    return min(1.0, float(np.exp(ways - _log_choose(population, np.array(sample))).sum()))


def _log_choose(of: int, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(gammaln(of + 1) - gammaln(chosen + 1) - gammaln(of - chosen + 1))


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """First number for which something holds that goes on to hold, or `high`."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _total(part: Stratum) -> float:
    return part.population * part.found / part.sample if part.sample else 0.0


def _total_bounds(part: Stratum, error: float) -> tuple[int, int]:
    return _count_bounds(part.found, part.sample, part.population, error) if part.population else (0, 0)


def _part(one: float, other: float) -> float:
    """Share of one in both. Nothing of either leaves recall open; least favourable bounds take it as 0."""
    return one / (one + other) if one + other else 0.0
