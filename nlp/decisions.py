"""Human decisions laid out as a table of passages by codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.errors import NlpError
from nlp.types import Decided
from nlp.words import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """One row for each reading of a text: `answer` is 1 for yes, and means something only where `known`.

    A second decision on the same text and code, by another person or another time, opens a second
    row; so decisions that contradict each other both count, and meet in the middle.
    """

    texts: list[str]
    answer: FloatArray
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, decided: Sequence[Decided], codes: Sequence[str]) -> DecisionTable:
        """Lay out decisions; raises NlpError where one names a code outside the codebook."""
        column = {code: i for i, code in enumerate(codes)}
        cells = _cells(decided, column)
        rows = sorted({(text, copy) for (text, copy, _) in cells})
        place = {key: i for i, key in enumerate(rows)}
        answer = np.zeros((len(rows), len(codes)), dtype=np.float32)
        known = np.zeros(answer.shape, dtype=bool)
        for (text, copy, at), applies in cells.items():
            answer[place[text, copy], at] = applies
            known[place[text, copy], at] = True
        return cls([text for text, _ in rows], answer, known)

    def take(self, rows: IntArray) -> DecisionTable:
        """The given rows only."""
        return DecisionTable([self.texts[i] for i in rows], self.answer[rows], self.known[rows])


def _cells(decided: Sequence[Decided], column: dict[str, int]) -> dict[tuple[str, int, int], bool]:
    """(text, which reading, column of the code) -> answer, whatever order the decisions came in."""
    answers: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for one in decided:
        if one.code not in column:
            raise NlpError(f"A decision names {one.code!r}, which the codebook lacks: add the code.")
        answers[one.text, column[one.code]].append(one.applies)
    return {
        (text, copy, at): applies
        for (text, at), given in answers.items()
        for copy, applies in enumerate(sorted(given, reverse=True))
    }
