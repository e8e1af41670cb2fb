"""Proposing codes for passages: from what the codebook says, and better with each decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from scipy.special import expit

from nlp.codebook import checked, defining_text, describing_text
from nlp.correction import fit_correction
from nlp.decisions import DecisionTable
from nlp.encoder import Encoder
from nlp.errors import NlpError
from nlp.features import TextFeatures
from nlp.fingerprint import data_hash, text_hashes
from nlp.fusion import shipped_fusion
from nlp.model import Model, Scores
from nlp.reasons import ReasonFinder
from nlp.ridge import fit_ridge, steadied
from nlp.similarity import Definitions
from nlp.stack import fit_stack
from nlp.types import CodeSpec, Decided, Proposal, ScoredCode
from nlp.words import FloatArray

#: More passages than this teach the vocabulary nothing that a sample does not.
HELD_AT_MOST = 20_000
#: Rows of the kernel; beyond it a sample is learned from (5,000 rows are 100 MB, and some seconds).
READINGS_AT_MOST = 5_000
_AT_ONCE = 2_000


class Proposer:
    """Scores every code on every passage; proposes at most `limit` codes that reach `floor`.

    Without decisions the score comes from the codebook alone. With them a ridge regression learns
    the words of each code (and with an encoder what is like them in meaning), and a small stack
    decides how far to follow it. The same data and seed give the same model, in whatever order the
    data comes. Columns of scores are as in `codes_`, which is in order of the identifiers.
    """

    name = "definitions-and-decisions"
    version = "2"

    def __init__(
        self, *, limit: int = 5, floor: float = 0.10, seed: int = 0, encoder: Encoder | None = None
    ) -> None:
        if limit < 1 or not 0.0 <= floor <= 1.0:
            raise NlpError("limit must be at least 1, and floor between 0 and 1.")
        self.limit = limit
        self.floor = floor
        self.seed = seed
        self.encoder = encoder

    def settings(self) -> dict[str, object]:
        """What the constructor was told, for the record of a model run."""
        encoder = None if self.encoder is None else self.encoder.name
        return {"limit": self.limit, "floor": self.floor, "seed": self.seed, "encoder": encoder}

    def fit(self, codes: Sequence[CodeSpec], texts: Sequence[str], decided: Sequence[Decided]) -> Self:
        """Learn from a codebook, the passages held and the decisions so far.

        Raises EmptyCodebookError without a code, NlpError for a decision on a code that is not there.
        """
        ordered = checked(codes)
        table = DecisionTable.of(decided, [code.code for code in ordered])
        held = self._sample(sorted(set(texts) or set(table.texts)), HELD_AT_MOST)
        features = TextFeatures(self.encoder).fit([*held, *(defining_text(code) for code in ordered)])
        definitions = Definitions().fit(ordered, features, features.transform(held))
        described = features.transform([describing_text(code) for code in ordered])
        self.codes_ = tuple(code.code for code in ordered)
        fusion = shipped_fusion(enough_held=definitions.enough_held_, encoder=self.encoder is not None)
        self.model_ = Model(features, definitions, fusion, described)
        self.specs_, self.text_hash_ = tuple(ordered), text_hashes(texts)
        return self.learn(decided)

    def learn(self, decided: Sequence[Decided]) -> Self:
        """Learn again from all decisions so far, with codebook and passages as they were fitted.

        Much cheaper than `fit`: for the refresh after each decision.
        """
        table = DecisionTable.of(decided, self._fitted_codes)
        self.n_decided_ = len(decided)
        self.data_hash_ = data_hash(self.specs_, self.text_hash_, decided)
        self.model_ = self._learned(self.model_.without_decisions(), table)
        return self

    def restore(
        self, specs: Sequence[CodeSpec], text_hash: str, model: Model, n_decided: int, data_hash: str
    ) -> Self:
        """Take a fitted state from elsewhere instead of fitting."""
        self.specs_, self.codes_ = tuple(specs), tuple(spec.code for spec in specs)
        self.text_hash_, self.data_hash_, self.n_decided_ = text_hash, data_hash, n_decided
        self.model_ = model
        return self

    def score(self, texts: Sequence[str]) -> FloatArray:
        """Probability of each code on each text, (texts, codes)."""
        width = len(self._fitted_codes)
        parts = [self.model_.scores(self.model_.measure(batch)).probabilities for batch in _batches(texts)]
        return np.concatenate(parts) if parts else np.zeros((0, width), dtype=np.float32)

    def propose(self, texts: Sequence[str]) -> list[Proposal]:
        """Suggestions with reasons, one proposal for each text, in the order given."""
        self._fitted_codes  # noqa: B018 # complains before any work where fit was forgotten
        return [proposal for batch in _batches(texts) for proposal in self._propose(batch)]

    def save(self, folder: Path) -> str:
        """Write the fitted state as arrays and JSON into a folder; returns its SHA-256 for `load`."""
        from nlp.artefact import save_proposer

        return save_proposer(self, folder)

    @classmethod
    def load(cls, folder: Path, sha256: str, encoder: Encoder | None = None) -> Proposer:
        """Read what `save` wrote; raises DamagedArtefactError unless it is exactly that.

        An encoder is not saved: it has to be given again, the same.
        """
        from nlp.artefact import load_proposer

        return load_proposer(folder, sha256, encoder)

    @property
    def _fitted_codes(self) -> tuple[str, ...]:
        if not hasattr(self, "codes_"):
            raise NlpError("This proposer has not been fitted: call fit with a codebook first.")
        return self.codes_

    def _sample(self, items: list[str], at_most: int) -> list[str]:
        return [items[i] for i in self._chosen(len(items), at_most)]

    def _chosen(self, count: int, at_most: int) -> list[int]:
        if count <= at_most:
            return list(range(count))
        return sorted(np.random.default_rng(self.seed).choice(count, at_most, replace=False).tolist())

    def column(self, code: str) -> int:
        """Where a code stands in scores; raises NlpError for one that the codebook lacks."""
        if code not in self._fitted_codes:
            raise NlpError(f"A decision names {code!r}, which the codebook lacks: add the code.")
        return self.codes_.index(code)

    def table_of(self, decided: Sequence[Decided]) -> DecisionTable:
        """The decisions as `learn` sees them: a sample, where they are very many."""
        return self._at_most(DecisionTable.of(decided, self._fitted_codes))

    def _at_most(self, table: DecisionTable) -> DecisionTable:
        return table.take(np.array(self._chosen(len(table.texts), READINGS_AT_MOST), dtype=np.int64))

    def _learned(self, model: Model, table: DecisionTable) -> Model:
        """The model with what the decisions teach; what nobody decided is taken as the definition has it."""
        if not table.texts:
            return model
        table = self._at_most(table)
        texts = model.features.transform(table.texts)
        defined = model.defined(texts)
        expected = expit(defined)
        targets = np.where(table.known, table.answer, expected)
        ridge, left_out = fit_ridge(texts, targets, expected, model.described)
        if self.encoder is None:
            ridge, left_out = steadied(ridge, left_out, table.answer, table.known)
        stack = fit_stack(defined, left_out, table.answer, table.known)
        correction = fit_correction(stack.logits(defined, left_out), table.answer, table.known)
        return model.with_decisions(ridge, stack, correction, table.known.sum(axis=0))

    def _propose(self, texts: Sequence[str]) -> list[Proposal]:
        features = self.model_.features
        reading = features.read(texts)
        matrix = features.measure(reading)
        scores = self.model_.scores(matrix)
        finder = ReasonFinder(features, reading, matrix, self.model_.terms(scores))
        best = np.argsort(-scores.probabilities, axis=1, kind="stable")[:, : self.limit]
        return [self._proposal(row, best[row].tolist(), scores, finder) for row in range(len(texts))]

    def _proposal(self, row: int, best: list[int], scores: Scores, finder: ReasonFinder) -> Proposal:
        shown = [code for code in best if scores.probabilities[row, code] >= self.floor and scores.heard[row]]
        reasons = finder.reasons(row, shown)
        found = tuple(
            ScoredCode(
                code=self.codes_[code],
                score=float(scores.probabilities[row, code]),
                rank=place + 1,
                reasons=reasons[place],
                from_definition=not self.model_.decisions[code],
            )
            for place, code in enumerate(shown)
        )
        return Proposal(found, abstained=not found)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[i : i + _AT_ONCE] for i in range(0, len(texts), _AT_ONCE))
