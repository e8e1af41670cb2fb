"""How close a passage is to what the codebook says, seen in several ways at once.

One similarity misleads: some codes are close to everything, some passages to nothing. So each
similarity is also compared with what the same code gets on other passages and with what other
codes get on the same passage. And a definition says things once, in the words of whoever wrote it:
a second similarity therefore borrows the words of the passages closest to each code (Rocchio 1971).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from scipy import sparse
from scipy.stats import rankdata
from sklearn.preprocessing import normalize

from nlp.codebook import defining_text
from nlp.features import TextFeatures, TextMatrix
from nlp.linear import LinearMap
from nlp.types import CodeSpec
from nlp.words import FloatArray

SIGNALS = ("definition", "likeness")
VIEWS = ("value", "of_code", "of_passage", "reciprocal_rank", "gap")
COLUMNS = (*(f"{signal}.{view}" for signal in SIGNALS for view in VIEWS), "log_codes")
#: With fewer passages held, neither what is usual for a code nor its closest passages can be relied on.
ENOUGH_HELD = 200
#: How many passages a code borrows words from, and how much they count beside its own text.
_CLOSEST = 30
_BORROWED = np.float32(0.5)
_TINY = np.float32(1e-6)


class Definitions:
    """Similarity of passages to the texts of the codes; `n_held_` passages taught what is usual."""

    def fit(self, codes: Sequence[CodeSpec], features: TextFeatures, held: TextMatrix) -> Self:
        """Learn from the passages held what is usual for each code and which are closest to it."""
        own = features.transform([defining_text(code) for code in codes])
        self.n_held_ = len(held)
        self.maps_ = [_map_of(own)]
        if self.enough_held_:
            self.maps_.append(_map_of(_with_closest(own, held, _similarity(self.maps_[0], held))))
        self._measure_usual(held, len(codes))
        return self

    def restore(
        self,
        maps: list[tuple[LinearMap, LinearMap]],
        usual: tuple[FloatArray, FloatArray, FloatArray],
        n_held: int,
    ) -> Self:
        """Take what an earlier fit learned instead of fitting."""
        self.maps_, self.n_held_ = maps, n_held
        self.mean_, self.spread_, self.usual_best_ = usual
        return self

    @property
    def enough_held_(self) -> bool:
        """Whether comparison over passages is used."""
        return self.n_held_ >= ENOUGH_HELD

    def similarities(self, texts: TextMatrix) -> FloatArray:
        """Mean of word and character cosine: (signal, passage, code); one signal when few are held."""
        return np.stack([_similarity(pair, texts) for pair in self.maps_])

    def columns(self, similarities: FloatArray) -> FloatArray:
        """What the fusion weighs, (passage, code, COLUMNS); what cannot be known is zero."""
        out = np.zeros((*similarities.shape[1:], len(COLUMNS)), dtype=np.float32)
        for signal, values in enumerate(similarities):
            for view, seen in enumerate(self._views(signal, values)):
                out[..., signal * len(VIEWS) + view] = seen
        out[..., -1] = np.log(similarities.shape[2])
        return out

    def slopes(self, weights: FloatArray, spreads: FloatArray) -> FloatArray:
        """How much the fused logit moves with each similarity, ranks apart: (signal, passage, code)."""
        by_view = weights[:-1].reshape(len(SIGNALS), len(VIEWS))[: len(self.maps_)]
        slopes = np.broadcast_to(by_view[:, 0, None, None], (*spreads.shape[:2], self.spread_.shape[1]))
        if self.enough_held_:
            slopes = slopes + (by_view[:, 1, None] / self.spread_)[:, None, :]
        return np.asarray(slopes + by_view[:, 2, None, None] / spreads, dtype=np.float32)

    def _measure_usual(self, held: TextMatrix, codes: int) -> None:
        if not len(held):
            self.mean_, self.spread_ = (np.full((1, codes), v, dtype=np.float32) for v in (0.0, 1.0))
            self.usual_best_ = np.zeros(1, dtype=np.float32)
            return
        similarities = self.similarities(held)
        self.mean_ = similarities.mean(axis=1)
        self.spread_ = similarities.std(axis=1) + _TINY
        self.usual_best_ = similarities.max(axis=2).mean(axis=1)

    def _views(self, signal: int, values: FloatArray) -> list[FloatArray]:
        usual = (
            (values - self.mean_[signal]) / self.spread_[signal]
            if self.enough_held_
            else np.zeros_like(values)
        )
        beside = (values - values.mean(axis=1, keepdims=True)) / row_spread(values)
        best = values.max(axis=1, keepdims=True)
        # A passage that shares nothing with any code would otherwise be level with the best of each.
        silent = best <= 0
        gap = values - np.where(silent, self.usual_best_[signal], best)
        return [values, usual, beside, np.where(silent, 0.0, reciprocal_ranks(values)), gap]


def row_spread(values: FloatArray) -> FloatArray:
    """How much the similarities of a passage differ between codes."""
    return np.asarray(values.std(axis=-1, keepdims=True) + _TINY, dtype=np.float32)


def reciprocal_ranks(values: FloatArray) -> FloatArray:
    """One over the rank of each code on its passage; equals share the better rank."""
    return np.asarray(1.0 / rankdata(-values, method="min", axis=1), dtype=np.float32)


def _map_of(texts: TextMatrix) -> tuple[LinearMap, LinearMap]:
    return LinearMap.of(texts.word), LinearMap.of(texts.char)


def _similarity(maps: tuple[LinearMap, LinearMap], texts: TextMatrix) -> FloatArray:
    return np.asarray((maps[0].apply(texts.word) + maps[1].apply(texts.char)) / 2, dtype=np.float32)


def _with_closest(own: TextMatrix, held: TextMatrix, similarity: FloatArray) -> TextMatrix:
    """Each code's own text plus the mean of the passages that stand out most for it."""
    beside = (similarity - similarity.mean(axis=1, keepdims=True)) / row_spread(similarity)
    closest = np.argsort(-beside, axis=0, kind="stable")[:_CLOSEST]
    weights = np.maximum(np.take_along_axis(beside, closest, axis=0), 0.0)
    weights *= _BORROWED / (weights.sum(axis=0) + _TINY)
    codes = np.broadcast_to(np.arange(similarity.shape[1]), closest.shape)
    mix = sparse.coo_array(
        (weights.ravel(), (codes.ravel(), closest.ravel())), shape=similarity.shape[::-1]
    ).tocsr()
    word, char = normalize(own.word + mix @ held.word), normalize(own.char + mix @ held.char)
    return TextMatrix(sparse.csr_array(word), sparse.csr_array(char), own.dense)
