"""Weighing the similarities: a small logistic regression learned once, on other coded corpora."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Self

import numpy as np

from nlp.words import FloatArray


@dataclass(frozen=True, slots=True)
class Fusion:
    """Fixed weights for the columns of the evidence; one set for many passages held, one for few."""

    many: FloatArray
    few: FloatArray
    intercepts: tuple[float, float]

    @classmethod
    def shipped(cls) -> Self:
        """The weights that come with the library; learn_fusion.py made them."""
        table = json.loads(files("nlp").joinpath("fusion_weights.json").read_text("utf-8"))
        many, few = (np.array([*table[k]["weights"].values()], dtype=np.float32) for k in ("many", "few"))
        return cls(many, few, (table["many"]["intercept"], table["few"]["intercept"]))

    def logits(self, columns: FloatArray, *, enough_held: bool) -> FloatArray:
        """Logit that a code applies, from what the codebook says alone."""
        weights, intercept = (self.many, self.intercepts[0]) if enough_held else (self.few, self.intercepts[1])
        return np.asarray(columns @ weights + np.float32(intercept), dtype=np.float32)
