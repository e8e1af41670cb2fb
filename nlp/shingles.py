"""Texts as sets of shingles: runs of five words as they are compared, each a number.

Numbers are hashes of the words themselves, so they do not depend on what else is read or in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from nlp.words import IntArray, plain, word_spans

SIZE = 5
HashArray = NDArray[np.uint64]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying by it loses nothing
_EVERY = 10_000
_BLOCK = 1_000_000


@dataclass(frozen=True, slots=True)
class Shingled:
    """Different texts with the shingles that at least two of them hold.

    `copies` lists for each of them where it stands among the texts given, `keys` names it whatever the order,
    `sizes` counts its different shingles. `ids[starts[i]:starts[i + 1]]`, below `total`, are the shared ones.
    """

    copies: list[list[int]]
    keys: list[bytes]
    sizes: IntArray
    ids: NDArray[np.int32]
    starts: IntArray
    total: int

    def shared(self, text: int) -> NDArray[np.int32]:
        """Those shingles of a text that another text holds too."""
        return self.ids[self.starts[text] : self.starts[text + 1]]


class WordHashes(dict[str, int]):
    """The number of each word, found once."""

    def __missing__(self, word: str) -> int:
        digest = blake2b(plain(word).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self[word] = number = int.from_bytes(digest, "little")
        return number

    def of(self, text: str) -> HashArray:
        """The words of a text, in the order of word_spans."""
        return np.array([self[text[start:end]] for start, end in word_spans(text)], dtype=np.uint64)


def shingles(words: HashArray, size: int = SIZE) -> HashArray:
    """One number for each run of `size` words; none for fewer words."""
    count = max(len(words) - size + 1, 0)
    mixed = np.zeros(count, dtype=np.uint64)
    for place in range(size if count else 0):
        mixed = mixed * _FACTOR + words[place : place + count]
    return mixed


def shingle(texts: Sequence[str], ignored: HashArray, say: Callable[[str], None]) -> Shingled:
    """Take texts apart; `ignored` shingles count for nothing."""
    hashes = WordHashes()
    place: dict[bytes, int] = {}
    copies: list[list[int]] = []
    held: list[HashArray] = []
    for number, text in enumerate(texts):
        words = hashes.of(text)
        key = blake2b(words.tobytes(), digest_size=16).digest()
        if key not in place:
            place[key] = len(copies)
            copies.append([])
            held.append(_without(np.unique(shingles(words)), ignored))
        copies[place[key]].append(number)
        if (number + 1) % _EVERY == 0:
            say(f"{number + 1} of {len(texts)} texts read")
    sizes = np.array([len(one) for one in held], dtype=np.int64)
    everything = np.concatenate(held) if held else np.zeros(0, dtype=np.uint64)
    held.clear()
    ids, kept, total = _shared_ids(everything)
    ends = np.concatenate(([0], np.cumsum(sizes)))
    starts = np.concatenate(([0], np.cumsum(kept)))[ends]
    return Shingled(copies, list(place), sizes, ids, starts, total)


def _without(found: HashArray, ignored: HashArray) -> HashArray:
    return np.setdiff1d(found, ignored, assume_unique=True) if len(ignored) else found


def _shared_ids(everything: HashArray) -> tuple[NDArray[np.int32], NDArray[np.bool_], int]:
    """Small numbers for those shingles that come twice or more; which are kept; how many there are."""
    ordered = np.sort(everything)
    shared = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    kept = np.zeros(len(everything), dtype=np.bool_)
    ids: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]
    if len(shared) == 0:
        return ids[0], kept, 0
    for start in range(
        0, len(everything), _BLOCK
    ):  # whole, the places of all would be as large as the shingles
        block = everything[start : start + _BLOCK]
        places = np.minimum(np.searchsorted(shared, block), len(shared) - 1)
        kept[start : start + _BLOCK] = found = shared[places] == block
        ids.append(places[found].astype(np.int32))
    return np.concatenate(ids), kept, len(shared)
