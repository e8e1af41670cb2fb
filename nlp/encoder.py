"""Where vectors of meaning come in: anything that turns texts into rows of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from nlp.errors import DamagedArtefactError, NlpError
from nlp.words import FloatArray


class Encoder(Protocol):
    """Puts texts of like meaning near each other; the same text always gets the same row.

    `name` says exactly which encoder it is (weights too): a fitted model works with no other.
    """

    name: str

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One row for each text."""
        ...


class KeepingEncoder:
    """Another encoder's vectors, each text encoded once: for callers that come back with the same texts.

    `kept` are vectors that the encoder made before, with as many digits as the caller cared to keep.
    """

    def __init__(self, encoder: Encoder, kept: Mapping[str, NDArray[np.floating[Any]]] | None = None) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._kept: dict[str, NDArray[np.floating[Any]]] = dict(kept or {})

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One row for each text."""
        new = sorted(set(texts) - set(self._kept))
        if new or not texts:
            rows = self._encoder.encode(new)
            self._kept.update(zip(new, rows, strict=True))
        return np.stack([self._kept[text] for text in texts]).astype(np.float32) if texts else rows


def installed_encoder(folder: Path) -> tuple[Encoder | None, str]:
    """The encoder that the installation put into a folder, or None; and one line that says which or why not.

    Everything works without one, only less well: so nothing that is wrong with it is an error here.
    """
    try:
        from nlp.minilm import MiniLm  # its libraries need not be there

        encoder = MiniLm(folder)
    except ImportError as error:
        return None, f"No sentence encoder: {error.name} is not installed. Suggestions rest on words alone."
    except DamagedArtefactError as error:
        return None, f"No sentence encoder: {error} Suggestions rest on words alone."
    return encoder, f"Sentence encoder: {encoder.name}."


def encoded(encoder: Encoder | None, texts: Sequence[str]) -> FloatArray:
    """Rows of length one, or of no columns at all where there is no encoder."""
    if encoder is None:
        return np.zeros((len(texts), 0), dtype=np.float32)
    if not texts:  # asked about nothing, an encoder may not say how many columns there are
        return encoded(encoder, [""])[:0]
    rows = np.asarray(encoder.encode(texts), dtype=np.float32)
    if rows.ndim != 2 or len(rows) != len(texts):
        raise NlpError(f"The encoder {encoder.name!r} must give one row of numbers for each text.")
    return np.asarray(normalize(rows), dtype=np.float32)
