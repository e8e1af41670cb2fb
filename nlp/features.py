"""Texts as numbers: word and character n-grams weighted by how rare they are among the passages held.

The character n-grams are those of the words, so each different word is taken apart once and a
text is a sum over its words. That is what makes this several times faster than reading every text
character by character, and it lets the weight of an n-gram be traced back to the words that carry it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from nlp.encoder import Encoder, encoded
from nlp.stopwords import STOP_WORDS
from nlp.words import FloatArray, IntArray, Tokens, char_grams, plain, read_words

_UNKNOWN = -1
_STOP = -2
_ROWS_AT_ONCE = 2_000
_FORMS_KEPT = 30_000


@dataclass(frozen=True, slots=True)
class TextMatrix:
    """Rows of unit length, one for each text: word n-grams, character n-grams, the encoder's vector."""

    word: sparse.csr_array
    char: sparse.csr_array
    dense: FloatArray

    def __len__(self) -> int:
        return int(self.word.shape[0])


class TextFeatures:
    """TF-IDF of words and pairs of words, and of the character n-grams of words.

    `fit` learns which n-grams there are and how rare they are; texts seen later are measured with
    the same n-grams.
    """

    def __init__(self, encoder: Encoder | None = None, *, at_most: int = 60_000) -> None:
        self.encoder = encoder
        self.at_most = at_most  # words, pairs of words and character n-grams, of each

    def fit(self, texts: Sequence[str]) -> Self:
        """Learn the n-grams of these texts; their order does not matter."""
        tokens = read_words(texts)
        forms = [plain(word) for word in tokens.words]
        self._fit_words(tokens, forms)
        self._fit_pairs(tokens, forms)
        self._fit_grams(tokens, forms)
        return self

    def restore(
        self, words: Sequence[str], pairs: IntArray, grams: Sequence[str], idf: tuple[FloatArray, FloatArray]
    ) -> Self:
        """Take what an earlier fit learned instead of fitting."""
        self.words_, self.pairs_, self.grams_ = list(words), pairs, list(grams)
        self.word_idf_, self.gram_idf_ = idf
        self._index()
        return self

    def transform(self, texts: Sequence[str]) -> TextMatrix:
        """Measure texts with the n-grams learned."""
        tokens = read_words(texts)
        forms = [plain(word) for word in tokens.words]
        word = _weighed(self.word_counts(tokens, forms), self.word_idf_)
        char = _weighed(self.char_counts(tokens, forms), self.gram_idf_)
        return TextMatrix(word, char, encoded(self.encoder, texts))

    def word_ids(self, forms: Sequence[str]) -> IntArray:
        """Column of each form; -1 where it was never seen, -2 where it is a stop word."""
        ids = [_STOP if _is_stop(form) else self._word_column.get(form, _UNKNOWN) for form in forms]
        return np.array(ids, dtype=np.int64)

    def pair_columns(self, first: IntArray, second: IntArray) -> IntArray:
        """Column of each pair of word columns; -1 where it was never seen."""
        keys = np.where((first >= 0) & (second >= 0), first * len(self.words_) + second, _UNKNOWN)
        return np.where(keys >= 0, _positions(self.pairs_, keys, offset=len(self.words_)), _UNKNOWN)

    def word_counts(self, tokens: Tokens, forms: Sequence[str]) -> sparse.csr_array:
        """How often each word and pair of words stands in each text."""
        ids, rows = _without_stops(self.word_ids(forms), tokens)
        same_text = rows[1:] == rows[:-1]
        pairs = np.where(same_text, self.pair_columns(ids[:-1], ids[1:]), _UNKNOWN)
        columns = np.concatenate([ids, pairs])
        at = np.concatenate([rows, rows[:-1]])
        known = columns >= 0
        return _counts(at[known], columns[known], (len(tokens), len(self.words_) + len(self.pairs_)))

    def char_counts(self, tokens: Tokens, forms: Sequence[str]) -> sparse.csr_array:
        """How often each character n-gram stands in each text."""
        words = _counts(tokens.rows, tokens.ids, (len(tokens), len(forms)))
        return words @ self.form_grams(forms)

    def form_grams(self, forms: Sequence[str]) -> sparse.csr_array:
        """How often each character n-gram stands in each form."""
        columns = [self._columns_of(form) for form in forms]
        rows = np.repeat(np.arange(len(forms)), [len(found) for found in columns])
        flat = np.array([column for found in columns for column in found], dtype=np.int64)
        return _counts(rows[flat >= 0], flat[flat >= 0], (len(forms), len(self.grams_)))

    def _columns_of(self, form: str) -> list[int]:
        """Columns of a form's n-grams; words come back all the time, so they are kept."""
        found = self._kept.get(form)
        if found is None:
            found = [self._gram_column.get(gram, _UNKNOWN) for gram in char_grams(form)]
            if len(self._kept) < _FORMS_KEPT:
                self._kept[form] = found
        return found

    def _fit_words(self, tokens: Tokens, forms: list[str]) -> None:
        kept = sorted({form for form in forms if not _is_stop(form)})
        column = {form: i for i, form in enumerate(kept)}
        ids = np.array([column.get(form, _STOP) for form in forms], dtype=np.int64)
        ids, rows = _without_stops(ids, tokens)
        spread = _spread(_counts(rows, ids, (len(tokens), len(kept))))
        chosen = _commonest(spread, self.at_most)
        self.words_ = [kept[i] for i in chosen]
        self.word_idf_ = _idf(spread[chosen], len(tokens))

    def _fit_pairs(self, tokens: Tokens, forms: list[str]) -> None:
        """A pair that only one text has tells nothing, and there are very many of those."""
        self.pairs_, self.grams_ = np.empty(0, dtype=np.int64), list[str]()
        self._index()
        ids, rows = _without_stops(self.word_ids(forms), tokens)
        adjacent = (rows[1:] == rows[:-1]) & (ids[1:] >= 0) & (ids[:-1] >= 0)
        keys = (ids[:-1] * len(self.words_) + ids[1:])[adjacent]
        pairs, inverse = np.unique(keys, return_inverse=True)
        spread = _spread(_counts(rows[:-1][adjacent], inverse, (len(tokens), len(pairs))))
        chosen = _commonest(np.where(spread > 1, spread, 0), min(self.at_most, int((spread > 1).sum())))
        self.pairs_ = pairs[chosen]
        self.word_idf_ = np.concatenate([self.word_idf_, _idf(spread[chosen], len(tokens))])

    def _fit_grams(self, tokens: Tokens, forms: list[str]) -> None:
        self.grams_ = sorted({gram for form in set(forms) for gram in char_grams(form)})
        self._index()
        per_form = self.form_grams(forms)
        words = _counts(tokens.rows, tokens.ids, (len(tokens), len(forms)))
        spread = np.zeros(len(self.grams_), dtype=np.int64)
        for start in range(0, len(tokens), _ROWS_AT_ONCE):
            spread += _spread(words[start : start + _ROWS_AT_ONCE] @ per_form)
        chosen = _commonest(spread, self.at_most)
        self.grams_ = [self.grams_[i] for i in chosen]
        self.gram_idf_ = _idf(spread[chosen], len(tokens))
        self._index()

    def _index(self) -> None:
        self._word_column = {word: i for i, word in enumerate(self.words_)}
        self._gram_column = {gram: i for i, gram in enumerate(self.grams_)}
        self._kept: dict[str, list[int]] = {}


def _is_stop(form: str) -> bool:
    return len(form) < 2 or form in STOP_WORDS


def _without_stops(ids_of_words: IntArray, tokens: Tokens) -> tuple[IntArray, IntArray]:
    ids = ids_of_words[tokens.ids]
    kept = ids != _STOP
    return ids[kept], tokens.rows[kept]


def _counts(rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> sparse.csr_array:
    """Sparse counts; repeated positions add up."""
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.coo_array((ones, (rows, columns)), shape=shape).tocsr()


def _spread(counts: sparse.csr_array) -> IntArray:
    """In how many rows each column occurs."""
    return np.asarray(np.bincount(counts.indices, minlength=counts.shape[1]), dtype=np.int64)


def _commonest(spread: IntArray, limit: int) -> IntArray:
    """Columns to keep, in their own order; the first of equals, so that the choice is repeatable."""
    if len(spread) <= limit:
        return np.arange(len(spread))
    return np.sort(np.argsort(-spread, kind="stable")[:limit])


def _idf(spread: IntArray, texts: int) -> FloatArray:
    return np.asarray(1.0 + np.log((1.0 + texts) / (1.0 + spread)), dtype=np.float32)


def _positions(ordered: IntArray, keys: IntArray, *, offset: int) -> IntArray:
    if not len(ordered):
        return np.full(len(keys), _UNKNOWN)
    at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return np.where(ordered[at] == keys, at + offset, _UNKNOWN)


def _weighed(counts: sparse.csr_array, idf: FloatArray) -> sparse.csr_array:
    """Sublinear frequency times rarity, each row of length one."""
    counts.data = (1.0 + np.log(counts.data)) * idf[counts.indices]
    squares = np.concatenate([[0.0], np.cumsum(counts.data.astype(np.float64) ** 2)])[counts.indptr]
    lengths = np.sqrt(np.maximum(np.diff(squares), 1e-12))
    counts.data /= np.repeat(lengths, np.diff(counts.indptr)).astype(np.float32)
    return counts
