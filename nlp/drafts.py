"""Passages to quote on a theme: those that stand for what was said, and those that speak against it.

Nothing is written: passages are chosen, each with why. Whether one is quoted a person says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from nlp.encoder import Encoder
from nlp.errors import NlpError
from nlp.space import directions_of
from nlp.words import read_words

Kind = Literal["representative", "dissenting"]
Floats = NDArray[np.float64]

_ALIKE = 0.7  # how much being like one already chosen counts against a passage
_NEW_GROUP = 0.4  # what a kind of respondent that nobody has spoken for yet is worth
_STRENGTH = 0.3
_FEW_WORDS, _MANY_WORDS = 8, 120
_TOO_ALIKE = 0.95
_CLOSE, _CODED_BY_MANY = 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Quotable:
    """A passage that may be quoted.

    Args:
        text: its words.
        strength: how firmly it belongs, above 0: how many confirmed codings it has, or a probability.
        respondent: who said it; nobody is quoted twice while others have spoken.
        group: the kind of respondent or place, over which quotes are spread; empty where it is not known.
        campaign: on whose template it is; a campaign is quoted once at most. Empty: on none.
        language: that of its words; what few write in stands apart by words alone. Empty where not known.
        opposing: whether a person (or the codebook) marked it as against what most say on the theme.
    """

    text: str
    strength: float = 1.0
    respondent: str = ""
    group: str = ""
    campaign: str = ""
    language: str = ""
    opposing: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """A passage chosen: where it stands among those given, for what, and why, in plain words."""

    index: int
    kind: Kind
    why: str


def choose(
    passages: Sequence[Quotable],
    *,
    representative: int = 3,
    dissenting: int = 2,
    encoder: Encoder | None = None,
    seed: int = 0,
) -> list[Chosen]:
    """Passages to quote: the representative, then the dissenting, each in the order in which it was chosen.

    Representative are those nearest to what is said by all who are not opposed, strong, and unlike each other
    (maximal marginal relevance, Carbonell 1998). Dissenting are those marked as opposing; where none is
    marked, those in the language of most that are furthest from what is typical, which the reason says.
    There may be fewer than asked for.
    """
    _check(passages, representative, dissenting)
    usable = [i for i in _in_order(passages) if read_words(passages[i].text)]
    if not usable:
        return []
    table = _Table([passages[i] for i in usable], encoder, seed)
    marked = bool(table.opposing.any() and not table.opposing.all())
    typical = table.nearness(~table.opposing if marked else np.ones(len(usable), dtype=bool))
    first = table.pick(typical, ~table.opposing if marked else typical > -2, representative, [])
    apart, among = (typical * 0, table.opposing) if marked else (-typical, (typical < _CLOSE) & table.usual)
    second = table.pick(apart, among, dissenting, first)
    return [
        *(Chosen(usable[i], "representative", table.why_typical(i, typical, first)) for i in first),
        *(Chosen(usable[i], "dissenting", table.why_apart(marked=marked)) for i in second),
    ]


class _Table:
    """Passages as points, and the picking among them."""

    def __init__(self, passages: Sequence[Quotable], encoder: Encoder | None, seed: int) -> None:
        self.passages = passages
        self.opposing = np.array([one.opposing for one in passages])
        languages = sorted(one.language for one in passages if one.language)
        most = max(languages, key=languages.count, default="")
        self.usual = np.array([one.language in {most, ""} for one in passages])
        strength = np.array([one.strength for one in passages], dtype=np.float64)
        rows, _ = directions_of([one.text for one in passages], strength, encoder, seed)
        self.unit = np.asarray(normalize(rows.astype(np.float64)))
        self.strength = strength
        self.pull = np.log1p(strength) / np.log1p(strength).max()

    def nearness(self, among: NDArray[np.bool_]) -> Floats:
        """How near each passage is to what these others say on the whole, -1 to 1."""
        weights = among.astype(np.float64)
        own = weights * (self.unit**2).sum(axis=1)
        others = np.maximum(weights.sum() - weights, 1e-9)
        mean = np.asarray(self.unit @ (self.unit.T @ weights) - own) / others
        spread = np.abs(mean).max()
        return np.asarray(mean / spread if spread > 1e-9 else np.ones(len(mean)))

    def pick(self, wanted: Floats, among: NDArray[np.bool_], count: int, taken: Sequence[int]) -> list[int]:
        """The best passages of some, unlike each other and those taken, spread over who speaks."""
        worth = wanted + _STRENGTH * self.pull + np.array([_length_worth(p.text) for p in self.passages])
        chosen: list[int] = []
        while len(chosen) < count:
            before = [*taken, *chosen]
            free = [i for i in np.flatnonzero(among).tolist() if self._free(i, before)]
            if not free:
                break
            chosen.append(max(free, key=lambda i: (worth[i] + self._spread(i, before), -i)))
        return chosen

    def _free(self, one: int, before: Sequence[int]) -> bool:
        """Nobody twice, no campaign twice, nothing that says the same."""
        mine = self.passages[one]
        for other in before:
            theirs = self.passages[other]
            same = (mine.respondent and mine.respondent == theirs.respondent) or (
                mine.campaign and mine.campaign == theirs.campaign
            )
            if one == other or same or self._likeness(one, other) > _TOO_ALIKE or mine.text == theirs.text:
                return False
        return True

    def _spread(self, one: int, before: Sequence[int]) -> float:
        alike = max((self._likeness(one, other) for other in before), default=0.0)
        group = self.passages[one].group
        fresh = bool(group) and group not in {self.passages[other].group for other in before}
        return _NEW_GROUP * fresh - _ALIKE * max(alike, 0.0)

    def _likeness(self, one: int, other: int) -> float:
        return float(self.unit[one] @ self.unit[other])

    def why_typical(self, one: int, typical: Floats, chosen: Sequence[int]) -> str:
        rank = int((typical > typical[one]).sum()) + 1
        reasons = ["Says what most say" if typical[one] >= _CLOSE else "Says it from another side"]
        if chosen.index(one) == 0 and rank == 1:
            reasons = ["Nearest of all to what most say"]
        if self.strength[one] >= _CODED_BY_MANY:
            reasons.append("coded so more than once")
        return _sentence([*reasons, *self._fresh(one, chosen)])

    def why_apart(self, *, marked: bool) -> str:
        reason = (
            "Marked as against what most say"
            if marked
            else "Furthest from what most say; read whether it dissents"
        )
        return _sentence([reason])

    def _fresh(self, one: int, chosen: Sequence[int]) -> list[str]:
        before = chosen[: chosen.index(one)]
        group = self.passages[one].group
        if before and group and group not in {self.passages[i].group for i in before}:
            return [f"a kind of respondent not heard above: {group}"]
        return []


def _in_order(passages: Sequence[Quotable]) -> list[int]:
    """Places in an order that does not hang on the order given."""
    return sorted(range(len(passages)), key=lambda i: (passages[i].text, passages[i].respondent, i))


def _length_worth(text: str) -> float:
    """What can be quoted whole and says enough to stand by itself."""
    words = len(read_words(text))
    if words < _FEW_WORDS:
        return -1.0
    return 0.0 if words <= _MANY_WORDS else -0.25


def _sentence(reasons: Sequence[str]) -> str:
    return f"{'; '.join(reasons)}."


def _check(passages: Sequence[Quotable], representative: int, dissenting: int) -> None:
    if representative < 0 or dissenting < 0:
        raise NlpError("How many passages to choose must be 0 or more.")
    strengths = np.array([one.strength for one in passages], dtype=np.float64)
    if not np.isfinite(strengths).all() or (strengths <= 0).any():
        raise NlpError(
            "strength must be a number above 0: leave out passages that do not belong to the theme."
        )
