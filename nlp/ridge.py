"""Ridge regression over all codes at once, in kernel form, with exact leave-one-out scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from nlp.features import TextMatrix
from nlp.linear import LinearMap
from nlp.words import FloatArray

PENALTIES = (0.1, 0.3, 1.0)
#: Share of character n-grams in the kernel; the words have the rest.
CHAR_SHARE = np.float32(1 / 3)
_LEVEL = np.float32(0.1)


@dataclass(frozen=True, slots=True)
class Ridge:
    """Fitted weights, and the score that each decided passage gets when it is left out."""

    word: LinearMap
    char: LinearMap
    level: FloatArray
    left_out: FloatArray
    penalty: float

    def scores(self, texts: TextMatrix) -> FloatArray:
        """Learned score of each code on each passage, about 0 for no and 1 for yes."""
        return self.word.apply(texts.word) + self.char.apply(texts.char) + self.level


def fit_ridge(texts: TextMatrix, targets: FloatArray) -> Ridge:
    """Fit with the penalty whose leave-one-out error is least."""
    usual = targets.mean(axis=0)
    kernel = _kernel(texts)
    fits = [_solve(kernel, targets - usual, penalty) for penalty in PENALTIES]
    best = int(np.argmin([np.square(left_out - (targets - usual)).mean() for _, left_out in fits]))
    weights, left_out = fits[best]
    return Ridge(
        word=LinearMap.of(texts.word, (1 - CHAR_SHARE) * weights),
        char=LinearMap.of(texts.char, CHAR_SHARE * weights),
        level=(usual + _LEVEL * weights.sum(axis=0)).astype(np.float32),
        left_out=left_out + usual,
        penalty=PENALTIES[best],
    )


def _kernel(texts: TextMatrix) -> FloatArray:
    word = (texts.word @ texts.word.T).toarray()
    char = (texts.char @ texts.char.T).toarray()
    return np.asarray((1 - CHAR_SHARE) * word + CHAR_SHARE * char + _LEVEL, dtype=np.float32)


def _solve(kernel: FloatArray, targets: FloatArray, penalty: float) -> tuple[FloatArray, FloatArray]:
    """Dual weights and leave-one-out scores: y_i - a_i / (K + penalty I)^-1_ii (Rasmussen and Williams 2006, 5.12)."""
    ridged = kernel + np.float32(penalty) * np.eye(len(kernel), dtype=np.float32)
    factor = linalg.cho_factor(ridged, overwrite_a=True, check_finite=False)
    inverse = linalg.cho_solve(factor, np.eye(len(kernel), dtype=np.float32), check_finite=False)
    weights = inverse @ targets
    return weights, targets - weights / np.diag(inverse)[:, None]
