"""Which text each text follows.

Texts come forward in order, commonest first, and each follows the leader with which it shares most, or leads
itself. Nothing is passed on from follower to follower: chains through shared phrases cannot form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from nlp.shingles import SIZE, HashArray, Shingled
from nlp.words import IntArray

ALONE = -1

_FEWEST_SHARED = 8  # shingles
_FEWEST_OF_ALL = 5  # shingles, where they are nearly all that a text has: it was cut to a sentence or two
_NEARLY_ALL = 0.9  # of the text
_FEWEST_TO_LEAD = 20 - SIZE + 1  # those of twenty words: a slogan stands in letters of every kind
_SAME_TEMPLATE = 0.6  # of the shorter text, or of the template
_LITTLE = 0.5  # of the template
_COVERED = 0.25  # of the text that follows
_QUOTED = 0.5  # of the template; who has less of it only quotes it,
_MOST_QUOTED = 0.4  # unless it is as much of what they wrote
_NO_TEMPLATE = 0.4  # of the shorter of two texts, where neither is a template
_CAMPAIGN = 3  # letters
_MANY_MORE = 4  # times the letters of what was cut out of them
_FEW_LEFT = 4  # shingles, where words were replaced here and there
_REWORDED = 0.35  # of the runs of three of either text
_TRIED = 3  # templates
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

    def holding(self, text: int, least: float) -> list[int]:
        """The leaders besides this text itself that hold so many of its shingles, those with most first."""
        held = [(-held, self.chosen[n]) for n, held in self._shared(text).items() if held >= least]
        held.sort(key=lambda each: (each[0], self._texts.keys[each[1]]))
        return [leader for _, leader in held if leader != text]

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
    texts: Shingled,
    containment: float,
    say: Callable[[str], None],
    short_runs: Callable[[int], HashArray],
    known: Sequence[int] = (),
) -> IntArray:
    """For each text the one it follows, itself where it leads, ALONE where nothing is near it.

    `containment` is the least share of the shorter text's shingles that the other has to hold as well.
    `short_runs` gives the runs of three words of a text. `known` texts lead, whatever they share.
    """
    rules = _Rules(texts.sizes.tolist(), containment)
    order = _order(texts)
    say(f"{len(order)} different texts share words with another")
    # First the templates: a campaign's letter can be near another's on the same subject, yet follows its own.
    candidates = _come_forward(texts, _without(order, known), _Leaders(texts, known), rules.follows)
    following = _assign(texts, order, candidates, rules.carries)
    templates = _Leaders(texts, [*known, *_campaigns(texts, candidates, following, known)])
    say(f"{len(templates.chosen)} templates found")
    # Then whatever is near one of them, then what is nearer still to each other.
    following = _assign(texts, order, templates, rules.near)
    _follow_reworded(order, following, templates, short_runs)
    rest = order[following[order] == ALONE]
    others = _come_forward(texts, rest.tolist(), _Leaders(texts), rules.nearer)
    following[rest] = _assign(texts, rest, others, rules.nearer)[rest]
    return following


class _Rules:
    """Who may follow whom, by the number of shingles that two texts share."""

    def __init__(self, sizes: list[int], containment: float) -> None:
        self._sizes, self._containment = sizes, containment

    def near(self, text: int, leader: int, shared: int) -> bool:
        """Whether a text has enough of a leader's words, and does not just quote them."""
        size, other = self._sizes[text], self._sizes[leader]
        if shared >= max(_FEWEST_OF_ALL, _NEARLY_ALL * size):
            return True
        if shared < _MOST_QUOTED * size and shared < _QUOTED * other:
            return False
        return shared >= max(_FEWEST_SHARED, self._containment * min(size, other))

    def nearer(self, text: int, leader: int, shared: int) -> bool:
        """Whether two texts are near without a template to show whose words they are.

        Strangers may share a greeting and a signature.
        """
        least = _NO_TEMPLATE * min(self._sizes[text], self._sizes[leader])
        return shared >= least and self.near(text, leader, shared)

    def follows(self, text: int, leader: int, shared: int) -> bool:
        """Whether a text may have come from the same template as a leader."""
        sizes = self._sizes
        least: float = max(_SAME_TEMPLATE * min(sizes[text], sizes[leader]), _COVERED * sizes[text])
        return shared >= least and self.near(text, leader, shared)

    def carries(self, text: int, leader: int, shared: int) -> bool:
        """Whether a text holds a leader nearly whole."""
        return shared >= _SAME_TEMPLATE * self._sizes[leader] and self.near(text, leader, shared)


def _follow_reworded(
    order: IntArray,
    following: IntArray,
    templates: _Leaders,
    short_runs: Callable[[int], HashArray],
) -> None:
    """Let texts follow a template of which they changed words here and there, if none is nearer.

    A fifth of the words replaced leaves few runs of five whole, yet half of the runs of three. So many, both
    of the text's and of the template's, no quotation has.
    """
    read: dict[int, HashArray] = {}
    led = set(templates.chosen)
    for text in order.tolist():
        near = templates.holding(text, _FEW_LEFT)[:_TRIED]
        if text in led or not near or near[0] == following[text]:
            continue
        for template in near:
            if template not in read:
                read[template] = short_runs(template)
        runs = short_runs(text)
        alike = [(_least_share(runs, read[template]), template) for template in near]
        share, template = max(alike, key=lambda each: each[0])
        if share >= _REWORDED:
            following[text] = template


def _least_share(one: HashArray, other: HashArray) -> float:
    """The part that two texts share of whichever has more."""
    most = max(len(one), len(other))
    return len(np.intersect1d(one, other, assume_unique=True)) / most if most else 0.0


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
    some = np.flatnonzero(kept >= _FEWEST_OF_ALL).tolist()
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


def _campaigns(texts: Shingled, candidates: _Leaders, following: IntArray, known: Sequence[int]) -> list[int]:
    """Candidates that letters enough follow, their own copies among them, and that are no part of another."""
    letters: Counter[int] = Counter()
    for text, leader in enumerate(following.tolist()):
        letters[leader] += len(texts.copies[text])
    enough = [text for text in candidates.chosen if letters[text] >= _CAMPAIGN or text in known]
    leaders = _Leaders(texts, enough)
    return [
        text
        for text in _without(enough, known)
        if not _is_part(text, leaders.holding(text, _NEARLY_ALL * texts.sizes[text]), letters)
    ]


def _is_part(text: int, others: Sequence[int], letters: Counter[int]) -> bool:
    """Whether a text is what some have cut one other template down to; what several hold is an appeal."""
    return len(others) == 1 and letters[others[0]] >= _MANY_MORE * letters[text]
