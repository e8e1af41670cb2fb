"""Words as a text has them and as they are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from nlp.stopwords import STOP_WORDS

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
# Combining marks and invisible characters are not \w, yet must not break a word in two.
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
_WORD = re.compile(rf"\w[\w{_INVISIBLE}{_MARKS}]*")
# Some letters are written out with spaces (U+FDFA is four words), which part the words of a pair.
_DROP = re.compile(rf"[{_INVISIBLE}_\s]")
_LONGEST = 40
_KEPT = 50_000


def read_words(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [plain(word) for word in _WORD.findall(text)]


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words stand, in the order in which read_words has them."""
    return [match.span() for match in _WORD.finditer(text)]


@lru_cache(_KEPT)
def plain(word: str) -> str:
    """How a word is compared: no case, no invisible characters, one form for each letter."""
    if word.isascii():
        return word.lower().replace("_", "")[:_LONGEST]
    return _DROP.sub("", normalize("NFKC", word).casefold())[:_LONGEST]


def telling(words: Iterable[str]) -> list[str]:
    """The words that may tell what a text is about: no stop words, no single letters."""
    return [word for word in words if len(word) > 1 and word not in STOP_WORDS]
