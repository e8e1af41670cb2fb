"""Orders put first what they say, are the same however the input comes, and always hold the blind share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nlp.errors import NlpError
from nlp.which_next import Order, Unread, is_blind, lot, which_next

SHARE = 0.1


def unread(count: int = 200, codes: int = 4, seed: int = 0) -> Unread:
    scores = np.random.default_rng(seed).random((count, codes), dtype=np.float32)
    return Unread([f"p{i}" for i in range(count)], scores, np.array([0, 5, 50, 500][:codes]))


def seeing(queue: list[str]) -> list[str]:
    return [key for key in queue if not is_blind(key, SHARE)]


def row(key: str) -> int:
    return int(key[1:])


@pytest.mark.parametrize("order", list(Order))
def test_every_passage_has_one_place(order: Order) -> None:
    assert sorted(which_next(unread(), order)) == sorted(unread().keys)


@pytest.mark.parametrize("order", list(Order))
def test_the_order_of_the_input_makes_no_difference(order: Order) -> None:
    given_, shuffle = unread(), np.random.default_rng(3).permutation(200)
    assert which_next(given_.take(shuffle), order) == which_next(given_, order)


@pytest.mark.parametrize("order", list(Order))
def test_equal_scores_are_put_in_the_same_order_whatever_order_they_came_in(order: Order) -> None:
    alike = Unread([f"p{i}" for i in range(60)], np.full((60, 3), 0.5, dtype=np.float32), np.zeros(3, int))
    assert which_next(alike.take(np.arange(60)[::-1]), order) == which_next(alike, order)


@pytest.mark.parametrize("order", list(Order))
def test_every_fifth_place_is_blind_until_the_sample_is_used_up(order: Order) -> None:
    queue = which_next(unread(400), order, blind_share=SHARE)
    blind = sum(is_blind(key, SHARE) for key in queue)
    assert blind > 20
    assert [place for place, key in enumerate(queue, 1) if is_blind(key, SHARE)] == [
        5 * n for n in range(1, blind + 1)
    ]


def test_the_blind_sample_stays_when_the_queue_is_made_again_with_other_scores_and_fewer_passages() -> None:
    before, after = which_next(unread(seed=1), Order.CERTAIN), which_next(unread(150, seed=2), Order.RAREST)
    kept = {key for key in before if is_blind(key, SHARE)} & set(after)
    assert {key for key in after if is_blind(key, SHARE)} == kept


def test_the_blind_sample_has_about_its_share_and_another_seed_draws_another() -> None:
    keys = [str(i) for i in range(20_000)]
    sample = {key for key in keys if is_blind(key, SHARE)}
    assert len(sample) / len(keys) == pytest.approx(SHARE, abs=0.01)
    assert len(sample & {key for key in keys if is_blind(key, SHARE, seed=1)}) < len(sample) / 2


def test_a_larger_share_holds_the_smaller_one() -> None:
    keys = [str(i) for i in range(500)]
    assert {k for k in keys if is_blind(k, 0.1)} <= {k for k in keys if is_blind(k, 0.3)}


def test_lots_are_even() -> None:
    lots = np.array([lot(str(i)) for i in range(10_000)])
    assert np.histogram(lots, bins=10, range=(0, 1))[0] == pytest.approx(np.full(10, 1_000), abs=120)


def test_most_certain_goes_down_by_the_likeliest_code() -> None:
    queue = seeing(which_next(unread(), Order.CERTAIN))
    best = unread().scores.max(axis=1)
    assert [best[row(key)] for key in queue] == sorted((best[row(key)] for key in queue), reverse=True)


def test_most_uncertain_puts_a_toss_up_before_a_sure_thing() -> None:
    scores = np.array([[0.99, 0.01], [0.5, 0.5], [0.8, 0.1]], dtype=np.float32)
    given_ = Unread(["sure", "toss-up", "likely"], scores, np.zeros(2, int))
    assert which_next(given_, Order.UNCERTAIN, blind_share=0) == ["toss-up", "likely", "sure"]


def test_the_rarest_code_comes_first_and_waits_once_it_has_caught_up() -> None:
    common = np.array([[0.9 - i / 100, 0.0] for i in range(10)], dtype=np.float32)
    rare = np.array([[0.0, 0.4 - i / 100] for i in range(10)], dtype=np.float32)
    keys = [*(f"c{i}" for i in range(10)), *(f"r{i}" for i in range(10))]
    given_ = Unread(keys, np.concatenate([common, rare]), np.array([3, 0]))
    queue = which_next(given_, Order.RAREST, blind_share=0)
    assert queue[:3] == ["r0", "r1", "r2"]
    assert set(queue[3:5]) == {"c0", "r3"}


def test_diverse_takes_one_of_each_kind_before_a_second_of_any() -> None:
    kinds = np.repeat(np.eye(5, dtype=np.float32), 10, axis=0)
    given_ = Unread([f"p{i}" for i in range(50)], np.zeros((50, 2), np.float32), np.zeros(2, int), kinds)
    queue = which_next(given_, Order.DIVERSE, blind_share=0)
    assert len({row(key) // 10 for key in queue[:5]}) == 5


def test_balanced_takes_turns_between_the_rarest_code_and_the_draw() -> None:
    given_ = unread()
    rarest = which_next(given_, Order.RAREST, blind_share=0)
    random = which_next(given_, Order.RANDOM, blind_share=0)
    balanced = which_next(given_, Order.BALANCED, blind_share=0)
    assert set(balanced[:40]) <= {*rarest[:40], *random[:40]}
    assert len(set(balanced[:40]) & set(rarest[:20])) == len(set(balanced[:40]) & set(random[:20])) == 20


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (1, 3), (7, 0)])
def test_nothing_to_read_and_no_codes_are_no_failure(order: Order, shape: tuple[int, int]) -> None:
    given_ = Unread([str(i) for i in range(shape[0])], np.zeros(shape, np.float32), np.zeros(shape[1], int))
    assert len(which_next(given_, order)) == shape[0]


def test_input_that_does_not_fit_together_is_refused() -> None:
    with pytest.raises(NlpError, match="column"):
        Unread(["a"], np.zeros((1, 2), np.float32), np.zeros(3, int))
    with pytest.raises(NlpError, match="vector"):
        Unread(["a"], np.zeros((1, 1), np.float32), np.zeros(1, int), np.zeros((2, 2), np.float32))
    with pytest.raises(NlpError, match="key"):
        Unread(["a", "a"], np.zeros((2, 1), np.float32), np.zeros(1, int))
    with pytest.raises(NlpError, match="share"):
        which_next(unread(5), Order.RANDOM, blind_share=2)


@given(
    arrays(np.float32, (30, 3), elements=st.floats(0, 1, width=32)),
    st.permutations(range(30)),
    st.sampled_from(list(Order)),
)
def test_any_scores_in_any_order_give_the_same_queue(
    scores: np.ndarray, shuffle: list[int], order: Order
) -> None:
    given_ = Unread([str(i) for i in range(30)], scores, np.array([2, 0, 9]))
    assert which_next(given_.take(np.array(shuffle)), order) == which_next(given_, order)
