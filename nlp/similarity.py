"""How close a passage is to what the codebook says, seen in several ways at once.

One similarity misleads: some codes are close to everything, some passages to nothing. So each
similarity is also compared with what the same code gets on other passages and with what other
codes get on the same passage. And a definition says things once, in the words of whoever wrote it:
a second similarity therefore borrows from the passages closest to each code (Rocchio 1971). Where
there is an encoder, both are taken in meaning as well as in words, and a fifth one says what the
passages held echo: a ridge regression learns, over all of them, which code each would be given by
the other four (self-training), so that what is like many passages of a code in meaning is near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse
from scipy.special import softmax
from scipy.stats import rankdata
from sklearn.preprocessing import normalize

from nlp.codebook import defining_phrases, defining_text
from nlp.encoder import encoded
from nlp.features import TextFeatures, TextMatrix
from nlp.linear import LinearMap
from nlp.types import CodeSpec
from nlp.words import FloatArray

SPELLED, MEANT = ("definition", "likeness"), ("meaning", "kinship", "echo")
SIGNALS = (*SPELLED, *MEANT)
VIEWS = ("value", "of_code", "of_passage", "reciprocal_rank", "gap")
COLUMNS = (*(f"{signal}.{view}" for signal in SIGNALS for view in VIEWS), "log_codes")
#: With fewer passages held, neither what is usual for a code nor its closest passages can be relied on.
ENOUGH_HELD = 200
#: How many passages a code borrows from, and how much they count beside its own text.
_CLOSEST = 30
_BORROWED = np.float32(0.5)
#: Penalty of the echo, and how sharply the passages are given to codes for it.
_ECHO_PENALTY = np.float32(3.0)
_SHARPNESS = 1.5
_TINY = np.float32(1e-6)


@dataclass(frozen=True, slots=True)
class Spelled:
    """Weights of n-grams: a similarity is the mean of the cosines of words and of characters."""

    word: LinearMap
    char: LinearMap

    def similarity(self, texts: TextMatrix) -> FloatArray:
        """Of each text with each code."""
        return np.asarray((self.word.apply(texts.word) + self.char.apply(texts.char)) / 2, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Meant:
    """A vector for each code in the space of the encoder, (numbers, codes)."""

    vectors: FloatArray

    def similarity(self, texts: TextMatrix) -> FloatArray:
        """Cosine of each text with each code."""
        return np.asarray(texts.dense @ self.vectors, dtype=np.float32)


class Definitions:
    """Similarity of passages to the texts of the codes; `n_held_` passages taught what is usual.

    `signals_` holds, in the order of SIGNALS, those that can be had: borrowing needs passages,
    meaning needs an encoder.
    """

    def fit(self, codes: Sequence[CodeSpec], features: TextFeatures, held: TextMatrix) -> Self:
        """Learn from the passages held what is usual for each code and which are closest to it."""
        own = features.transform([defining_text(code) for code in codes])
        self.n_held_ = len(held)
        found: dict[str, Spelled | Meant] = {"definition": _spelled(own)}
        meanings = _meanings(codes, features, own)
        if meanings.shape[1]:
            found["meaning"] = Meant(meanings.T)
        if self.enough_held_:
            closest = _closest([signal.similarity(held) for signal in found.values()])
            found["likeness"] = _spelled(_with_closest(own, held, closest))
        if self.enough_held_ and meanings.shape[1]:
            found["kinship"] = Meant(normalize(meanings + closest @ held.dense).T)
            found["echo"] = Meant(_echo(held, [signal.similarity(held) for signal in found.values()]))
        self.signals_ = {name: found[name] for name in SIGNALS if name in found}
        self._measure_usual(held, len(codes))
        return self

    def restore(
        self,
        signals: dict[str, Spelled | Meant],
        usual: tuple[FloatArray, FloatArray, FloatArray],
        n_held: int,
    ) -> Self:
        """Take what an earlier fit learned instead of fitting."""
        self.signals_, self.n_held_ = signals, n_held
        self.mean_, self.spread_, self.usual_best_ = usual
        return self

    @property
    def spelled_(self) -> list[Spelled]:
        """The similarities that are sums over n-grams; they come first."""
        return [signal for signal in self.signals_.values() if isinstance(signal, Spelled)]

    @property
    def enough_held_(self) -> bool:
        """Whether comparison over passages is used."""
        return self.n_held_ >= ENOUGH_HELD

    def similarities(self, texts: TextMatrix) -> FloatArray:
        """(signal, passage, code), for the signals that can be had."""
        return np.stack([signal.similarity(texts) for signal in self.signals_.values()])

    def columns(self, similarities: FloatArray) -> FloatArray:
        """What the fusion weighs, (passage, code, COLUMNS); what cannot be known is zero."""
        out = np.zeros((*similarities.shape[1:], len(COLUMNS)), dtype=np.float32)
        for number, (signal, values) in enumerate(zip(self.signals_, similarities, strict=True)):
            first = SIGNALS.index(signal) * len(VIEWS)
            for view, seen in enumerate(self._views(number, values)):
                out[..., first + view] = seen
        out[..., -1] = np.log(similarities.shape[2])
        return out

    def slopes(self, weights: FloatArray, spreads: FloatArray) -> FloatArray:
        """How the fused logit moves with each spelled similarity, ranks apart, (signal, passage, code)."""
        spelled = len(self.spelled_)
        by_view = weights[:-1].reshape(len(SIGNALS), len(VIEWS))[:spelled]
        spreads = spreads[:spelled]
        slopes = np.broadcast_to(by_view[:, 0, None, None], (*spreads.shape[:2], self.spread_.shape[1]))
        if self.enough_held_:
            slopes = slopes + (by_view[:, 1, None] / self.spread_[:spelled])[:, None, :]
        return np.asarray(slopes + by_view[:, 2, None, None] / spreads, dtype=np.float32)

    def _measure_usual(self, held: TextMatrix, codes: int) -> None:
        if not len(held):
            shape = len(self.signals_), codes
            self.mean_, self.spread_ = np.zeros(shape, dtype=np.float32), np.ones(shape, dtype=np.float32)
            self.usual_best_ = np.zeros(len(self.signals_), dtype=np.float32)
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


def _spelled(texts: TextMatrix) -> Spelled:
    return Spelled(LinearMap.of(texts.word), LinearMap.of(texts.char))


def _beside(similarity: FloatArray) -> FloatArray:
    """How far each code stands out among the codes of a passage."""
    middle = similarity.mean(axis=1, keepdims=True)
    return np.asarray((similarity - middle) / row_spread(similarity), dtype=np.float32)


def _closest(similarities: Sequence[FloatArray]) -> sparse.csr_array:
    """Weights of the passages that stand out most for each code, (code, passage)."""
    beside = np.mean([_beside(similarity) for similarity in similarities], axis=0)
    closest = np.argsort(-beside, axis=0, kind="stable")[:_CLOSEST]
    weights = np.maximum(np.take_along_axis(beside, closest, axis=0), 0.0)
    weights *= _BORROWED / (weights.sum(axis=0) + _TINY)
    codes = np.broadcast_to(np.arange(beside.shape[1]), closest.shape)
    return sparse.coo_array(
        (weights.ravel(), (codes.ravel(), closest.ravel())), shape=beside.shape[::-1]
    ).tocsr()


def _meanings(codes: Sequence[CodeSpec], features: TextFeatures, own: TextMatrix) -> FloatArray:
    """A vector for each code: of its text as a whole, and of the phrases of that text each by itself."""
    if not own.dense.shape[1]:
        return own.dense
    phrases = [defining_phrases(code) for code in codes]
    ends = np.cumsum([len(of_code) for of_code in phrases])
    rows = encoded(features.encoder, [phrase for of_code in phrases for phrase in of_code])
    middles = np.stack([part.mean(axis=0) for part in np.split(rows, ends[:-1])])
    return np.asarray(normalize(normalize(middles) + own.dense), dtype=np.float32)


def _echo(held: TextMatrix, similarities: Sequence[FloatArray]) -> FloatArray:
    """Linear ridge regression of the share that each code has in a passage, (numbers, codes)."""
    shares = softmax(_SHARPNESS * np.mean([_beside(values) for values in similarities], axis=0), axis=1)
    x = held.dense
    squares = x.T @ x + _ECHO_PENALTY * np.eye(x.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(squares, x.T @ (shares - shares.mean(axis=0))), dtype=np.float32)


def _with_closest(own: TextMatrix, held: TextMatrix, closest: sparse.csr_array) -> TextMatrix:
    """Each code's own text plus the mean of the passages that stand out most for it."""
    word, char = normalize(own.word + closest @ held.word), normalize(own.char + closest @ held.char)
    return TextMatrix(sparse.csr_array(word), sparse.csr_array(char), own.dense)
