"""Proposing codes for passages: from what the codebook says, and better with each decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from nlp.codebook import checked, defining_text
from nlp.decisions import DecisionTable
from nlp.errors import NlpError
from nlp.features import TextFeatures, TextMatrix
from nlp.fingerprint import data_hash
from nlp.fusion import Fusion
from nlp.reasons import ReasonFinder
from nlp.ridge import Ridge, fit_ridge
from nlp.similarity import ENOUGH_HELD, Definitions
from nlp.stack import Stack, fit_stack, stack_columns
from nlp.types import CodeSpec, Decided, Proposal, ScoredCode
from nlp.words import FloatArray

HELD_AT_MOST = 20_000
_AT_ONCE = 2_000


class Proposer:
    """Scores every code on every passage; proposes at most `limit` codes that reach `floor`.

    Without decisions the score comes from the codebook alone. With them a ridge regression learns
    the words of each code, and a small stack decides how far to follow it. The same data and seed
    give the same model, in whatever order the data comes.
    """

    name = "definitions-and-decisions"
    version = "1"

    def __init__(self, *, limit: int = 5, floor: float = 0.10, seed: int = 0) -> None:
        if limit < 1 or not 0.0 <= floor <= 1.0:
            raise NlpError("limit must be at least 1 and floor between 0 and 1.")
        self.limit = limit
        self.floor = floor
        self.seed = seed

    def settings(self) -> dict[str, object]:
        """What the constructor was told, for the record of a model run."""
        return {"limit": self.limit, "floor": self.floor, "seed": self.seed}

    def fit(self, codes: Sequence[CodeSpec], texts: Sequence[str], decided: Sequence[Decided]) -> Self:
        """Learn from a codebook, the passages held and the decisions so far.

        Raises EmptyCodebookError without a code, NlpError for a decision on a code that is not there.
        """
        ordered = checked(codes)
        self.codes_ = tuple(code.code for code in ordered)
        self.n_decided_ = len(decided)
        self.data_hash_ = data_hash(ordered, texts, decided)
        table = DecisionTable.of(decided, self.codes_)
        held = self._sample(texts)
        self.features_ = TextFeatures().fit(sorted({*held, *table.texts}) + [defining_text(code) for code in ordered])
        self.definitions_ = Definitions().fit(ordered, self.features_, self.features_.transform(held))
        self._learn(table)
        return self

    def score(self, texts: Sequence[str]) -> FloatArray:
        """Probability of each code (columns as in `codes_`) on each text."""
        parts = [self._probabilities(batch) for batch in self._batches(texts)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.codes_)), dtype=np.float32)

    def propose(self, texts: Sequence[str]) -> list[Proposal]:
        """Suggestions with reasons, one proposal for each text, in the order given."""
        return [proposal for batch in self._batches(texts) for proposal in self._propose(batch)]

    def _sample(self, texts: Sequence[str]) -> list[str]:
        distinct = sorted(set(texts))
        if len(distinct) <= HELD_AT_MOST:
            return distinct
        chosen = np.random.default_rng(self.seed).choice(len(distinct), HELD_AT_MOST, replace=False)
        return [distinct[i] for i in np.sort(chosen)]

    def _learn(self, table: DecisionTable) -> None:
        self.positives_ = table.positives
        self.ridge_: Ridge | None = None
        self.stack_: Stack | None = None
        if not table.texts:
            return
        texts = self.features_.transform(table.texts)
        defined = self._defined(texts)
        targets = np.where(table.known, table.share, _chance(defined)).astype(np.float32)
        self.ridge_ = fit_ridge(texts, targets)
        self.prevalence_ = _log_odds(table)
        others = table.positives - table.share * table.known
        columns = stack_columns(self.ridge_.left_out, defined, others, self.prevalence_)
        known = table.known
        self.stack_ = fit_stack(columns[known], table.share[known], np.ones(int(known.sum()), dtype=np.float32))

    def _defined(self, texts: TextMatrix) -> FloatArray:
        enough = self.definitions_.n_held_ >= ENOUGH_HELD
        return Fusion.shipped().logits(self.definitions_.evidence(texts).columns, enough_held=enough)

    def _logits(self, texts: TextMatrix) -> FloatArray:
        defined = self._defined(texts)
        if self.ridge_ is None or self.stack_ is None:
            return defined
        learned = self.stack_.logits(self.ridge_.scores(texts), defined, self.positives_, self.prevalence_)
        return np.where(self.positives_ > 0, learned, defined)

    def _probabilities(self, texts: Sequence[str]) -> FloatArray:
        return _chance(self._logits(self.features_.transform(texts)))

    def _batches(self, texts: Sequence[str]) -> list[Sequence[str]]:
        if not hasattr(self, "codes_"):
            raise NlpError("This proposer has not been fitted: call fit with a codebook first.")
        return [texts[i : i + _AT_ONCE] for i in range(0, len(texts), _AT_ONCE)]

    def _propose(self, texts: Sequence[str]) -> list[Proposal]:
        matrix = self.features_.transform(texts)
        scores = _chance(self._logits(matrix))
        best = np.argsort(-scores, axis=1, kind="stable")[:, : self.limit]
        reasons = ReasonFinder(self, texts, matrix)
        return [self._proposal(i, best[i], scores[i], reasons) for i in range(len(texts))]

    def _proposal(self, row: int, best: np.ndarray, scores: FloatArray, reasons: ReasonFinder) -> Proposal:
        shown = [int(c) for c in best if scores[c] >= self.floor]
        found = tuple(
            ScoredCode(
                code=self.codes_[c],
                score=float(scores[c]),
                rank=rank,
                reasons=reasons.reasons(row, c),
                from_definition=bool(self.positives_[c] == 0),
            )
            for rank, c in enumerate(shown, start=1)
        )
        return Proposal(found, abstained=not found)


def _chance(logits: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float32)


def _log_odds(table: DecisionTable) -> FloatArray:
    seen = table.known.sum(axis=0)
    share = (table.positives + 0.5) / (seen + 1.0)
    return np.asarray(np.log(share / (1 - share)), dtype=np.float32)
