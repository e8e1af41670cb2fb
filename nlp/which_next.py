"""Which passages to read next: orders over passages, with a blind random share in each.

A reader who only sees what the machine is sure of teaches it nothing new, and nobody can tell what it
misses. So every order gives a fixed part of its places to a random sample that is read blind, without
suggestions; on that sample `estimates.py` rests. The sample is the passages whose seeded hash lies
below a threshold: it stays the same whenever the queue is made again, grows with the passages held,
and the order of its members is random too.

Scores are (passage, code), in any order of passages: where scores are equal the seeded hash decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from nlp.errors import NlpError
from nlp.words import FloatArray, IntArray

Numbers = NDArray[np.float64]
#: Diversity compares each passage chosen with all others, so only so many are chosen by it.
DIVERSE_AT_MOST = 500
_LARGEST = 2**64
# Sums come out a little differently in another order of passages; distances closer than this are equal.
_DIGITS = 4


class Order(StrEnum):
    """What comes first."""

    BALANCED = "balanced"
    CERTAIN = "certain"
    UNCERTAIN = "uncertain"
    RAREST = "rarest"
    DIVERSE = "diverse"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Unread:
    """Passages to be put in order: their lasting keys, scores (passage, code), and what is known of codes.

    `confirmed` counts the passages already confirmed for each code. `vectors` (passage, anything) say
    what is like what; without them the scores do.
    """

    keys: Sequence[str]
    scores: FloatArray
    confirmed: IntArray
    vectors: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.scores.shape != (len(self.keys), len(self.confirmed)):
            raise NlpError("Scores are a table: one row for each passage, one column for each code.")
        if self.vectors is not None and len(self.vectors) != len(self.keys):
            raise NlpError("There has to be one vector for each passage.")
        if len(set(self.keys)) != len(self.keys):
            raise NlpError("Two passages have the same key: give each its own.")

    def take(self, rows: IntArray) -> Unread:
        """These passages only."""
        vectors = None if self.vectors is None else self.vectors[rows]
        return Unread([self.keys[i] for i in rows], self.scores[rows], self.confirmed, vectors)


def lot(key: str, seed: int = 0) -> float:
    """A lasting random number of a key, evenly between 0 and 1."""
    return int.from_bytes(sha256(f"{seed}:{key}".encode()).digest()[:8]) / _LARGEST


def is_blind(key: str, share: float, seed: int = 0) -> bool:
    """Whether a passage belongs to the random sample of this share that is read without suggestions."""
    return lot(key, seed) < share


def which_next(
    unread: Unread, order: Order, *, blind_share: float = 0.1, every: int = 5, seed: int = 0
) -> list[str]:
    """Keys of all passages in the order to read them.

    Every `every`th place goes to the blind sample, in an order of its own that is random, for as long as
    it lasts. Raises NlpError unless the share lies between 0 and 1 and `every` is 2 or more.
    """
    if not 0.0 <= blind_share <= 1.0 or every < 2:
        raise NlpError("The blind share lies between 0 and 1, and every is 2 or more.")
    lots = np.array([lot(key, seed) for key in unread.keys])
    by_lot = np.argsort(lots, kind="stable")
    blind = by_lot[lots[by_lot] < blind_share]
    seen = by_lot[lots[by_lot] >= blind_share]
    ordered = seen[_ORDERS[order](unread.take(seen))] if len(seen) else seen
    return [unread.keys[i] for i in _interleaved(ordered.tolist(), blind.tolist(), every)]


# What follows takes passages in the order of their lots, and sorts stably: so lots decide between equals.


def _certain(unread: Unread) -> IntArray:
    """Those with the likeliest code first: quick to decide, and teaching least."""
    return np.argsort(-_best(unread.scores), kind="stable")


def _uncertain(unread: Unread) -> IntArray:
    """Those whose answers vary most: sum over codes of p (1 - p), the variance of a yes or no."""
    scores = unread.scores.astype(np.float64)
    return np.argsort(-(scores * (1 - scores)).sum(axis=1), kind="stable")


def _rarest(unread: Unread) -> IntArray:
    """Likely passages of whichever code has the fewest, counting those put before them as its own.

    The nth likeliest passage of a code with c confirmed comes when n + c others would be as well off.
    """
    if not unread.scores.size:
        return np.arange(len(unread.keys))
    best_first = np.argsort(-unread.scores, axis=0, kind="stable")
    place = np.empty_like(best_first)
    np.put_along_axis(place, best_first, np.arange(len(unread.keys))[:, None], axis=0)
    turn = place + unread.confirmed
    # A code that is out of the question for a passage must not draw it forward.
    turn = np.where(unread.scores > 0, turn, len(unread.keys) + int(unread.confirmed.max()))
    return np.lexsort((-_best(unread.scores), turn.min(axis=1)))


def _diverse(unread: Unread) -> IntArray:
    """Each the one least like all before it (farthest point first, Gonzalez 1985); the rest by lot."""
    vectors = unread.scores if unread.vectors is None else unread.vectors
    rows = _directions(vectors.astype(np.float32))
    lengths = np.square(rows).sum(axis=1)
    nearest = np.full(len(rows), np.inf)
    chosen = [int(np.argmin((lengths - 2 * rows @ rows.mean(axis=0)).round(_DIGITS)))]
    while len(chosen) < min(len(rows), DIVERSE_AT_MOST):
        last = chosen[-1]
        away = (lengths + lengths[last] - 2 * rows @ rows[last]).round(_DIGITS)
        nearest = np.minimum(nearest, away)
        nearest[chosen[-1]] = -1.0
        chosen.append(int(np.argmax(nearest)))
    rest = np.setdiff1d(np.arange(len(rows)), chosen)
    return np.concatenate([np.array(chosen, dtype=np.int64), rest])


def _balanced(unread: Unread) -> IntArray:
    """Half for codes short of examples, half at random: what taught most of all orders tried."""
    return np.array(_alternating(_rarest(unread).tolist(), range(len(unread.keys))), dtype=np.int64)


def _random(unread: Unread) -> IntArray:
    return np.arange(len(unread.keys))


_ORDERS: dict[Order, Callable[[Unread], IntArray]] = {
    Order.BALANCED: _balanced,
    Order.CERTAIN: _certain,
    Order.UNCERTAIN: _uncertain,
    Order.RAREST: _rarest,
    Order.DIVERSE: _diverse,
    Order.RANDOM: _random,
}


def _best(scores: FloatArray) -> Numbers:
    best: Numbers = scores.max(axis=1, initial=0.0).astype(np.float64)
    return best


def _directions(vectors: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0))


def _alternating(one: Iterable[int], other: Iterable[int]) -> list[int]:
    """Turn and turn about, each passage once, where it first comes."""
    both = (row for pair in zip(one, other, strict=True) for row in pair)
    return list(dict.fromkeys(both))


def _interleaved(ordered: Sequence[int], blind: Sequence[int], every: int) -> Iterator[int]:
    rest, sample = iter(ordered), iter(blind)
    while True:
        batch = [*islice(rest, every - 1), *islice(sample, 1)]
        if not batch:
            return
        yield from batch
