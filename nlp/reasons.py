"""The words of a passage that moved a score, read off the weights that made it.

The score's logit holds sums over n-grams: the learned part, and each similarity with the texts of a
code. An n-gram's part of such a sum is given to the words it stands in, in equal shares; so the
parts of all words add up to the sum, exactly. What comes from comparison (ranks, gaps) belongs to
no word and is not handed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.features import TextFeatures, TextMatrix
from nlp.linear import LinearMap
from nlp.types import Reason
from nlp.words import FloatArray, IntArray, plain, read_words, word_spans

AT_MOST = 6
#: A word with less than this share of the strongest word's weight is not worth pointing at.
_WORTH_SHOWING = 0.15
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
        """Hand the value of each column to the words it stands in."""
        parts = np.bincount(self.word, weights=self.share * values[self.column], minlength=words)
        return parts.astype(np.float64)


class ReasonFinder:
    """Finds reasons in a batch of passages."""

    def __init__(
        self, features: TextFeatures, texts: Sequence[str], matrix: TextMatrix, terms: Sequence[Term]
    ) -> None:
        self._texts, self._matrix, self._terms = texts, matrix, terms
        self._features = features
        self._tokens = read_words(texts)
        forms = [plain(word) for word in self._tokens.words]
        self._columns = features.word_ids(forms)
        self._grams = features.form_grams(forms)

    def reasons(self, row: int, codes: Sequence[int]) -> list[tuple[Reason, ...]]:
        """For each code its reasons in passage `row`, in reading order."""
        if not codes:
            return []
        ids = self._tokens.ids[self._tokens.starts[row] : self._tokens.starts[row + 1]]
        spans = word_spans(self._texts[row])
        weights = self._word_weights(row, ids, codes)
        stops = self._columns[ids] < -1
        return [_reasons(self._texts[row], spans, weight, stops) for weight in weights]

    def _word_weights(self, row: int, ids: IntArray, codes: Sequence[int]) -> list[NDArray[np.float64]]:
        word_row, char_row = _row(self._matrix.word, row), _row(self._matrix.char, row)
        word_places = self._word_places(ids, word_row[0])
        char_places = self._char_places(ids, char_row[0])
        found = []
        for code in codes:
            word, char = self._values(row, code, word_row, char_row)
            found.append(word_places.spread(word, len(ids)) + char_places.spread(char, len(ids)))
        return found

    def _values(
        self, row: int, code: int, word: tuple[IntArray, FloatArray], char: tuple[IntArray, FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        """What each n-gram of the passage adds to the logit of the code."""
        values = (np.zeros_like(word[1]), np.zeros_like(char[1]))
        for term in self._terms:
            factor = term.factors[row, code]
            values[0][:] += factor * word[1] * term.word.of_grams(word[0], code)
            values[1][:] += factor * char[1] * term.char.of_grams(char[0], code)
        return values

    def _word_places(self, ids: IntArray, present: IntArray) -> _Places:
        """Single words, and pairs of words once for each of the two."""
        columns = self._columns[ids]
        kept = np.flatnonzero(columns >= -1)
        pairs = self._features.pair_columns(columns[kept][:-1], columns[kept][1:])
        numbers = np.concatenate([kept, kept[:-1], kept[1:]])
        every = np.concatenate([columns[kept], pairs, pairs])
        known = every >= 0
        return _places(numbers[known], every[known], np.ones(int(known.sum()), dtype=np.float32), present)

    def _char_places(self, ids: IntArray, present: IntArray) -> _Places:
        begins, lengths = self._grams.indptr[ids], np.diff(self._grams.indptr)[ids]
        numbers = np.repeat(np.arange(len(ids)), lengths)
        within = np.arange(len(numbers)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        at = begins[numbers] + within if len(numbers) else numbers
        return _places(numbers, self._grams.indices[at], self._grams.data[at], present)


def _row(rows: sparse.csr_array, row: int) -> tuple[IntArray, FloatArray]:
    """Columns and values of one row."""
    part = slice(rows.indptr[row], rows.indptr[row + 1])
    return rows.indices[part], rows.data[part]


def _places(words: IntArray, columns: IntArray, counts: FloatArray, present: IntArray) -> _Places:
    """Number the columns as they stand in the passage's row, and share each among its places."""
    order = np.argsort(present)
    column = order[np.searchsorted(present, columns, sorter=order)] if len(columns) else columns
    total = np.bincount(column, weights=counts, minlength=len(present))
    return _Places(words, column, (counts / total[column]).astype(np.float32))


def _reasons(
    text: str, spans: list[tuple[int, int]], weights: NDArray[np.float64], stops: NDArray[np.bool_]
) -> tuple[Reason, ...]:
    """The strongest words that speak for the code, neighbours joined, in reading order."""
    enough = _WORTH_SHOWING * max(weights.max(initial=0.0), 1e-9)
    runs = _runs(text, spans, (weights >= enough) & ~stops, stops)
    strongest = sorted(runs, key=lambda run: -weights[run[0] : run[1]].sum())[:AT_MOST]
    return tuple(_reason(text, spans, weights, run) for run in sorted(strongest))


def _reason(
    text: str, spans: list[tuple[int, int]], weights: NDArray[np.float64], run: tuple[int, int]
) -> Reason:
    start, end = spans[run[0]][0], spans[run[1] - 1][1]
    return Reason(start, end, text[start:end], round(float(weights[run[0] : run[1]].sum()), 4))


def _runs(
    text: str, spans: list[tuple[int, int]], chosen: NDArray[np.bool_], stops: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Half-open runs of chosen words with nothing between them but space, or one small word."""
    runs: list[tuple[int, int]] = []
    for at in np.flatnonzero(chosen).tolist():
        if runs and _joins(text, spans, runs[-1][1] - 1, at, stops):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _joins(text: str, spans: list[tuple[int, int]], last: int, at: int, stops: NDArray[np.bool_]) -> bool:
    if at - last > 2 or not stops[last + 1 : at].all():
        return False
    return all(set(text[spans[i][1] : spans[i + 1][0]]) <= _GAP for i in range(last, at))
