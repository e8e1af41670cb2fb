"""How well coders agree: ten measures, each with the number of units behind it, and intervals by bootstrap.

A measure that says nothing about the codings at hand is a result with its reason, not an error.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np

from nlp.coefficients import MEASURES, NONE, ON_NUMBERS, Codings, NotComputable, Numbers
from nlp.corpus import read_rows
from nlp.errors import NlpError

Value = Hashable
Table = Sequence[Sequence[Value | None]]

# What is left out had no variation; an interval from the rest would be of another, luckier sample.
_FEWEST_COMPUTABLE = 0.9


@dataclass(frozen=True, slots=True)
class Agreement:
    """One measure of agreement; `value` is None where it cannot be computed, and `reason` says why.

    `units` and `coders` are those given, `compared` the units with two values or more.
    """

    measure: str
    value: float | None
    reason: str | None
    units: int
    coders: int
    compared: int


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a measure lies over resampled units; `low` and `high` are None where `reason` says why.

    `computable` of `resamples` gave a value; the others (all values alike) are left out.
    """

    low: float | None
    high: float | None
    reason: str | None
    level: float
    resamples: int
    computable: int


def measure_agreement(table: Table, measure: str) -> Agreement:
    """Agreement by one of MEASURES.

    `table` is (unit, coder): what each coder gave to each unit, None where nothing. Raises NlpError for an
    unknown measure, rows of unequal length, and for values that are not numbers where the measure needs them.
    """
    codings = _codings(table, measure)
    value, reason = _value(codings, measure)
    units, coders = codings.values.shape
    return Agreement(measure, value, reason, units, coders, len(codings.comparable()))


def bootstrap_interval(
    table: Table, measure: str, *, seed: int, resamples: int = 2_000, level: float = 0.95
) -> Interval:
    """Percentile interval over resampled units (Efron and Tibshirani 1993, ch. 13); `table` as above.

    Comparable units are drawn with replacement, as many as there are, with all their values: units are
    what was sampled, coders are taken as given. With fewer than some twenty units it comes out too narrow.
    """
    if not 0 < level < 1 or resamples < 1 or seed < 0:
        raise NlpError("An interval needs a level between 0 and 1, one resample or more and a seed from 0.")
    codings = _codings(table, measure)
    value, reason = _value(codings, measure)
    if value is None:
        return Interval(None, None, reason, level, 0, 0)
    units = codings.comparable()
    rng = np.random.default_rng(seed)
    drawn = (codings.of(units[rng.integers(len(units), size=len(units))]) for _ in range(resamples))
    values = [found for found, _ in (_value(sample, measure) for sample in drawn) if found is not None]
    if len(values) < _FEWEST_COMPUTABLE * resamples:
        reason = "too many resamples hold one value only for an interval: code more units"
        return Interval(None, None, reason, level, resamples, len(values))
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), None, level, resamples, len(values))


def read_codings(path: Path) -> list[list[Value | None]]:
    """A (unit, coder) table from a CSV file with columns unit, coder, value; an empty value is none.

    Raises NlpError that says what is wrong with the file.
    """
    rows = read_rows(path, ("unit", "coder", "value"))
    if not rows:
        raise NlpError(f"{path} has no codings: give at least one line after the headings.")
    cells: dict[tuple[str, str], str | None] = {}
    for number, row in enumerate(rows, start=1):
        unit, coder = row["unit"].strip(), row["coder"].strip()
        if not unit or not coder:
            raise NlpError(f"{path} lacks the unit or the coder in coding {number}: fill it in.")
        if (unit, coder) in cells:
            raise NlpError(
                f"{path} has unit {unit!r} by coder {coder!r} more than once: keep one value, or for several"
                " codes to a unit make one file for each code, with 1 where it was given and 0 where not."
            )
        cells[unit, coder] = row["value"].strip() or None
    units, coders = (dict.fromkeys(key[place] for key in cells) for place in (0, 1))
    return [[cells.get((unit, coder)) for coder in coders] for unit in units]


def _value(codings: Codings, measure: str) -> tuple[float | None, str | None]:
    try:
        return MEASURES[measure](codings), None
    except NotComputable as reason:
        return None, str(reason)


def _codings(table: Table, measure: str) -> Codings:
    if measure not in MEASURES:
        raise NlpError(f"No measure is called {measure!r}: there are {', '.join(MEASURES)}.")
    if len({len(row) for row in table}) > 1:
        raise NlpError("Every unit needs one entry for each coder: give None where a coder gave nothing.")
    convert = _number if measure in ON_NUMBERS else _name
    rows = [[convert(value) for value in row] for row in table]
    different = dict.fromkeys(value for row in rows for value in row if value is not None)
    if measure not in ON_NUMBERS:
        place: dict[Value, int] = {value: i for i, value in enumerate(different)}
        return _numbered(rows, place, np.arange(len(place), dtype=np.float64))
    numbers = np.sort(np.array(list(different), dtype=np.float64))
    return _numbered(rows, {float(number): i for i, number in enumerate(numbers)}, numbers)


def _numbered(rows: Sequence[Sequence[Value | None]], place: dict[Value, int], numbers: Numbers) -> Codings:
    width = len(rows[0]) if rows else 0
    values = [NONE if value is None else place[value] for row in rows for value in row]
    return Codings(np.array(values, dtype=np.int64).reshape(len(rows), width), numbers)


def _name(value: Value | None) -> Value | None:
    return None if value != value else value  # noqa: PLR0124 - only "not a number" differs from itself


def _number(value: Value | None) -> float | None:
    if _name(value) is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type] # what cannot be a number is what the except is for
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number):
        raise NlpError(f"{value!r} is not a number: this measure needs numbers; alpha_nominal takes names.")
    return number
