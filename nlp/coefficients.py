"""Formulas of agreement between coders; `agreement.py` is the way in.

Each takes Codings and returns a number, or raises NotComputable with the reason in plain words.
A unit with fewer than two values has nothing to compare and takes no part in any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nlp.errors import NlpError
from nlp.words import IntArray

Numbers = NDArray[np.float64]
Distance = Callable[[Numbers, Numbers], Numbers]

NONE = -1
_SAME = "everybody gave the same value throughout, so nothing shows what chance would have brought about"


class NotComputable(Exception):
    """A result, not a fault: the measure says nothing about these codings; the message says why."""


@dataclass(frozen=True, slots=True)
class Codings:
    """What coders gave to units: `values` is (unit, coder) of places in `numbers`, or NONE.

    `numbers` (value) is what each value counts as, in ascending order; its places where values are names.
    """

    values: IntArray
    numbers: Numbers

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise NlpError("Codings are a table: one row for each unit, one column for each coder.")

    def of(self, units: IntArray) -> Codings:
        """The same coders and values on these units, in this order, with repetitions."""
        return Codings(self.values[units], self.numbers)

    def comparable(self) -> IntArray:
        """Units that two coders or more gave a value to."""
        return np.flatnonzero((self.values != NONE).sum(axis=1) >= 2)


def percent_agreement(codings: Codings) -> float:
    """Share of pairs of values given to the same unit that are equal, over all pairs of all units.

    With two coders the share of units on which they agree (Krippendorff 2004, p. 224). A unit weighs
    as much as it has pairs.
    """
    differing, pairs = _differing(codings)
    return 1.0 - float(differing.sum() / pairs.sum())


def mean_unit_percent_agreement(codings: Codings) -> float:
    """Mean over units of the share of their pairs of values that are equal (P-bar of Fleiss 1971, p. 379).

    Every unit weighs the same, however many coded it.
    """
    differing, pairs = _differing(codings)
    return 1.0 - float((differing / pairs).mean())


def bennett_s(codings: Codings) -> float:
    """S = (Po - 1/k) / (1 - 1/k), k the number of values used (Bennett, Alpert, Goldstein 1954, pp. 303-308).

    For more than two coders Po is that of pairs, as Brennan and Prediger (1981) and Randolph (2005) have it.
    """
    observed = percent_agreement(codings)
    if len(codings.numbers) < 2:
        raise NotComputable(_SAME)
    return _beyond_chance(observed, 1.0 / len(codings.numbers))


def scott_pi(codings: Codings) -> float:
    """Pi = (Po - Pe) / (1 - Pe), Pe from the values of both coders together (Scott 1955, pp. 321-325)."""
    _check_two_coders(codings, "Scott's pi", "fleiss_kappa, its form for more")
    return _beyond_chance(percent_agreement(codings), _chance(codings))


def cohen_kappa(codings: Codings) -> float:
    """Kappa = (Po - Pe) / (1 - Pe), Pe from each coder's own values (Cohen 1960, p. 40, eq. 1)."""
    _check_two_coders(codings, "Cohen's kappa", "fleiss_kappa or alpha_nominal")
    first, second = _paired(codings).T
    shares = [np.bincount(one, minlength=len(codings.numbers)) / len(one) for one in (first, second)]
    return _beyond_chance(percent_agreement(codings), float(shares[0] @ shares[1]))


def fleiss_kappa(codings: Codings) -> float:
    """Kappa = (P-bar - Pe) / (1 - Pe) for units coded equally often, by whomever (Fleiss 1971, p. 379)."""
    counts = (_paired(codings) != NONE).sum(axis=1)
    if counts.min() != counts.max():
        raise NotComputable(
            f"Fleiss' kappa asks that every unit be coded equally often, and here it is {counts.min()} to"
            f" {counts.max()} times: leave some units out, or use alpha_nominal, which bears with gaps"
        )
    return _beyond_chance(mean_unit_percent_agreement(codings), _chance(codings))


def alpha_nominal(codings: Codings) -> float:
    """Krippendorff's alpha where values are names: two are equal or not (Krippendorff 2011, section C)."""
    return _alpha(codings, codings.numbers, _unequal)


def alpha_ordinal(codings: Codings) -> float:
    """Krippendorff's alpha where values have an order (Krippendorff 2011, section D, ordinal difference).

    The difference of c and k, the sum of n_g from c to k less (n_c + n_k)/2, is that of their middle ranks.
    """
    counts = _marginal(codings)
    return _alpha(codings, np.cumsum(counts) - counts / 2, _squared)


def alpha_interval(codings: Codings) -> float:
    """Krippendorff's alpha where differences of values count (Krippendorff 2011, section D, interval)."""
    return _alpha(codings, _within_one(codings.numbers), _squared)


def alpha_ratio(codings: Codings) -> float:
    """Krippendorff's alpha where values are amounts above a true zero (Krippendorff 2011, section D, ratio).

    Raises NlpError for a value below zero.
    """
    if codings.numbers.min(initial=0.0) < 0:
        raise NlpError(
            "alpha_ratio asks for amounts of zero or more: use alpha_interval for values below zero."
        )
    return _alpha(codings, _within_one(codings.numbers), _relative)


def _alpha(codings: Codings, numbers: Numbers, distance: Distance) -> float:
    """1 - Do/De over pairable values (Krippendorff 2004, ch. 11; 2011, sections C, D).

    Do sums the differences inside units, each unit's divided by its values less one; De those of all values.
    """
    paired = _paired(codings)
    sizes = (paired != NONE).sum(axis=1)
    observed = float((_within_units(paired, numbers, distance) / (sizes - 1)).sum())
    counts = _marginal(codings)
    used = np.flatnonzero(counts)
    numbers, weights = numbers[used], counts[used]
    expected = sum(
        float(weight * (weights @ distance(number, numbers)))
        for number, weight in zip(numbers, weights, strict=True)
    )
    if expected == 0:
        raise NotComputable(_SAME)
    return 1.0 - (float(sizes.sum()) - 1.0) * observed / expected


def _paired(codings: Codings) -> IntArray:
    """Values of the comparable units, (unit, coder)."""
    if not (codings.values != NONE).any():
        raise NotComputable("nobody has coded anything")
    units = codings.comparable()
    if len(units) == 0:
        alone = (codings.values != NONE).any(axis=0).sum() < 2
        raise NotComputable(
            "only one coder has coded, and there is nobody to agree with"
            if alone
            else "no unit has been coded by two coders"
        )
    return codings.values[units]


def _marginal(codings: Codings) -> Numbers:
    """How often each value was given to comparable units."""
    paired = _paired(codings)
    return np.bincount(paired[paired != NONE], minlength=len(codings.numbers)).astype(np.float64)


def _chance(codings: Codings) -> float:
    """Probability that two values drawn from all of them are equal."""
    counts = _marginal(codings)
    return float(np.square(counts / counts.sum()).sum())


def _beyond_chance(observed: float, chance: float) -> float:
    if chance >= 1.0:
        raise NotComputable(_SAME)
    return (observed - chance) / (1.0 - chance)


def _differing(codings: Codings) -> tuple[Numbers, Numbers]:
    """For each comparable unit, ordered pairs of values that differ, and all of them."""
    paired = _paired(codings)
    sizes = (paired != NONE).sum(axis=1).astype(np.float64)
    return _within_units(paired, codings.numbers, _unequal), sizes * (sizes - 1)


def _within_units(paired: IntArray, numbers: Numbers, distance: Distance) -> Numbers:
    """For each unit, the sum of differences over its ordered pairs of values."""
    # Who gave a value does not matter here; with the gaps last, a crowd of coders costs no more than a few.
    packed = -np.sort(-paired, axis=1)[:, : (paired != NONE).sum(axis=1).max()]
    sums = np.zeros(len(packed))
    for one, other in combinations(packed.T, 2):
        both = np.flatnonzero(other != NONE)
        sums[both] += 2.0 * distance(numbers[one[both]], numbers[other[both]])
    return sums


def _check_two_coders(codings: Codings, name: str, instead: str) -> None:
    coders = codings.values.shape[1]
    if coders > 2:
        raise NotComputable(f"{name} compares two coders and there are {coders}: use {instead}")


def _within_one(numbers: Numbers) -> Numbers:
    """Alpha does not change with the measure of length; squares of very large numbers would overflow."""
    largest = float(np.abs(numbers).max(initial=0.0))
    return np.divide(numbers, largest or 1.0)


def _unequal(one: Numbers, other: Numbers) -> Numbers:
    return np.not_equal(one, other).astype(np.float64)


def _squared(one: Numbers, other: Numbers) -> Numbers:
    return np.square(one - other)


def _relative(one: Numbers, other: Numbers) -> Numbers:
    total = one + other
    relative: Numbers = (one - other) / np.where(total == 0, 1.0, total)
    return np.square(relative)


MEASURES: dict[str, Callable[[Codings], float]] = {
    "percent_agreement": percent_agreement,
    "mean_unit_percent_agreement": mean_unit_percent_agreement,
    "bennett_s": bennett_s,
    "scott_pi": scott_pi,
    "cohen_kappa": cohen_kappa,
    "fleiss_kappa": fleiss_kappa,
    "alpha_nominal": alpha_nominal,
    "alpha_ordinal": alpha_ordinal,
    "alpha_interval": alpha_interval,
    "alpha_ratio": alpha_ratio,
}
ON_NUMBERS = {"alpha_ordinal", "alpha_interval", "alpha_ratio"}
