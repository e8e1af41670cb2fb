"""Two submissions side by side: which paragraphs both have, and which words only one has."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

# Comparing word by word takes time that grows with the square: what is longer is shown whole.
MOST_WORDS_COMPARED = 2_000
_WORD = re.compile(r"\S+\s*")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Run:
    """Words in a row that both submissions have, or only this one."""

    words: str
    own: bool


@dataclass(frozen=True)
class Pair:
    """A paragraph of each that stand beside one another; one side is empty where only the other has it."""

    left: tuple[Run, ...]
    right: tuple[Run, ...]

    @property
    def same(self) -> bool:
        """Tell whether both say the same."""
        return bool(self.left and self.right) and not any(run.own for run in self.left + self.right)


def side_by_side(left: Sequence[str], right: Sequence[str], *, exactly: bool = False) -> list[Pair]:
    """Return the paragraphs of two texts in pairs, in order.

    Space, case and signs count nothing, unless the texts are to be compared exactly.
    """
    alike = str.strip if exactly else _folded
    mine, other = [alike(each) for each in left], [alike(each) for each in right]
    steps = SequenceMatcher(None, mine, other, autojunk=False).get_opcodes()
    pairs = []
    for step, start, end, other_start, other_end in steps:
        beside = zip_longest(left[start:end], right[other_start:other_end], fillvalue="")
        pairs += [_same(*each) if step == "equal" else _compared(*each, alike) for each in beside]
    return pairs


def _folded(words: str) -> str:
    return _SIGNS.sub(" ", words).strip().casefold()


def _same(left: str, right: str) -> Pair:
    return Pair((Run(left, own=False),), (Run(right, own=False),))


def _compared(left: str, right: str, alike: Callable[[str], str]) -> Pair:
    words = _WORD.findall(left), _WORD.findall(right)
    if not all(words) or max(map(len, words)) > MOST_WORDS_COMPARED:
        return Pair(*(tuple(Run(each, own=True) for each in (side,) if each) for side in (left, right)))
    mine, other = ([alike(each) for each in side] for side in words)
    steps = SequenceMatcher(None, mine, other, autojunk=False).get_opcodes()
    return Pair(
        tuple(_runs(words[0], [(step, start, end) for step, start, end, _, _ in steps])),
        tuple(_runs(words[1], [(step, start, end) for step, _, _, start, end in steps])),
    )


def _runs(words: Sequence[str], steps: Sequence[tuple[str, int, int]]) -> Iterator[Run]:
    for step, start, end in steps:
        if end > start:
            yield Run("".join(words[start:end]), own=step != "equal")
