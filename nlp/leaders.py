"""Which text each text follows.

Texts come forward in order, commonest first, and each follows the leader with which it shares most, or leads
itself. Nothing is passed on from follower to follower: chains through shared phrases cannot form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from nlp.shingles import SIZE, Shingled
from nlp.words import IntArray

ALONE = -1

_FEWEST_SHARED = 8  # shingles
_FEWEST_TO_LEAD = 20 - SIZE + 1  # those of twenty words: a slogan stands in letters of every kind
_SAME_TEMPLATE = 0.6  # of the shorter text, or of the template
_LITTLE = 0.5  # of the template
_COVERED = 0.25  # of the text that follows
_CAMPAIGN = 3  # letters
_MOST_LEADERS = 64  # that one shingle is looked up for; what more of them hold is a set phrase

Joins = Callable[[int, int, int], bool]


class _Leaders:
    """Leaders in the order in which they came forward, found by the shingles they hold."""

    def __init__(self, texts: Shingled, known: Iterable[int] = ()) -> None:
        self._texts = texts
        self._first = np.full(texts.total, ALONE, dtype=np.int32)
        self._more: dict[int, list[int]] = {}
        self.chosen: list[int] = []
        for text in known:
            self.add(text)

    def add(self, text: int) -> None:
        ids = self._texts.shared(text)
        fresh = self._first[ids] == ALONE
        self._first[ids[fresh]] = len(self.chosen)
        for shingle in ids[~fresh].tolist():
            others = self._more.setdefault(shingle, [])
            if len(others) < _MOST_LEADERS:
                others.append(len(self.chosen))
        self.chosen.append(text)

    def nearest(self, text: int, joins: Joins) -> int:
        """The leader that shares most with this text, of equals the one with the least else, or ALONE.

        A text with equally much of two templates, and little of either, holds only what both have borrowed.
        """
        found = [
            (shared, shared / self._texts.sizes[self.chosen[number]], -number)
            for number, shared in self._shared(text).items()
            if joins(text, self.chosen[number], shared)
        ]
        if not found:
            return ALONE
        most, covered, number = max(found)
        if covered < _LITTLE and sum(shared == most for shared, _, _ in found) > 1:
            return ALONE
        return self.chosen[-number]

    def _shared(self, text: int) -> Counter[int]:
        ids = self._texts.shared(text)
        first = self._first[ids]
        led = first != ALONE
        found = Counter(first[led].tolist())
        if self._more:
            for shingle in ids[led].tolist():
                found.update(self._more.get(shingle, ()))
        return found


def follow(
    texts: Shingled, containment: float, say: Callable[[str], None], known: Sequence[int] = ()
) -> IntArray:
    """For each text the one it follows, itself where it leads, ALONE where nothing is near it.

    `containment` is the least share of the shorter text's shingles that the other has to hold as well.
    `known` texts lead, whatever they share.
    """
    sizes = texts.sizes.tolist()

    def near(text: int, leader: int, shared: int) -> bool:
        least: float = containment * min(sizes[text], sizes[leader])
        return shared >= max(_FEWEST_SHARED, least)

    def follows(text: int, leader: int, shared: int) -> bool:
        least: float = max(_SAME_TEMPLATE * min(sizes[text], sizes[leader]), _COVERED * sizes[text])
        return near(text, leader, shared) and shared >= least

    def carries(text: int, leader: int, shared: int) -> bool:
        return near(text, leader, shared) and bool(shared >= _SAME_TEMPLATE * sizes[leader])

    order = _order(texts)
    say(f"{len(order)} different texts share words with another")
    # First the templates: a campaign's letter can be near another's on the same subject, yet follows its own.
    candidates = _come_forward(texts, _without(order, known), _Leaders(texts, known), follows)
    following = _assign(texts, order, candidates, carries)
    leaders = _Leaders(texts, known)
    for text in _campaigns(texts, _without(candidates.chosen, known), following):
        leaders.add(text)
    say(f"{len(leaders.chosen)} templates found")
    # Then whatever is near one of them, or near each other.
    _come_forward(texts, _without(order, leaders.chosen), leaders, near)
    return _assign(texts, order, leaders, near)


def _order(texts: Shingled) -> IntArray:
    """Texts that may be near another, best leaders first, whatever order they were given in.

    The commonest first. Of those sent once or twice (the same person, twice) the one with most of what others
    have too for its length: a template comes before the same with somebody's own words.
    """
    copies = np.array([len(where) for where in texts.copies], dtype=np.int64)
    kept = np.diff(texts.starts)
    held = np.bincount(texts.ids, weights=np.repeat(copies, kept), minlength=texts.total)
    sums = np.concatenate(([0.0], np.cumsum(held[texts.ids])))
    central = (sums[texts.starts[1:]] - sums[texts.starts[:-1]]) / np.sqrt(np.maximum(texts.sizes, 1))
    common = np.where(copies >= _CAMPAIGN, copies, 1)
    some = np.flatnonzero(kept >= _FEWEST_SHARED).tolist()
    some.sort(key=lambda text: (-common[text], -central[text], texts.keys[text]))
    return np.array(some, dtype=np.int64)


def _without(texts: Sequence[int] | IntArray, others: Sequence[int]) -> list[int]:
    left_out = set(others)
    return [text for text in np.asarray(texts, dtype=np.int64).tolist() if text not in left_out]


def _come_forward(texts: Shingled, order: Iterable[int], leaders: _Leaders, joins: Joins) -> _Leaders:
    """Add every text that may lead and has nobody to follow."""
    for text in order:
        if texts.sizes[text] >= _FEWEST_TO_LEAD and leaders.nearest(text, joins) == ALONE:
            leaders.add(text)
    return leaders


def _assign(texts: Shingled, order: IntArray, leaders: _Leaders, joins: Joins) -> IntArray:
    following = np.full(len(texts.copies), ALONE, dtype=np.int64)
    following[leaders.chosen] = leaders.chosen
    for text in order[following[order] == ALONE].tolist():
        following[text] = leaders.nearest(text, joins)
    return following


def _campaigns(texts: Shingled, candidates: Iterable[int], following: IntArray) -> list[int]:
    """Candidates that letters enough follow, their own copies among them."""
    letters: Counter[int] = Counter()
    for text, leader in enumerate(following.tolist()):
        letters[leader] += len(texts.copies[text])
    return [text for text in candidates if letters[text] >= _CAMPAIGN]
