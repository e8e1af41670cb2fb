"""Weighing the similarities: a small logistic regression learned once, on other coded corpora."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from nlp.similarity import COLUMNS
from nlp.words import FloatArray


@dataclass(frozen=True, slots=True)
class Fusion:
    """Fixed weights for the columns of the evidence."""

    weights: FloatArray
    intercept: np.float32

    def logits(self, columns: FloatArray) -> FloatArray:
        """Logit that a code applies, from what the codebook says alone."""
        return np.asarray(columns @ self.weights + self.intercept, dtype=np.float32)


@cache
def shipped_fusion(*, enough_held: bool, encoder: bool) -> Fusion:
    """The weights that come with the library: for many passages held or few, with an encoder or without.

    nlp/learn_fusion.py made them; nlp/fusion_weights.json says from what.
    """
    table = json.loads(files("nlp").joinpath("fusion_weights.json").read_text("utf-8"))
    chosen = table["encoder" if encoder else "words"]["many" if enough_held else "few"]
    weights = np.array([chosen["weights"].get(column, 0.0) for column in COLUMNS], dtype=np.float32)
    return Fusion(weights, np.float32(chosen["intercept"]))
