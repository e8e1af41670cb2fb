"""Speed of the library, and how good its suggestions are on coded corpora.

The corpora lie at CONSULT_SHARED_DATA, or in ../shared/data beside the project; without them only
speed is measured. Quality is the median of three seeds (one in a quick look).
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from consult.evidence.rules import paragraphs_of
from nlp.corpus import Corpus, read_corpus
from nlp.evaluate import evaluate
from nlp.language import language_of
from nlp.passages import PassageCutter
from nlp.proposer import Proposer
from nlp.types import CodeSpec, Decided, Span
from tests.bench.figures import Figure, at_least, at_most, quick
from tests.bench.material import ROOT, sentences, submission

LABELLED = [0, 50, 200, 1000]
MEASURES = ("recall_at_3", "mean_average_precision", "macro_recall_at_3")
CORPORA = ("nhs_fft_neas", "valueeval_args", "themefinder_synthetic", "csta_uk_manifestos_8792_05")
CODES = 50
T = TypeVar("T")


def measure() -> Iterable[Figure]:
    yield from speed()
    place = Path(os.environ.get("CONSULT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    for name in CORPORA[:1] if quick() else CORPORA:
        if (place / name / "units.csv").is_file():
            yield from quality(name, place / name)
        else:
            print(f"  no corpus {name} at {place}: its quality is not measured", file=sys.stderr)


def speed() -> Iterator[Figure]:
    pool, chance = sentences(), random.Random(20171)
    texts = [submission(pool, chance) for _ in range(200 if quick() else 1_000)]
    passages, seconds = cut(texts)
    words = statistics.mean(len(passage.split()) for passage in passages)
    note = f"{len(passages)} passages of {words:.0f} words"
    yield at_least("nlp: passages cut", len(passages) / seconds, "a CPU second", 5_000, note=note)
    yield from cutting(texts, passages)
    codes = codebook(pool, chance)
    proposer, seconds = cpu(lambda: Proposer().fit(codes, passages, []))
    yield Figure("nlp: fit on the passages held", seconds, "CPU seconds", note=note)
    decided = decisions(proposer, passages[:1_000])
    _, seconds = cpu(lambda: proposer.learn(decided))
    many = f"{len(decided)} decisions on {min(1_000, len(passages))} passages, {CODES} codes"
    yield at_most("nlp: learn again", seconds, "CPU seconds", 1.0, note=many)
    _, seconds = cpu(lambda: proposer.score(passages))
    rate = len(passages) / seconds
    yield at_least("nlp: passages scored", rate, "a CPU second", 5_000, note=f"{CODES} codes")
    _, seconds = cpu(lambda: proposer.propose(passages))
    rate = len(passages) / seconds
    yield at_least("nlp: passages proposed for, with reasons", rate, "a CPU second", 1_500)


def cut(texts: list[str]) -> tuple[list[str], float]:
    cutter = PassageCutter()
    cutter.cut(texts[0], [])  # loads spaCy
    spans, seconds = cpu(lambda: cutter.cut_many([(text, []) for text in texts]))
    return [
        text[span.start : span.end] for text, found in zip(texts, spans, strict=True) for span in found
    ], seconds


def cutting(texts: list[str], passages: list[str]) -> Iterator[Figure]:
    """As the application cuts, paragraph by paragraph; and how fast the language of each passage is told."""
    prepared = [(text, [Span(p.start, p.end) for p in paragraphs_of(text)]) for text in texts]
    cutter = PassageCutter()
    cutter.cut(texts[0], [])  # loads spaCy
    spans, seconds = cpu(lambda: cutter.cut_many(prepared))
    made = sum(map(len, spans))
    note = f"{made} passages of texts with paragraphs"
    yield at_least("nlp: passages cut by paragraph", made / seconds, "a CPU second", 5_000, note=note)
    _, seconds = cpu(lambda: [language_of(passage) for passage in passages])
    yield at_least("nlp: languages told", len(passages) / seconds, "passages a CPU second", 10_000)


def codebook(pool: list[str], chance: random.Random) -> list[CodeSpec]:
    """Codes that say what three sentences say, so that there is something to find."""
    drawn = [chance.sample(pool, 3) for _ in range(CODES)]
    return [CodeSpec(f"c{i:02}", s[0][:30], " ".join(s)) for i, s in enumerate(drawn)]


def decisions(proposer: Proposer, passages: list[str]) -> list[Decided]:
    """Of each passage's five likeliest codes the first accepted, the others rejected."""
    best = (-proposer.score(passages)).argsort(axis=1)[:, :5]
    return [
        Decided(passage, proposer.codes_[code], place == 0)
        for passage, row in zip(passages, best, strict=True)
        for place, code in enumerate(row)
    ]


def cpu(work: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def quality(name: str, folder: Path) -> Iterator[Figure]:
    corpus = read_corpus(folder / "units.csv", folder / "labels.csv", folder / "codebook.csv")
    runs = [points(corpus, seed) for seed in range(1 if quick() else 3)]
    for measured in MEASURES:
        series = [statistics.median(point[measured] for point in same) for same in zip(*runs, strict=True)]
        shown = ", ".join(f"{count}: {value:.3f}" for count, value in zip(LABELLED, series, strict=True))
        gain = min(series[1:]) - series[0]
        note = f"by labelled passages {shown}; median of {len(runs)} seeds"
        yield at_least(f"nlp: {name}, least gain in {measured}", 100 * gain, "points", 0.0, note=note)


def points(corpus: Corpus, seed: int) -> list[dict[str, Any]]:
    result: dict[str, Any] = evaluate(corpus, LABELLED, lambda _: None, seed=seed)
    found: list[dict[str, Any]] = result["points"]
    return found
