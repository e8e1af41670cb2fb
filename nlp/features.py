"""Texts as numbers: word and character n-grams weighted by how rare they are among the passages held.

scikit-learn counts and weighs. What is ours is the order in which it is asked: the character n-grams
are those of the words, so each different word is taken apart once, and a text is a sum over its
words (texts by words, times words by n-grams). That is several times faster than reading every text
character by character, and it lets the weight of an n-gram be traced back to the words that carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from nlp.encoder import Encoder, encoded
from nlp.words import FloatArray, IntArray, read_words, telling

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class TextMatrix:
    """Rows of unit length, one for each text: word n-grams, character n-grams, the encoder's vector."""

    word: sparse.csr_array
    char: sparse.csr_array
    dense: FloatArray

    def __len__(self) -> int:
        return int(self.word.shape[0])


@dataclass(frozen=True, slots=True)
class Reading:
    """Texts taken apart: the words of each, numbered, and the character n-grams of each different word."""

    texts: Sequence[str]
    words: list[list[str]]
    numbers: dict[str, int]
    counts: sparse.csr_array
    grams: sparse.csr_array


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
        words = [read_words(text) for text in texts]
        singles, single_counts = _counted(_word_counter(max_features=self.at_most), words)
        # A pair that only one text has tells nothing, and there are very many of those.
        counter = _word_counter(ngram_range=(2, 2), min_df=2, max_features=self.at_most)
        pairs, pair_counts = _counted(counter, words)
        word_idf = np.concatenate([_idf(single_counts), _idf(pair_counts)])
        forms, counts = _counted(_form_counter(), words)
        grams, form_grams = _counted(_gram_counter(), forms)
        gram_idf = _idf(counts @ form_grams)
        kept = _commonest(gram_idf, self.at_most)
        return self.restore(singles + pairs, [grams[i] for i in kept], (word_idf, gram_idf[kept]))

    def restore(self, words: Sequence[str], grams: Sequence[str], idf: tuple[FloatArray, FloatArray]) -> Self:
        """Take what an earlier fit learned instead of fitting."""
        self.words_, self.grams_ = list(words), list(grams)
        self.word_idf_, self.gram_idf_ = idf
        self._words = _word_counter(ngram_range=(1, 2), vocabulary=self.words_).fit([])
        self._grams = _gram_counter(vocabulary=self.grams_).fit([])
        return self

    def read(self, texts: Sequence[str]) -> Reading:
        """Take texts apart."""
        words = [read_words(text) for text in texts]
        forms, counts = _counted(_form_counter(), words)
        numbers = {form: number for number, form in enumerate(forms)}
        return Reading(texts, words, numbers, counts, _as_array(self._grams.transform(forms)))

    def measure(self, reading: Reading) -> TextMatrix:
        """Measure texts with the n-grams learned."""
        word = _weighed(self._words.transform(reading.words), self.word_idf_)
        char = _weighed(reading.counts @ reading.grams, self.gram_idf_)
        return TextMatrix(word, char, encoded(self.encoder, reading.texts))

    def transform(self, texts: Sequence[str]) -> TextMatrix:
        """Take texts apart and measure them."""
        return self.measure(self.read(texts))

    def word_columns(self, ngrams: Iterable[str]) -> IntArray:
        """Column of each word, or pair with a space between; -1 where it was never seen."""
        column = self._words.vocabulary_
        return np.array([column.get(ngram, _UNKNOWN) for ngram in ngrams], dtype=np.int64)


def _word_counter(**more: Any) -> CountVectorizer:
    """Counts telling words, or pairs of them with what tells nothing left out between."""
    return CountVectorizer(tokenizer=telling, token_pattern=None, lowercase=False, dtype=np.float32, **more)


def _form_counter() -> CountVectorizer:
    """Counts all words."""
    return CountVectorizer(analyzer=list, dtype=np.float32)


def _gram_counter(**more: Any) -> CountVectorizer:
    """Counts runs of 3 to 5 characters of a word with its edges marked."""
    return CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=False, dtype=np.float32, **more)


def _counted(counter: CountVectorizer, documents: Sequence[Any]) -> tuple[list[str], sparse.csr_array]:
    """The n-grams in order of the alphabet and their counts; where there are none, one nobody can write."""
    try:
        counts = counter.fit_transform(documents)
    except ValueError:  # a vocabulary may not be empty
        return [" " * counter.ngram_range[0]], sparse.csr_array((len(documents), 1), dtype=np.float32)
    return counter.get_feature_names_out().tolist(), _as_array(counts)


def _idf(counts: sparse.csr_array) -> FloatArray:
    return np.asarray(TfidfTransformer().fit(counts).idf_)


def _commonest(idf: FloatArray, limit: int) -> IntArray:
    """Columns to keep, in their own order; the first of equals, so that the choice is repeatable."""
    return np.sort(np.argsort(idf, kind="stable")[:limit])


def _weighed(counts: sparse.csr_array, idf: FloatArray) -> sparse.csr_array:
    """Sublinear frequency times rarity, each row of length one."""
    if not counts.shape[0]:
        return _as_array(counts)  # the library measures no less than one text
    weigher = TfidfTransformer(sublinear_tf=True)
    weigher.idf_ = idf
    return _as_array(weigher.transform(counts, copy=False))


def _as_array(rows: Any) -> sparse.csr_array:
    """scikit-learn still answers with matrices, for which * means something else."""
    return sparse.csr_array(rows)
