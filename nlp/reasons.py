"""The words of a passage that moved a score, found in the weights that made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nlp.features import TextMatrix
from nlp.types import Reason

if TYPE_CHECKING:
    from nlp.proposer import Proposer


class ReasonFinder:
    def __init__(self, proposer: Proposer, texts: Sequence[str], matrix: TextMatrix) -> None:
        self._proposer, self._texts, self._matrix = proposer, texts, matrix

    def reasons(self, row: int, code: int) -> tuple[Reason, ...]:
        return ()
