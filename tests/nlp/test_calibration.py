"""What a score has meant so far: counted, drawn together, rising, and honest about how little it rests on."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.calibration import AcceptanceCurve, Judged
from nlp.errors import NlpError


def world(count: int, codes: str = "abc", seed: int = 0, slope: float = 0.6) -> list[Judged]:
    """Suggestions of which fewer are accepted than their scores say."""
    random = np.random.default_rng(seed)
    scores = random.random(count)
    return [
        Judged(codes[i % len(codes)], float(score), bool(random.random() < slope * score))
        for i, score in enumerate(scores)
    ]


def test_it_learns_that_scores_promise_too_much() -> None:
    curve = AcceptanceCurve().fit(world(5_000))
    for score in (0.2, 0.5, 0.9):
        assert curve.expected("a", score).share == pytest.approx(0.6 * score, abs=0.12)


def test_the_shares_expected_are_nearer_to_what_happens_next_than_the_scores() -> None:
    curve, later = AcceptanceCurve().fit(world(1_000)), world(4_000, seed=9)
    told = np.array([curve.expected(one.code, one.score).share for one in later])
    came = np.array([one.accepted for one in later])
    scores = np.array([one.score for one in later])
    assert np.mean((told - came) ** 2) < np.mean((scores - came) ** 2)


def test_a_code_that_is_always_rejected_is_told_from_the_others() -> None:
    judged = [*world(600, "ab"), *(Judged("never", one.score, False) for one in world(300))]
    curve = AcceptanceCurve().fit(judged)
    assert curve.expected("never", 0.9).share < 0.25 < curve.expected("a", 0.9).share


def test_a_code_nobody_decided_says_what_all_codes_say() -> None:
    curve = AcceptanceCurve().fit(world(600))
    overall = {one.share for one in curve.bins_}
    assert curve.expected("new", 0.5).share in overall


def test_one_decision_on_a_code_hardly_moves_it() -> None:
    judged = world(600, "ab")
    without = AcceptanceCurve().fit(judged).expected("c", 0.5).share
    moved = AcceptanceCurve().fit([*judged, Judged("c", 0.5, accepted=False)]).expected("c", 0.5).share
    assert 0 < without - moved < 0.1


def test_with_nothing_decided_a_score_stands_for_itself_and_is_not_enough() -> None:
    told = AcceptanceCurve().fit([]).expected("a", 0.4)
    assert (told.share, told.decided, told.enough) == (0.4, 0, False)


def test_enough_is_a_question_of_decisions_on_scores_like_this() -> None:
    assert not AcceptanceCurve(least=30).fit(world(29)).expected("a", 0.5).enough
    assert AcceptanceCurve(least=30).fit(world(30)).expected("a", 0.5).enough


def test_every_bin_has_enough_decisions_and_equal_scores_share_one() -> None:
    judged = [*world(500), *(Judged("a", 0.5, accepted=True) for _ in range(80))]
    curve = AcceptanceCurve(least=30).fit(judged)
    assert min(one.decided for one in curve.bins_) >= 30
    assert sum(one.decided for one in curve.bins_) == 580
    assert len({one.least for one in curve.bins_}) == len(curve.bins_) > 5


def test_the_floor_is_the_lowest_score_with_the_wanted_precision_above_it() -> None:
    judged = world(4_000, slope=1.0)
    floor = AcceptanceCurve().fit(judged).floor(0.8)
    assert floor is not None
    assert floor.reached
    above = [one.accepted for one in world(20_000, seed=5, slope=1.0) if one.score >= floor.score]
    assert np.mean(above) == pytest.approx(0.8, abs=0.03)


def test_a_higher_precision_never_lowers_the_floor() -> None:
    curve = AcceptanceCurve().fit(world(2_000, slope=1.0))
    floors = [curve.floor(wanted) for wanted in (0.3, 0.5, 0.7, 0.8)]
    scores = [floor.score for floor in floors if floor is not None]
    assert len(scores) == 4
    assert scores == sorted(scores)


def test_a_precision_that_no_score_reaches_gives_the_nearest_and_says_so() -> None:
    floor = AcceptanceCurve().fit(world(3_000, slope=0.6)).floor(0.95)
    assert floor is not None
    assert not floor.reached
    assert floor.precision == pytest.approx(0.6, abs=0.15)
    assert floor.score > 0.7


def test_few_decisions_set_no_floor() -> None:
    assert AcceptanceCurve(least=30).fit(world(29)).floor(0.5) is None


@pytest.mark.parametrize("wanted", [0.0, 1.5])
def test_a_precision_that_cannot_be_is_refused(wanted: float) -> None:
    with pytest.raises(NlpError, match="precision"):
        AcceptanceCurve().fit([]).floor(wanted)


@pytest.mark.parametrize("score", [1.2, -0.1, float("nan"), float("inf")])
def test_scores_that_are_no_probabilities_are_refused(score: float) -> None:
    with pytest.raises(NlpError, match="Scores"):
        AcceptanceCurve().fit([Judged("a", score, accepted=True)])


judgements = st.lists(
    st.builds(Judged, st.sampled_from("ab"), st.floats(0, 1, allow_subnormal=False), st.booleans()),
    max_size=120,
)


@given(judgements, st.randoms(use_true_random=False))
def test_the_order_of_the_decisions_makes_no_difference(judged: list[Judged], random: object) -> None:
    shuffled = list(judged)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    one, other = AcceptanceCurve(least=5).fit(judged), AcceptanceCurve(least=5).fit(shuffled)
    assert one.summary() == other.summary()


@given(judgements)
def test_shares_are_probabilities_and_rise_with_the_score(judged: list[Judged]) -> None:
    curve = AcceptanceCurve(least=5).fit(judged)
    for code in ("a", "b"):
        shares = [curve.expected(code, score).share for score in np.linspace(0, 1, 30)]
        assert all(0 <= share <= 1 for share in shares)
        assert all(later >= earlier - 1e-9 for earlier, later in pairwise(shares))


def test_the_precision_above_a_score_is_what_was_accepted_there() -> None:
    curve = AcceptanceCurve().fit(world(4_000, slope=1.0))
    told = curve.precision_from(0.5)
    assert told is not None
    assert told.precision == pytest.approx(0.75, abs=0.03)
    assert curve.precision_from(0.999) is None
