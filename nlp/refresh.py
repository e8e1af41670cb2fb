"""One more decision, and what is near on screen is in order again, without learning everything anew.

The inverse of the kernel is kept. A decision on a passage decided before changes one number to be learned;
one on a new passage adds a row, and the inverse grows by it (bordering; Golub and Van Loan 2013, 2.1.4).
How far learning is trusted, the levels, the penalty and what is usual stay as the last whole learning left
them; the next whole learning moves those too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy import linalg
from scipy.special import expit

from nlp.errors import NlpError
from nlp.features import TextMatrix
from nlp.proposer import Proposer
from nlp.ridge import kernel_between, shares_of, stacked, trust_in
from nlp.types import Decided
from nlp.words import FloatArray


class LiveRanking:
    """Passages in order of a code, kept up with decisions one by one.

    `proposer` must have learned from `decided`; scores are then the same as its own.
    """

    def __init__(self, proposer: Proposer, decided: Sequence[Decided], texts: Sequence[str]) -> None:
        model = proposer.model_
        if model.ridge is None:
            raise NlpError("Nothing has been decided yet: let the proposer learn from a first decision.")
        self._proposer, self._model, self._ridge = proposer, model, model.ridge
        self._table = proposer.table_of(decided)
        self._readings: dict[str, list[int]] = defaultdict(list)
        for row, text in enumerate(self._table.texts):
            self._readings[text].append(row)
        self._rows = stacked(model.measure(self._table.texts), model.described)
        self._described = len(model.described)
        self._texts = model.measure(texts)
        self._defined = model.defined(self._texts)
        self._learn()

    def decide(self, one: Decided) -> None:
        """Take one more decision; raises NlpError for a code that the codebook lacks."""
        if one.code not in self._proposer.codes_:
            raise NlpError(f"A decision names {one.code!r}, which the codebook lacks: add the code.")
        code = self._proposer.codes_.index(one.code)
        free = (row for row in self._readings[one.text] if not self._known[row, code])
        row = next(free, -1)
        if row < 0:
            row = self._add(one.text)
        change = np.float32(one.applies) - self._usual[code] - self._wanted[row, code]
        self._wanted[row, code] += change
        self._known[row, code] = True
        self._yeses[code] += one.applies
        self._weights[:, code] += change * self._inverse[:, row]

    def scores(self, code: str) -> FloatArray:
        """Probability of a code on each text."""
        column = self._proposer.codes_.index(code)
        weights = self._weights[:, column]
        spelled, meant = shares_of(self._rows)
        learned = self._texts.word @ (self._rows.word.T @ (weights * spelled / 2))
        learned += self._texts.char @ (self._rows.char.T @ (weights * spelled / 2))
        learned += self._texts.dense @ (meant * (self._rows.dense.T @ weights)) + weights.sum()
        if self._proposer.encoder is None:
            learned *= trust_in(self._yeses[column])
        return np.asarray(expit(self._model.joined(self._defined, learned, column)), dtype=np.float32)

    def _learn(self) -> None:
        table, described = self._table, self._described
        expected = expit(self._model.defined(self._part(len(table.texts))))
        self._usual = self._ridge.usual
        targets = np.where(table.known, table.answer, expected) - self._usual
        self._wanted = np.concatenate([targets, np.eye(described, dtype=np.float32)]).astype(np.float32)
        self._known = np.concatenate([table.known, np.ones((described, described), dtype=bool)])
        self._yeses = np.where(table.known, table.answer, 0).sum(axis=0)
        kernel = kernel_between(self._rows, self._rows)
        kernel[np.diag_indices(len(kernel))] += np.float32(self._ridge.penalty)
        self._inverse = linalg.inv(kernel, overwrite_a=True, check_finite=False)
        self._weights = self._inverse @ self._wanted

    def _part(self, count: int) -> TextMatrix:
        rows = self._rows
        return TextMatrix(rows.word[:count], rows.char[:count], rows.dense[:count])

    def _add(self, text: str) -> int:
        """A row for a text, with what the definitions expect of it; returns where it is."""
        new = self._model.measure([text])
        near = kernel_between(self._rows, new)[:, 0]
        itself = kernel_between(new, new)[0, 0] + np.float32(self._ridge.penalty)
        across = self._inverse @ near
        rest = itself - near @ across
        border = np.append(across, np.float32(-1.0))
        grown = np.zeros((len(near) + 1, len(near) + 1), dtype=np.float32)
        grown[:-1, :-1] = self._inverse
        self._inverse = grown + np.outer(border, border / rest)
        wanted = expit(self._model.defined(new)) - self._usual
        ahead = (wanted[0] - near @ self._weights) / rest
        self._weights = np.append(self._weights, np.zeros((1, len(ahead)), dtype=np.float32), axis=0)
        self._weights -= np.outer(border, ahead)
        self._wanted = np.append(self._wanted, wanted, axis=0).astype(np.float32)
        self._known = np.append(self._known, np.zeros((1, len(ahead)), dtype=bool), axis=0)
        self._rows = stacked(self._rows, new)
        self._readings[text].append(len(self._wanted) - 1)
        return len(self._wanted) - 1
