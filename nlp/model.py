"""The fitted state of a proposer and how it scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nlp.correction import Correction
from nlp.errors import NlpError
from nlp.features import TextFeatures, TextMatrix
from nlp.fusion import Fusion
from nlp.reasons import Term
from nlp.ridge import Ridge
from nlp.similarity import Definitions, row_spread
from nlp.stack import Stack
from nlp.words import FloatArray


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a batch; `heard` is false for a passage without one n-gram that the model knows."""

    probabilities: FloatArray
    similarities: FloatArray
    heard: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Model:
    """Definitions, and what was learned from decisions once there are any."""

    features: TextFeatures
    definitions: Definitions
    fusion: Fusion
    described: TextMatrix
    ridge: Ridge | None = None
    stack: Stack | None = None
    correction: Correction | None = None
    counts: NDArray[np.int64] | None = None

    @property
    def decisions(self) -> NDArray[np.int64]:
        """How many decisions were learned from, for each code."""
        return np.zeros(len(self.described), dtype=np.int64) if self.counts is None else self.counts

    def without_decisions(self) -> Self:
        """The same model before it learned."""
        return replace(self, ridge=None, stack=None, correction=None, counts=None)

    def with_decisions(
        self, ridge: Ridge, stack: Stack, correction: Correction, counts: NDArray[np.int64]
    ) -> Self:
        """The same model after it learned."""
        return replace(self, ridge=ridge, stack=stack, correction=correction, counts=counts)

    def measure(self, texts: Sequence[str]) -> TextMatrix:
        """Texts as numbers."""
        return self.features.transform(texts)

    def defined(self, texts: TextMatrix) -> FloatArray:
        """Logits from the codebook alone."""
        return self.fusion.logits(self.definitions.columns(self.definitions.similarities(texts)))

    def scores(self, texts: TextMatrix) -> Scores:
        """Probabilities, and what reasons need to know of how they came about."""
        similarities = self.definitions.similarities(texts)
        logits = self.fusion.logits(self.definitions.columns(similarities))
        if self.ridge is not None and self.stack is not None:
            logits = self.stack.logits(logits, self.ridge.scores(texts))
        if self.correction is not None:
            logits = self.correction.logits(logits)
        heard = (np.diff(texts.word.indptr) > 0) | (np.diff(texts.char.indptr) > 0)
        return Scores(expit(logits), similarities, heard)

    def joined(self, defined: FloatArray, learned: FloatArray, code: int) -> FloatArray:
        """Logits of one code from those of the definitions, (texts, codes), and its learned scores."""
        if self.stack is None or self.correction is None:
            raise NlpError("This model has learned from no decision.")
        trust_defined, trust_learned, level = self.stack.coefficients
        followed = trust_defined * defined[:, code] + trust_learned * learned
        return self.correction.logits(followed + level + self.stack.levels[code])

    def terms(self, scores: Scores) -> list[Term]:
        """The sums over n-grams that the logits hold, with their factors."""
        trust_defined, trust_learned = (1.0, 0.0) if self.stack is None else self.stack.coefficients[:2]
        slopes = self.definitions.slopes(self.fusion.weights, row_spread(scores.similarities))
        factors = np.float32(trust_defined / 2) * slopes
        spelled = zip(self.definitions.spelled_, factors, strict=True)
        terms = [Term(signal.word, signal.char, factor) for signal, factor in spelled]
        if self.ridge is not None:
            learned = np.full(scores.probabilities.shape, trust_learned, dtype=np.float32)
            terms.append(Term(self.ridge.word, self.ridge.char, learned))
        return terms
