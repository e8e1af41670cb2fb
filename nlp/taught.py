"""What learning rests on, kept: each decided passage with its weight, and what one more decision changes.

A learned score is a sum over decided passages of weight times likeness (ridge.py). The inverse of the
kernel is kept: a decision on a passage decided before changes one number to be learned; one on a new
passage adds a row, and the inverse grows by it (bordering; Golub and Van Loan 2013, 2.1.4). How far
learning is trusted, the levels, the penalty and what is usual stay as the last whole learning left them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy import linalg
from scipy.special import expit

from nlp.errors import NlpError
from nlp.proposer import Proposer
from nlp.ridge import kernel_between, stacked, trust_in
from nlp.types import Decided


class Taught:
    """Rows of what was decided and of the codes' descriptions, `wanted` of each code and its `weights`.

    `texts` are those of the rows, None for descriptions; `known` says what somebody decided.
    """

    def __init__(self, proposer: Proposer, decided: Sequence[Decided]) -> None:
        """Raise NlpError where `proposer`, which must have learned from `decided`, has learned nothing."""
        model = proposer.model_
        if model.ridge is None or model.stack is None:
            raise NlpError("Nothing has been decided yet: let the proposer learn from a first decision.")
        self._proposer, self._model, self._ridge = proposer, model, model.ridge
        self._trust = float(model.stack.coefficients[1])
        table, described = proposer.table_of(decided), len(model.described)
        self.texts: list[str | None] = [*table.texts, *[None] * described]
        self._readings: dict[str, list[int]] = defaultdict(list)
        for row, text in enumerate(table.texts):
            self._readings[text].append(row)
        measured = model.measure(table.texts)
        self.rows = stacked(measured, model.described)
        targets = np.where(table.known, table.answer, expit(model.defined(measured))) - self._ridge.usual
        self.wanted = np.concatenate([targets, np.eye(described, dtype=np.float32)]).astype(np.float32)
        self.known = np.concatenate([table.known, np.zeros((described, described), dtype=bool)])
        self._yeses = np.where(table.known, table.answer, 0).sum(axis=0)
        kernel = kernel_between(self.rows, self.rows)
        kernel[np.diag_indices(len(kernel))] += np.float32(self._ridge.penalty)
        self._inverse = linalg.inv(kernel, overwrite_a=True, check_finite=False)
        self.weights = self._inverse @ self.wanted

    def decide(self, one: Decided) -> None:
        """Take one more decision."""
        code = self._proposer.column(one.code)
        free = (row for row in self._readings[one.text] if not self.known[row, code])
        row = next(free, -1)
        if row < 0:
            row = self._add(one.text)
        change = np.float32(one.applies) - self._ridge.usual[code] - self.wanted[row, code]
        self.wanted[row, code] += change
        self.known[row, code] = True
        self._yeses[code] += one.applies
        self.weights[:, code] += change * self._inverse[:, row]

    def said_yes(self, row: int, code: int) -> bool:
        """Whether a row's known decision on a code was a yes."""
        return bool(self.wanted[row, code] + self._ridge.usual[code] > 0.5)

    def held_back(self, code: int) -> float:
        """How far learning of this code is followed: 1 but where words alone have few yeses."""
        return 1.0 if self._proposer.encoder else float(trust_in(self._yeses[code]))

    def trust(self, code: int) -> float:
        """By what the learned score of a code is multiplied on its way to the logit."""
        return self._trust * self.held_back(code)

    def _add(self, text: str) -> int:
        """A row for a text, with what the definitions expect of it; returns where it is."""
        new = self._model.measure([text])
        near = kernel_between(self.rows, new)[:, 0]
        itself = kernel_between(new, new)[0, 0] + np.float32(self._ridge.penalty)
        across = self._inverse @ near
        rest = itself - near @ across
        border = np.append(across, np.float32(-1.0))
        grown = np.zeros((len(near) + 1, len(near) + 1), dtype=np.float32)
        grown[:-1, :-1] = self._inverse
        self._inverse = grown + np.outer(border, border / rest)
        wanted = expit(self._model.defined(new)) - self._ridge.usual
        ahead = (wanted[0] - near @ self.weights) / rest
        self.weights = np.append(self.weights, np.zeros((1, len(ahead)), dtype=np.float32), axis=0)
        self.weights -= np.outer(border, ahead)
        self.wanted = np.append(self.wanted, wanted, axis=0).astype(np.float32)
        self.known = np.append(self.known, np.zeros((1, len(ahead)), dtype=bool), axis=0)
        self.rows = stacked(self.rows, new)
        self.texts.append(text)
        self._readings[text].append(len(self.wanted) - 1)
        return len(self.wanted) - 1
