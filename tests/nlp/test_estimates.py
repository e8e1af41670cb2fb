"""Intervals hold what they promise: against known values, and against drawing many samples."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from nlp.errors import NlpError
from nlp.estimates import Stratum, enough_read, recall_by_elusion, share

DRAWS = 2_000


def test_an_interval_is_that_of_clopper_and_pearson_where_the_population_is_endless() -> None:
    # 4 of 20: the textbook interval.
    found = share(4, 20)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0573, 0.4366), abs=1e-4)
    # None of n: the upper bound is 1 - error^(1/n).
    assert share(0, 50).high == pytest.approx(1 - 0.025 ** (1 / 50))


def test_a_large_population_is_as_good_as_an_endless_one() -> None:
    finite, endless = share(30, 200, population=10_000_000), share(30, 200)
    assert (finite.low, finite.high) == pytest.approx((endless.low, endless.high), abs=1e-4)


def test_having_read_everything_leaves_nothing_open() -> None:
    found = share(7, 40, population=40)
    assert found.low == found.value == found.high == 7 / 40


def test_an_empty_sample_says_nothing_and_why() -> None:
    found = share(0, 0, population=100)
    assert found.value is found.low is found.high is None
    assert "sample" in found.reason


@pytest.mark.parametrize("numbers", [(-1, 5, 10), (6, 5, 10), (2, 11, 10)])
def test_impossible_samples_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(NlpError, match="sample"):
        share(numbers[0], numbers[1], population=numbers[2])
    with pytest.raises(NlpError, match="sample"):
        Stratum(*numbers)


samples = st.integers(1, 400).flatmap(
    lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(n, 5_000))
)


@given(samples)
def test_an_interval_holds_its_value_and_stays_within_what_is_possible(numbers: tuple[int, int, int]) -> None:
    found, sample, population = numbers
    told = share(found, sample, population=population)
    assert told.value is not None
    assert told.low is not None
    assert told.high is not None
    assert found / population <= told.low <= told.value + 1 / population
    assert told.value - 1 / population <= told.high <= (population - sample + found) / population


@given(samples)
def test_a_finite_population_never_widens_an_interval(numbers: tuple[int, int, int]) -> None:
    found, sample, population = numbers
    finite, endless = share(found, sample, population=population), share(found, sample)
    assert finite.low is not None
    assert finite.high is not None
    assert endless.low is not None
    assert endless.high is not None
    assert finite.low >= endless.low - 1 / population
    assert finite.high <= endless.high + 1 / population


@given(samples, st.sampled_from([0.8, 0.95]))
@settings(max_examples=50)
def test_bounds_are_the_last_that_a_test_keeps(numbers: tuple[int, int, int], level: float) -> None:
    found, sample, population = numbers
    told = share(found, sample, population=population, level=level)
    assert told.low is not None
    assert told.high is not None
    least, most, error = round(told.low * population), round(told.high * population), (1 - level) / 2
    assert hypergeom.sf(found - 1, population, least, sample) > error
    assert hypergeom.cdf(found, population, most, sample) > error
    if least > found:
        assert hypergeom.sf(found - 1, population, least - 1, sample) <= error
    if most < population - sample + found:
        assert hypergeom.cdf(found, population, most + 1, sample) <= error


@pytest.mark.parametrize(("population", "true", "sample"), [(300, 20, 40), (2_000, 500, 100), (120, 3, 60)])
def test_intervals_hold_the_truth_as_often_as_they_say(population: int, true: int, sample: int) -> None:
    drawn = np.random.default_rng(0).hypergeometric(true, population - true, sample, DRAWS)
    told = {k: share(int(k), sample, population=population) for k in set(drawn.tolist())}
    held = [told[k].low <= true / population <= told[k].high for k in drawn.tolist()]
    assert np.mean(held) >= 0.95 - 0.01


@pytest.mark.parametrize(
    ("proposed", "right", "left", "missed", "sample"),
    [(100, 60, 900, 30, 150), (40, 30, 2_000, 10, 300), (300, 30, 300, 30, 80), (10, 10, 500, 0, 100)],
)
def test_recall_holds_the_truth_as_often_as_it_says(
    proposed: int, right: int, left: int, missed: int, sample: int
) -> None:
    """Draw from all passages together, so that how many of the sample were proposed is chance too."""
    random = np.random.default_rng(1)
    kinds = np.repeat(np.arange(4), [right, proposed - right, missed, left - missed])
    truth, held, computable = right / (right + missed), 0, 0
    for _ in range(200):
        counts = np.bincount(random.choice(kinds, sample, replace=False), minlength=4)
        told = recall_by_elusion(
            Stratum(int(counts[0]), int(counts[0] + counts[1]), proposed),
            Stratum(int(counts[2]), int(counts[2] + counts[3]), left),
        )
        if told.low is not None and told.high is not None:
            computable += 1
            held += told.low <= truth <= told.high
    assert computable > 150
    assert held / computable >= 0.95 - 0.03


def test_recall_where_every_proposal_was_judged_leaves_only_the_elusion_open() -> None:
    told = recall_by_elusion(Stratum(80, 100, 100), Stratum(2, 100, 1_000))
    assert told.value == pytest.approx(80 / (80 + 20))
    elusion = share(2, 100, population=1_000, level=0.975)
    assert elusion.high is not None
    assert told.low == pytest.approx(80 / (80 + 1_000 * elusion.high))


def test_recall_says_what_is_missing_from_the_sample() -> None:
    assert "not proposed" in recall_by_elusion(Stratum(3, 3, 10), Stratum(0, 0, 90)).reason
    assert "was proposed" in recall_by_elusion(Stratum(0, 0, 10), Stratum(1, 40, 90)).reason
    assert "has it" in recall_by_elusion(Stratum(0, 5, 10), Stratum(0, 40, 90)).reason


def test_nothing_proposed_and_something_missed_is_a_recall_of_nothing() -> None:
    told = recall_by_elusion(Stratum(0, 0, 0), Stratum(4, 50, 100))
    assert (told.value, told.high) == (0.0, 0.0)


def test_the_rule_to_stop_by_hand() -> None:
    # 90 found, then none in 100 of the 1,000 left: at least 90 / .9 - 90 + 1 = 11 are left if it falls short.
    told = enough_read(90, Stratum(0, 100, 1_000), target=0.9)
    assert told.chance == pytest.approx(float(hypergeom.cdf(0, 1_000, 11, 100)))
    assert told.enough is False
    assert enough_read(90, Stratum(0, 250, 1_000), target=0.9).enough is True


def test_stopping_says_nothing_before_anything_was_found() -> None:
    told = enough_read(0, Stratum(0, 50, 100))
    assert told.enough is None
    assert told.reason


def test_having_read_all_is_enough() -> None:
    assert enough_read(3, Stratum(1, 20, 20)).enough is True


@pytest.mark.parametrize(("found_before", "left", "remaining"), [(50, 1_000, 10), (20, 400, 30), (5, 200, 2)])
def test_stopping_too_soon_is_as_rare_as_promised(found_before: int, left: int, remaining: int) -> None:
    """Count the samples after which it says to stop although nine tenths had not been found."""
    random, target, wrong = np.random.default_rng(2), 0.9, 0
    for found in random.hypergeometric(remaining, left - remaining, 80, DRAWS).tolist():
        reached = (found_before + found) / (found_before + remaining) >= target
        told = enough_read(found_before, Stratum(found, 80, left), target=target)
        wrong += bool(told.enough) and not reached
    assert wrong / DRAWS <= 0.05 + 0.01


@given(st.integers(0, 60), st.integers(1, 80))
def test_more_found_in_the_sample_never_speaks_for_stopping(found_before: int, sample: int) -> None:
    chances = [
        enough_read(found_before, Stratum(found, sample, 1_000)).chance for found in range(min(sample, 12))
    ]
    known = [chance for chance in chances if chance is not None]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(known))
