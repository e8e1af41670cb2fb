"""Where vectors of meaning come in: anything that turns texts into rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from sklearn.preprocessing import normalize

from nlp.errors import NlpError
from nlp.words import FloatArray


class Encoder(Protocol):
    """Puts texts of like meaning near each other; the same text always gets the same row.

    `name` says exactly which encoder it is (weights too): a fitted model works with no other.
    """

    name: str

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One row for each text."""
        ...


def encoded(encoder: Encoder | None, texts: Sequence[str]) -> FloatArray:
    """Rows of length one, or of no columns at all where there is no encoder."""
    if encoder is None:
        return np.zeros((len(texts), 0), dtype=np.float32)
    rows = np.asarray(encoder.encode(texts), dtype=np.float32)
    if rows.ndim != 2 or len(rows) != len(texts):
        raise NlpError(f"The encoder {encoder.name!r} must give one row of numbers for each text.")
    return np.asarray(normalize(rows), dtype=np.float32) if len(rows) else rows
