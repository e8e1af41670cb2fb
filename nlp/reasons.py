"""The words of a passage that moved a score, read off the weights that made it.

The score's logit holds sums over n-grams: the learned part, and each similarity with the texts of a
code. An n-gram's part of such a sum is given to the words it stands in, in equal shares; so the
parts of all words add up to the sum, exactly. What comes from comparison (ranks, gaps) belongs to
no word and is not handed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.features import Reading, TextFeatures, TextMatrix
from nlp.linear import LinearMap
from nlp.types import Reason
from nlp.words import FloatArray, IntArray, telling, word_spans

AT_MOST = 6
#: A word with less than this share of the strongest word's weight is not worth pointing at.
_WORTH_SHOWING = 0.15
#: Nor one that adds less than this to the logit, which would be told as nothing.
_LEAST = 1e-4
_GAP = frozenset(" \t'’-\u00a0")


@dataclass(frozen=True, slots=True)
class Term:
    """A sum over n-grams that is part of the logit: its weights, and its factor per passage and code."""

    word: LinearMap
    char: LinearMap
    factors: FloatArray


@dataclass(frozen=True, slots=True)
class _Places:
    """Where n-grams stand in one passage: word number, column, share of the column's value."""

    word: IntArray
    column: IntArray
    share: FloatArray

    def spread(self, values: FloatArray, words: int) -> NDArray[np.float64]:
        """Hand the value of each column, one row for each code, to the words it stands in."""
        codes = len(values)
        # All codes in one count: each has a stretch of its own.
        at = self.word + words * np.arange(codes)[:, None]
        parts = np.bincount(
            at.ravel(), weights=(values[:, self.column] * self.share).ravel(), minlength=codes * words
        )
        return parts.astype(np.float64).reshape(codes, words)


class ReasonFinder:
    """Finds reasons in a batch of passages."""

    def __init__(
        self, features: TextFeatures, reading: Reading, matrix: TextMatrix, terms: Sequence[Term]
    ) -> None:
        self._features, self._reading = features, reading
        self._matrix, self._terms = matrix, terms
        self._starts = np.cumsum([0, *map(len, reading.words)])
        numbers = (reading.numbers[word] for words in reading.words for word in words)
        ids = np.fromiter(numbers, dtype=np.int64, count=int(self._starts[-1]))
        told = set(telling(reading.numbers))
        self._tells = np.array([form in told for form in reading.numbers], dtype=bool)[ids]
        self._columns = features.word_columns(reading.numbers)[ids]
        self._grams = reading.grams[ids]
        # For each column its place in a passage's row; what stands there of other passages is never read.
        self._scratch = np.zeros(max(matrix.word.shape[1], matrix.char.shape[1]), dtype=np.int64)

    def reasons(self, row: int, codes: Sequence[int]) -> list[tuple[Reason, ...]]:
        """For each code its reasons in passage `row`, in reading order."""
        if not codes:
            return []
        text, tells = self._reading.texts[row], self._tells[self._part(row)]
        spans = word_spans(text)
        return [_reasons(text, spans, weight, tells) for weight in self.word_weights(row, codes)]

    def word_weights(self, row: int, codes: Sequence[int]) -> NDArray[np.float64]:
        """What each word of passage `row` adds to the logit of each code, (codes, words).

        What belongs to no word is not in it.
        """
        words, chosen = len(self._reading.words[row]), np.asarray(codes)
        factors = [term.factors[row, chosen][:, None] for term in self._terms]
        word, char = _row(self._matrix.word, row), _row(self._matrix.char, row)
        in_words = _values(word, [term.word for term in self._terms], factors, chosen)
        in_chars = _values(char, [term.char for term in self._terms], factors, chosen)
        of_words = self._word_places(row, word[0]).spread(in_words, words)
        return of_words + self._char_places(row, char[0]).spread(in_chars, words)

    def _part(self, row: int) -> slice:
        """Where the words of the passage stand among those of the batch."""
        return slice(self._starts[row], self._starts[row + 1])

    def _word_places(self, row: int, present: IntArray) -> _Places:
        """Single words, and pairs of words once for each of the two."""
        tells, columns = self._tells[self._part(row)], self._columns[self._part(row)]
        pairs = map(" ".join, pairwise(telling(self._reading.words[row])))
        both = self._features.word_columns(pairs)
        kept = np.flatnonzero(tells)
        numbers = np.concatenate([kept, kept[:-1], kept[1:]])
        every = np.concatenate([columns[tells], both, both])
        known = every >= 0
        return _places(
            numbers[known], every[known], np.ones(int(known.sum()), dtype=np.float32), present, self._scratch
        )

    def _char_places(self, row: int, present: IntArray) -> _Places:
        begins = self._grams.indptr[self._starts[row] : self._starts[row + 1] + 1]
        part = slice(begins[0], begins[-1])
        numbers = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
        return _places(numbers, self._grams.indices[part], self._grams.data[part], present, self._scratch)


def _values(
    grams: tuple[IntArray, FloatArray],
    maps: Sequence[LinearMap],
    factors: Sequence[FloatArray],
    codes: IntArray,
) -> FloatArray:
    """What each n-gram of a passage adds to the logit of each code, (codes, n-grams)."""
    columns, values = grams
    total = np.zeros((len(codes), len(columns)), dtype=np.float32)
    for weights, factor in zip(maps, factors, strict=True):
        total += factor * weights.of_grams(columns, codes)
    return np.asarray(total * values, dtype=np.float32)


def _row(rows: sparse.csr_array, row: int) -> tuple[IntArray, FloatArray]:
    """Columns and values of one row."""
    part = slice(rows.indptr[row], rows.indptr[row + 1])
    return rows.indices[part], rows.data[part]


def _places(
    words: IntArray, columns: IntArray, counts: FloatArray, present: IntArray, scratch: IntArray
) -> _Places:
    """Number the columns as they stand in the passage's row, and share each among its places."""
    scratch[present] = np.arange(len(present))
    column = scratch[columns]
    total = np.bincount(column, weights=counts, minlength=len(present))
    return _Places(words, column, (counts / total[column]).astype(np.float32))


def _reasons(
    text: str, spans: list[tuple[int, int]], weights: NDArray[np.float64], tells: NDArray[np.bool_]
) -> tuple[Reason, ...]:
    """The strongest words that speak for the code, neighbours joined, in reading order."""
    enough = max(_WORTH_SHOWING * weights.max(initial=0.0), _LEAST)
    runs = _runs(text, spans, (weights >= enough) & tells, tells)
    weighed = [(float(weights[first:end].sum()), first, end) for first, end in runs]
    # A small word between two others counts with them, and may speak against more than they speak for.
    speaking = [run for run in weighed if run[0] >= _LEAST]
    strongest = nlargest(AT_MOST, speaking, key=itemgetter(0))
    return tuple(_reason(text, spans, *run) for run in sorted(strongest, key=itemgetter(1)))


def _reason(text: str, spans: list[tuple[int, int]], weight: float, first: int, end: int) -> Reason:
    start, stop = spans[first][0], spans[end - 1][1]
    return Reason(start, stop, text[start:stop], round(weight, 4))


def _runs(
    text: str, spans: list[tuple[int, int]], chosen: NDArray[np.bool_], tells: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Half-open runs of chosen words with nothing between them but space, or one small word."""
    runs: list[tuple[int, int]] = []
    for at in np.flatnonzero(chosen).tolist():
        if runs and _joins(text, spans, runs[-1][1] - 1, at, tells):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _joins(text: str, spans: list[tuple[int, int]], last: int, at: int, tells: NDArray[np.bool_]) -> bool:
    if at - last > 2 or tells[last + 1 : at].any():
        return False
    return all(set(text[spans[i][1] : spans[i + 1][0]]) <= _GAP for i in range(last, at))
