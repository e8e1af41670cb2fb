"""Groups to read: passages that speak of the same thing, whether or not a code covers it.

A group is an offer to a reader, never a theme: that there is one, and what it is called, a person says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import read_rows
from nlp.encoder import Encoder
from nlp.errors import NlpError
from nlp.parting import part
from nlp.phrases import key_phrases, name_of
from nlp.progress import Say, silent
from nlp.space import place
from nlp.words import IntArray, read_words

#: Fewer different texts than these are not parted.
LEAST_TO_PART = 10
MOST_GROUPS = 100
_LONGEST = 2_000  # characters of a text that are read
_EXAMPLES = 5
_NEAREST = 40
_FEW_WORDS = 5
_SPREAD = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EmergentGroup:
    """Texts that are alike: where they stand among those given, and what tells them from the others.

    `examples` are a few of the members, most typical first and no two the same; `likeness` says how close
    members stand to what is typical, 0 (hardly) to 1 (the same).
    """

    name: str
    phrases: tuple[str, ...]
    members: tuple[int, ...]
    examples: tuple[int, ...]
    likeness: float


@dataclass(frozen=True, slots=True)
class _Different:
    """Different texts in order of the alphabet, so that the order of the input makes no difference."""

    texts: list[str]
    copies: list[list[int]]
    weights: Floats


class GroupFinder:
    """Parts texts into groups of like content (docs/nlp.md says how).

    Args:
        groups: how many; without it the root of half of the different texts, from 2 to 100.
        seed: chooses a sample where there are more than 4,000 different texts; below that there is no chance.
        encoder: gives vectors of meaning; without one words and characters alone decide.
    """

    name = "ward-and-k-means"
    version = "1"

    def __init__(self, groups: int | None = None, *, seed: int = 0, encoder: Encoder | None = None) -> None:
        if groups is not None and groups < 1:
            raise NlpError("groups must be at least 1.")
        if seed < 0:
            raise NlpError("seed must be 0 or more.")
        self.groups = groups
        self.seed = seed
        self.encoder = encoder

    def settings(self) -> dict[str, object]:
        """What a run of it is recorded under."""
        encoder = None if self.encoder is None else self.encoder.name
        return {"groups": self.groups, "seed": self.seed, "encoder": encoder}

    def find(
        self, texts: Sequence[str], weights: Sequence[float] | None = None, say: Say = silent
    ) -> list[EmergentGroup]:
        """Groups, largest first; a text without a known word is in none, any other in exactly one.

        `weights`, above 0 where a text is to count at all, say how much each has to do with where groups
        lie and what they are called (`novelty` gives such). Fewer than ten different texts are one group.
        """
        different = _different(texts, weights)
        if not different.texts:
            return []
        points, heard = place(different.texts, different.weights, self.encoder, self.seed, say)
        group, centres = part(points, different.weights, self._count(len(different.texts)), self.seed)
        say(f"{len(centres)} groups")
        group = np.where(heard, group, -1)
        phrases = key_phrases(
            [different.texts[i] for i in np.flatnonzero(heard)], group[heard], different.weights[heard]
        )
        found = [
            _described(different, points, centres[number], np.flatnonzero(group == number), phrases[number])
            for number in range(len(phrases))
            if (group == number).any()
        ]
        return sorted(found, key=lambda one: (-len(one.members), one.name, texts[one.examples[0]]))

    def _count(self, different: int) -> int:
        if different < LEAST_TO_PART:
            return 1
        wanted = self.groups or min(MOST_GROUPS, max(2, round((different / 2) ** 0.5)))
        return min(wanted, different)


def novelty(scores: Floats) -> Floats:
    """How likely it is that no code fits, given the probability of each code on each text, (texts, codes).

    The product of (1 - p): hidden codes are found by it where distance to what is known finds nothing.
    """
    return np.asarray(np.prod(1.0 - np.clip(scores, 0.0, 1.0), axis=1), dtype=np.float64)


def group_file(
    units: Path, finder: GroupFinder, say: Say = silent, *, encode_at_most: int | None = None
) -> tuple[str, str]:
    """Groups of a units file (unit_id, text) as two CSV texts: unit_id, theme; and theme, name and the rest.

    `encode_at_most`: with more units than these the finder's encoder is left out, which `say` is told.

    Themes are numbered from 1, largest first, and empty where a unit is in none; lists are parted by bars.
    """
    rows = read_rows(units, ("unit_id", "text"))
    names, texts = [row["unit_id"] for row in rows], [row["text"] for row in rows]
    if not rows:
        raise NlpError(f"{units} has no units: give at least one line after the headings.")
    if len(set(names)) < len(names):
        raise NlpError(f"{units} gives the same unit_id to more than one unit: make them unique.")
    say(f"{len(texts)} units")
    if finder.encoder and encode_at_most is not None and len(texts) > encode_at_most:
        say(f"More than {encode_at_most} units: words alone. Name the encoder to have all of them encoded.")
        finder = GroupFinder(finder.groups, seed=finder.seed)
    groups = finder.find(texts, say=say)
    if not groups:
        say("No unit has a word to go by: all are in no group.")
    number = {index: n for n, group in enumerate(groups, start=1) for index in group.members}
    in_groups = [(name, number.get(index, "")) for index, name in enumerate(names)]
    described = [
        (n, group.name, " | ".join(group.phrases), " | ".join(names[i] for i in group.examples))
        for n, group in enumerate(groups, start=1)
    ]
    headings = ("theme", "name", "key_phrases", "example_unit_ids")
    return _sheet(("unit_id", "theme"), in_groups), _sheet(headings, described)


def _sheet(headings: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([headings, *rows])
    return out.getvalue()


def _different(texts: Sequence[str], weights: Sequence[float] | None) -> _Different:
    weight = np.ones(len(texts)) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(weight) != len(texts) or not np.isfinite(weight).all() or (weight < 0).any():
        raise NlpError("weights must be one number, 0 or more, for each text.")
    places: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        if weight[index] and read_words(text[:_LONGEST]):
            places.setdefault(text[:_LONGEST], []).append(index)
    ordered = sorted(places)
    copies = [places[text] for text in ordered]
    return _Different(ordered, copies, np.array([weight[indices].sum() for indices in copies]))


def _described(
    different: _Different, points: Floats, centre: Floats, mine: IntArray, phrases: tuple[str, ...]
) -> EmergentGroup:
    """A group of different texts as one of the texts given."""
    likeness = _cosines(points[mine], centre)
    typical = [int(mine[i]) for i in np.argsort(-likeness, kind="stable")]
    examples = _spread(different.texts, points, typical, centre)
    members = sorted(index for one in mine for index in different.copies[one])
    return EmergentGroup(
        name=name_of(phrases) or "Without a phrase of its own",
        phrases=phrases,
        members=tuple(members),
        examples=tuple(different.copies[one][0] for one in examples),
        likeness=float(np.clip(np.average(likeness, weights=different.weights[mine]), 0.0, 1.0)),
    )


def _spread(texts: Sequence[str], points: Floats, typical: Sequence[int], centre: Floats) -> list[int]:
    """A few typical texts that do not all say the same (maximal marginal relevance, Carbonell 1998)."""
    long = [one for one in typical if len(read_words(texts[one])) >= _FEW_WORDS]
    left = (long or list(typical))[:_NEAREST]
    nearness = dict(zip(left, _cosines(points[left], centre).tolist(), strict=True))
    chosen: list[int] = []
    met = dict.fromkeys(left, 0.0)
    while left and len(chosen) < _EXAMPLES:
        best = max(left, key=lambda one: (nearness[one] - _SPREAD * met[one], -one))
        chosen.append(best)
        left.remove(best)
        for one, like in zip(left, _cosines(points[left], points[best]).tolist(), strict=True):
            met[one] = max(met[one], like)
    return chosen


def _cosines(rows: Floats, row: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(row)
    return np.asarray((rows @ row) / np.where(lengths > 0, lengths, 1.0))
