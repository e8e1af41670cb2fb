"""How close a passage is to what the codebook says, seen in several ways at once.

One similarity misleads: some codes are close to everything, some passages to nothing. So each
similarity is also compared with what the same code gets on other passages (only where enough are
held to know) and with what other codes get on the same passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from nlp.codebook import defining_text, naming_text
from nlp.features import TextFeatures, TextMatrix
from nlp.linear import LinearMap
from nlp.types import CodeSpec
from nlp.words import FloatArray

SIGNALS = ("definition", "name")
VIEWS = ("value", "of_code", "of_passage", "reciprocal_rank", "gap")
#: With fewer passages held the mean of a code over passages says little.
ENOUGH_HELD = 200
_TINY = np.float32(1e-6)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Similarities (signal, passage, code) and the columns that the fusion weighs (passage, code, column)."""

    similarities: FloatArray
    columns: FloatArray


class Definitions:
    """Similarity of passages to the texts of the codes."""

    def fit(self, codes: Sequence[CodeSpec], features: TextFeatures, held: TextMatrix) -> Self:
        """Learn what similarity each code usually gets on the passages held."""
        texts = [features.transform([text(code) for code in codes]) for text in (defining_text, naming_text)]
        self.word_maps_ = [LinearMap.of(matrix.word) for matrix in texts]
        self.char_maps_ = [LinearMap.of(matrix.char) for matrix in texts]
        self.n_held_ = len(held)
        similarities = self.similarities(held) if len(held) else np.zeros((len(SIGNALS), 1, len(codes)), dtype=np.float32)
        self.mean_ = similarities.mean(axis=1)
        self.spread_ = similarities.std(axis=1) + _TINY
        return self

    def similarities(self, texts: TextMatrix) -> FloatArray:
        """Mean of word and character cosine: (signal, passage, code)."""
        pairs = zip(self.word_maps_, self.char_maps_, strict=True)
        return np.stack([(word.apply(texts.word) + char.apply(texts.char)) / 2 for word, char in pairs])

    def evidence(self, texts: TextMatrix) -> Evidence:
        """Similarities and all views of them."""
        similarities = self.similarities(texts)
        views = [view for s, values in enumerate(similarities) for view in self._views(s, values)]
        size = np.full_like(similarities[0], np.log(similarities.shape[2]))
        return Evidence(similarities, np.stack([*views, size], axis=-1))

    def _views(self, signal: int, values: FloatArray) -> list[FloatArray]:
        usual = (values - self.mean_[signal]) / self.spread_[signal]
        if self.n_held_ < ENOUGH_HELD:
            usual = np.zeros_like(values)
        spread = values.std(axis=1, keepdims=True) + _TINY
        beside = (values - values.mean(axis=1, keepdims=True)) / spread
        gap = values - values.max(axis=1, keepdims=True)
        return [values, usual, beside, reciprocal_ranks(values), gap]


def reciprocal_ranks(values: FloatArray) -> FloatArray:
    """One over the rank of each code on its passage; equals share the better rank."""
    ordered = -np.sort(-values, axis=1)
    better = np.stack([np.searchsorted(-row, -given) for row, given in zip(ordered, values, strict=True)])
    return (1.0 / (1.0 + better)).astype(np.float32)
