"""Words as a text has them and as they are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
# Combining marks and invisible characters are not \w, yet must not break a word in two.
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
_WORD = re.compile(rf"\w[\w{_INVISIBLE}{_MARKS}]*")
_DROP = re.compile(rf"[{_INVISIBLE}_]")
_LONGEST = 40


class _Numbering(dict[str, int]):
    """Gives each new word the next number."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Tokens:
    """Words of many texts, as written: `ids` index `words`; text i owns ids[starts[i]:starts[i+1]]."""

    words: list[str]
    ids: IntArray
    starts: IntArray

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def rows(self) -> IntArray:
        """The text that each word stands in."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))


def read_words(texts: Iterable[str]) -> Tokens:
    """Take texts apart into words."""
    numbering = _Numbering()
    ids: list[int] = []
    starts = [0]
    for text in texts:
        ids += [numbering[word] for word in _WORD.findall(text)]
        starts.append(len(ids))
    return Tokens(list(numbering), np.array(ids, dtype=np.int64), np.array(starts, dtype=np.int64))


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words stand, in the order in which read_words counts them."""
    return [match.span() for match in _WORD.finditer(text)]


def plain(word: str) -> str:
    """How a word is compared: no case, no invisible characters, one form for each letter."""
    if word.isascii():
        return word.lower().replace("_", "")[:_LONGEST]
    return _DROP.sub("", normalize("NFKC", word).casefold())[:_LONGEST]


def char_grams(form: str) -> list[str]:
    """Runs of 3 to 5 characters of a word with its edges marked."""
    edged = f" {form} "
    if len(edged) < 3:
        return []
    return [edged[i : i + n] for n in (3, 4, 5) for i in range(len(edged) - n + 1)]
