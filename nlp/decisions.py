"""Human decisions laid out as a table of passages by codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.errors import NlpError
from nlp.types import Decided
from nlp.words import FloatArray


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Distinct decided texts; for each code the share of decisions that said yes, and how many there were.

    Decisions that contradict each other meet in the middle: two against two is a half.
    """

    texts: list[str]
    share: FloatArray
    count: FloatArray

    @classmethod
    def of(cls, decided: Sequence[Decided], codes: Sequence[str]) -> DecisionTable:
        """Lay out decisions; raises NlpError where one names a code outside the codebook."""
        column = {code: i for i, code in enumerate(codes)}
        unknown = sorted({d.code for d in decided} - set(codes))
        if unknown:
            raise NlpError(f"A decision names {unknown[0]!r}, which is not in the codebook: leave it out or add the code.")
        texts = sorted({d.text for d in decided})
        row = {text: i for i, text in enumerate(texts)}
        at = np.array([(row[d.text], column[d.code]) for d in decided], dtype=np.int64).reshape(-1, 2).T
        yes, count = (np.zeros((len(texts), len(codes)), dtype=np.float32) for _ in range(2))
        np.add.at(count, tuple(at), 1.0)
        np.add.at(yes, tuple(at), np.array([d.applies for d in decided], dtype=np.float32))
        return cls(texts, yes / np.maximum(count, 1.0), count)

    @property
    def known(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """Which passages have been decided for which codes."""
        return self.count > 0

    @property
    def positives(self) -> FloatArray:
        """For each code how many passages it was found to apply to."""
        return np.asarray((self.share * self.known).sum(axis=0), dtype=np.float32)
