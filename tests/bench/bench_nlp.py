"""Speed of the library, and how good its suggestions are on coded corpora.

The corpora lie at CONSULT_SHARED_DATA, or in ../shared/data beside the project; without them only
speed is measured. Quality is the median of three seeds (one in a quick look), with the sentence encoder
where it is installed and without. A whole look also draws the learning curves into docs/images.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from consult.evidence.rules import paragraphs_of
from nlp.corpus import Corpus, read_corpus
from nlp.encoder import Encoder, KeepingEncoder, installed_encoder
from nlp.evaluate import evaluate
from nlp.language import language_of
from nlp.passages import PassageCutter
from nlp.proposer import Proposer
from nlp.refresh import LiveRanking
from nlp.types import CodeSpec, Decided, Span
from tests.bench.curves import drawn
from tests.bench.figures import Figure, at_least, at_most, quick, spread
from tests.bench.material import ROOT, sentences, submission

LABELLED = [0, 10, 25, 50, 100, 200, 250, 500, 1000]
SHOWN = (0, 50, 250, 1000)
DRAWN = (0, 10, 50, 250, 1000)
MEASURES = ("recall_at_3", "mean_average_precision", "macro_recall_at_3")
CORPORA = {
    "nhs_fft_neas": "NHS comments",
    "valueeval_args": "value arguments",
    "themefinder_synthetic": "synthetic consultation",
    "csta_uk_manifestos_8792_05": "manifesto sentences",
}
CURVES = ROOT / "docs" / "images" / "learning-curves.svg"
PASSAGES_RANKED = 100_000
CODES = 50
T = TypeVar("T")


def measure() -> Iterable[Figure]:
    yield from speed()
    encoder, told = installed_encoder(ROOT / ".cache" / "encoder")
    print(f"  {told}", file=sys.stderr)
    if encoder is not None:
        yield from speed_of(encoder)
    place = Path(os.environ.get("CONSULT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    curves = {}
    for name in list(CORPORA)[:1] if quick() else CORPORA:
        if (place / name / "units.csv").is_file():
            found = measured(place / name, encoder)
            yield from quality(name, found)
            curves[CORPORA[name]] = curves_of(found)
        else:
            print(f"  no corpus {name} at {place}: its quality is not measured", file=sys.stderr)
    if len(curves) == len(CORPORA) and encoder is not None:
        title = "Mean average precision by labelled passages"
        CURVES.write_text(drawn(title, DRAWN, curves), "utf-8")


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
    yield refresh(proposer, decided, passages)


def refresh(proposer: Proposer, decided: list[Decided], passages: list[str]) -> Figure:
    """After one decision, all scores of its code anew."""
    count = len(passages) if quick() else PASSAGES_RANKED
    many = (passages * (count // len(passages) + 1))[:count]
    ranking = LiveRanking(proposer, decided, many)
    code = proposer.codes_[0]

    def again(passage: str) -> None:
        ranking.decide(Decided(passage, code, applies=True))
        ranking.scores(code).argsort()

    taken = [1_000 * cpu(partial(again, passage))[1] for passage in passages[1_000:1_005]]
    note = f"{count} passages; {spread(taken)}"
    return at_most("nlp: one decision to a ranking anew", statistics.median(taken), "CPU ms", 100, note=note)


def speed_of(encoder: Encoder) -> Iterator[Figure]:
    """The first time a text is seen; afterwards its numbers are kept."""
    pool, chance = sentences(), random.Random(20171)
    passages, _ = cut([submission(pool, chance) for _ in range(20 if quick() else 100)])
    proposer = Proposer(encoder=encoder).fit(codebook(pool, chance), [], [])
    proposer.score(passages[:5])
    start = time.perf_counter()
    _, seconds = cpu(lambda: proposer.score(passages))
    wall = time.perf_counter() - start
    words = statistics.mean(len(passage.split()) for passage in passages)
    note = f"{len(passages)} passages of {words:.0f} words, {CODES} codes"
    name = "nlp: passages encoded and scored"
    yield Figure(name, len(passages) / seconds, "a CPU second", note=note)
    yield at_least(name, len(passages) / wall, "a second", 150, note="wall time; needs quiet cores")


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


Series = dict[str, list[float]]


def measured(folder: Path, encoder: Encoder | None) -> dict[str, Series]:
    """By method and measure, medians over seeds in the order of LABELLED."""
    corpus = read_corpus(folder / "units.csv", folder / "labels.csv", folder / "codebook.csv")
    seeds = range(1 if quick() else 3)
    runs = [points(corpus, seed, None, compare=True) for seed in seeds]
    labelled = [[point["baselines"]["tfidf_logistic_regression"] for point in run[1:]] for run in runs]
    found = {"words": series(runs), "plain": series(labelled)}
    if encoder is not None:
        keeping = KeepingEncoder(encoder)
        found["encoder"] = series([points(corpus, seed, keeping) for seed in seeds])
    return found


def quality(name: str, found: dict[str, Series]) -> Iterator[Figure]:
    for method in ("encoder", "words"):
        for each in MEASURES if method in found else ():
            values = found[method][each]
            shown = ", ".join(
                f"{n}: {value:.3f}" for n, value in zip(LABELLED, values, strict=True) if n in SHOWN
            )
            yield at_least(
                f"nlp: {name}, {method}, least gain in {each}",
                100 * (min(values[1:]) - values[0]),
                "points",
                0.0,
                note=f"by labelled passages {shown}",
            )
    best = found.get("encoder", found["words"])
    for each in MEASURES[:2]:
        ahead = best[each][LABELLED.index(50)] - found["plain"][each][-1]
        yield at_least(f"nlp: {name}, ours at 50 less plain at 1,000 in {each}", 100 * ahead, "points", -3.0)
    error = max(best["expected_calibration_error"][LABELLED.index(200) :])
    yield at_most(f"nlp: {name}, worst calibration error from 200 labels on", error, "", 0.03)


def curves_of(found: dict[str, Series]) -> dict[str, list[float]]:
    names = {"encoder": "words and meaning", "words": "words alone", "plain": "TF-IDF, logistic regression"}
    return {
        title: _at_drawn(found[key]["mean_average_precision"]) for key, title in names.items() if key in found
    }


def _at_drawn(values: list[float]) -> list[float]:
    """The values at the counts that are drawn; what needs labels has none without."""
    counts = LABELLED[len(LABELLED) - len(values) :]
    return [value for count, value in zip(counts, values, strict=True) if count in DRAWN]


def series(runs: list[list[dict[str, Any]]]) -> Series:
    names = [name for name in runs[0][0] if isinstance(runs[0][0][name], float)]
    return {
        name: [statistics.median(point[name] for point in same) for same in zip(*runs, strict=True)]
        for name in names
    }


def points(
    corpus: Corpus, seed: int, encoder: Encoder | None, *, compare: bool = False
) -> list[dict[str, Any]]:
    result: dict[str, Any] = evaluate(
        corpus, LABELLED, lambda _: None, seed=seed, compare=compare, encoder=encoder
    )
    found: list[dict[str, Any]] = result["points"]
    return found
