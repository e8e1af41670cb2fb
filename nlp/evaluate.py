"""Measuring the proposer on a coded corpus: learn from the first N labelled passages, score the test part."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.baselines import cosine_scores, regression_scores
from nlp.corpus import Corpus
from nlp.encoder import Encoder
from nlp.errors import NlpError
from nlp.measures import MEASURES
from nlp.proposer import Proposer
from nlp.types import Decided
from nlp.words import FloatArray, IntArray

Point = dict[str, object]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Trial:
    """A corpus with its parts and its labelled passages in order."""

    corpus: Corpus
    order: IntArray
    test: IntArray
    seed: int

    def labelled(self, count: int) -> IntArray:
        return self.order[:count]

    def measured(self, scores: FloatArray) -> Point:
        truth = self.corpus.truth[self.test]
        return {name: measure(truth, scores) for name, measure in MEASURES.items()}

    def test_texts(self) -> list[str]:
        return [self.corpus.texts[i] for i in self.test]


def evaluate(
    corpus: Corpus,
    labelled: Sequence[int],
    say: Say,
    *,
    seed: int = 0,
    compare: bool = False,
    encoder: Encoder | None = None,
) -> dict[str, object]:
    """Measures at each number of labelled passages, 0 meaning the codebook alone.

    All texts of the corpus are held, as a commission holds its evidence before any of it is coded;
    of the labels only those of the labelled passages are seen. Raises NlpError where the corpus
    has no part to score.
    """
    trial = _trial(corpus, seed)
    proposer = Proposer(seed=seed, encoder=encoder).fit(corpus.codes, corpus.texts, [])
    points = [_point(trial, proposer, count, say, compare=compare) for count in labelled]
    name = None if encoder is None else encoder.name
    return {
        "codes": len(corpus.codes), "test": len(trial.test), "seed": seed, "encoder": name, "points": points
    }  # fmt: skip


def _trial(corpus: Corpus, seed: int) -> _Trial:
    train, test = corpus.division(seed)
    if not len(test) or not corpus.truth[test].any():
        raise NlpError("No unit of the test part has a code: check the split column and the labels.")
    return _Trial(corpus, np.random.default_rng(seed).permutation(train), test, seed)


def _point(trial: _Trial, proposer: Proposer, count: int, say: Say, *, compare: bool) -> Point:
    began = time.perf_counter()
    rows = trial.labelled(count)
    proposer.learn(decisions(trial.corpus, rows))
    measured = trial.measured(_in_order_of_codebook(proposer, trial))
    point: Point = {"labelled": count, "used": len(rows), **measured}
    if compare:
        point["baselines"] = _baselines(trial, rows)
    figures = ", ".join(f"{name} {value:.3f}" for name, value in measured.items())
    short = "" if len(rows) == count else f" (there are only {len(rows)})"
    say(f"{count} labelled{short}: {figures} ({time.perf_counter() - began:.1f} s)")
    return point


def decisions(corpus: Corpus, rows: IntArray) -> list[Decided]:
    """Every code decided, yes or no, for each of the units."""
    return [
        Decided(corpus.texts[row], code.code, bool(applies))
        for row in rows
        for code, applies in zip(corpus.codes, corpus.truth[row], strict=True)
    ]


def _in_order_of_codebook(proposer: Proposer, trial: _Trial) -> FloatArray:
    column = {code: i for i, code in enumerate(proposer.codes_)}
    return proposer.score(trial.test_texts())[:, [column[code.code] for code in trial.corpus.codes]]


def _baselines(trial: _Trial, rows: IntArray) -> dict[str, Point]:
    """What plain methods reach on the same passages."""
    corpus, texts = trial.corpus, trial.test_texts()
    found = {"definition_cosine": trial.measured(cosine_scores(corpus.codes, corpus.texts, texts))}
    if len(rows):
        known = [corpus.texts[row] for row in rows]
        scores = regression_scores(known, corpus.truth[rows], texts, seed=trial.seed)
        found["tfidf_logistic_regression"] = trial.measured(scores)
    return found
