"""Makes fusion_weights.json: `python -m nlp learn-fusion --data DIR --out FILE`.

The weights are those of a logistic regression over pairs of passage and code from four corpora that
people coded, whose licences allow it. No weight of a similarity may be negative, which four corpora
are too few to justify. No label of the part that is scored is seen. Each corpus also comes in
disguises (without definitions, without examples, with a part of its codes), so that the weights suit
codebooks of other shapes; each disguise counts as much as any other. Before it writes, it prints
how well weights do on a corpus they never saw.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from nlp.codebook import defining_text
from nlp.corpus import Corpus, read_corpus
from nlp.encoder import Encoder
from nlp.features import TextFeatures
from nlp.fusion import Fusion
from nlp.measures import mean_average_precision, recall_at_3
from nlp.similarity import COLUMNS, ENOUGH_HELD, Definitions
from nlp.types import CodeSpec
from nlp.words import FloatArray

#: Folder, licence.
SOURCES = (
    ("nhs_fft_neas", "MIT"),
    ("themefinder_synthetic", "MIT"),
    ("csta_uk_manifestos_8792_05", "MIT"),
    ("valueeval_args", "CC BY 4.0"),
)
_HELD = (("many", 4_000), ("few", ENOUGH_HELD * 3 // 4))
_PAIRS_OF_EACH = 40_000
_PULL = 1e-3
_SEED = 1
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Sample:
    """Pairs of passage and code of one corpus in one disguise."""

    source: str
    columns: FloatArray
    truth: NDArray[np.bool_]


def learn_fusion(data: Path, say: Say, encoder: Encoder | None) -> str:
    """Learn all sets of weights, report each corpus left out in turn; returns the file's text.

    Without an encoder the sets that need one are missing.
    """
    corpora = {name: _corpus(data / name) for name, _ in SOURCES}
    table: dict[str, object] = {
        "made_by": "python -m nlp learn-fusion",
        "sources": [" ".join(source) for source in SOURCES],
        "words": {size: _learned(f"words, {size}", corpora, held, say, None) for size, held in _HELD},
    }
    if encoder is not None:
        table["encoder_name"] = encoder.name
        table["encoder"] = {
            size: _learned(f"encoder, {size}", corpora, held, say, encoder) for size, held in _HELD
        }
    return json.dumps(table, indent=1) + "\n"


def _learned(
    title: str, corpora: dict[str, Corpus], held: int, say: Say, encoder: Encoder | None
) -> dict[str, object]:
    """One set of weights, after a report of how well it does on each corpus when that is left out."""
    samples = [one for name, corpus in corpora.items() for one in _samples(name, corpus, held, encoder)]
    for name in corpora:
        fusion = _fit([sample for sample in samples if sample.source != name])
        say(f"{title}: {name} left out: {_report(fusion, next(s for s in samples if s.source == name))}")
    return _as_json(_fit(samples))


def _corpus(folder: Path) -> Corpus:
    return read_corpus(folder / "units.csv", folder / "labels.csv", folder / "codebook.csv")


def _samples(name: str, corpus: Corpus, held: int, encoder: Encoder | None) -> Iterator[_Sample]:
    rng = np.random.default_rng(_SEED)
    to_learn_from, _ = corpus.division(_SEED)
    for codes, disguise in _disguises(corpus, rng):
        rows = np.sort(rng.permutation(to_learn_from)[:held])
        texts = [corpus.texts[i] for i in rows]
        yield _Sample(name, _columns(disguise, texts, encoder), corpus.truth[rows][:, codes])


def _disguises(corpus: Corpus, rng: np.random.Generator) -> Iterator[tuple[list[int], list[CodeSpec]]]:
    """The codebook as it is, with less said about its codes, and with fewer of them."""
    everything = list(range(len(corpus.codes)))
    yield everything, corpus.codes
    for strip in ({"definition": "", "examples": ()}, {"examples": ()}, {"definition": ""}):
        yield everything, [replace(code, **strip) for code in corpus.codes]
    for size in {len(everything) // 2, len(everything) // 4, 8} - {0, 1}:
        part = sorted(rng.permutation(len(everything))[:size].tolist())
        yield part, [corpus.codes[i] for i in part]


def _columns(codes: Sequence[CodeSpec], texts: list[str], encoder: Encoder | None) -> FloatArray:
    features = TextFeatures(encoder).fit([*texts, *(defining_text(code) for code in codes)])
    matrix = features.transform(texts)
    definitions = Definitions().fit(codes, features, matrix)
    return definitions.columns(definitions.similarities(matrix))


def _fit(samples: list[_Sample]) -> Fusion:
    """Penalised logistic regression; only the intercept and the number of codes may count against."""
    rng = np.random.default_rng(_SEED)
    drawn = [_drawn(sample, rng) for sample in samples]
    x = np.concatenate([columns for columns, _ in drawn]).astype(np.float64)
    y = np.concatenate([truth for _, truth in drawn])
    weight = np.concatenate([np.full(len(truth), 1 / len(truth)) for _, truth in drawn]) / len(drawn)
    scale = x.std(axis=0) + 1e-9
    scale[-1] = 1.0
    x /= scale

    def loss(beta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = x @ beta[:-1] + beta[-1]
        miss = weight * (1 / (1 + np.exp(-logits)) - y)
        value = weight @ (np.logaddexp(0, logits) - y * logits) + _PULL * np.square(beta[:-1]).sum()
        return value, np.append(x.T @ miss + 2 * _PULL * beta[:-1], miss.sum())

    bounds = [(0, None)] * (len(COLUMNS) - 1) + [(None, None)] * 2
    start = np.zeros(len(COLUMNS) + 1)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 500}).x
    return Fusion((found[:-1] / scale).round(4).astype(np.float32), np.float32(found[-1].round(4)))


def _drawn(sample: _Sample, rng: np.random.Generator) -> tuple[FloatArray, NDArray[np.bool_]]:
    columns, truth = sample.columns.reshape(-1, len(COLUMNS)), sample.truth.ravel()
    rows = rng.permutation(len(truth))[:_PAIRS_OF_EACH]
    return columns[rows], truth[rows]


def _report(fusion: Fusion, sample: _Sample) -> str:
    logits = fusion.logits(sample.columns)
    recall, precision = recall_at_3(sample.truth, logits), mean_average_precision(sample.truth, logits)
    return f"recall at 3 {recall:.3f}, mean average precision {precision:.3f}"


def _as_json(fusion: Fusion) -> dict[str, object]:
    weights = {column: round(float(w), 4) for column, w in zip(COLUMNS, fusion.weights, strict=True)}
    return {"intercept": round(float(fusion.intercept), 4), "weights": weights}
