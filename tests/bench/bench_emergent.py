"""Groups to read: how well they agree with the codes that people gave, how steady they are, how fast made.

Agreement is normalised mutual information over pairs of unit and code, a unit counted once for each of its
codes. Beside it stands the best of the designs tried before: k-means, best of three starts, with as many
groups as there are codes, on 50 main directions of word TF-IDF and an encoder's vectors, if there is one.
Our number of groups is our own rule's, and in the line below as many as there are codes. Corpora lie at
CONSULT_SHARED_DATA, or in ../shared/data beside the project.
"""

import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, starmap
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.preprocessing import normalize

from nlp.corpus import Corpus, read_corpus
from nlp.emergent import EmergentGroup, GroupFinder
from nlp.encoder import Encoder, KeepingEncoder, encoded, installed_encoder
from nlp.features import TextFeatures
from nlp.words import IntArray
from tests.bench.figures import Figure, at_least, at_most, quick
from tests.bench.material import ROOT, sentences

CORPORA = ("themefinder_synthetic", "nhs_fft_neas", "valueeval_args")
SEEDS = (0, 1, 2)
MANY = 100_000


def measure() -> Iterable[Figure]:
    place = Path(os.environ.get("CONSULT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    found = encoders()
    for name in CORPORA[:1] if quick() else CORPORA:
        if (place / name / "units.csv").is_file():
            folder = place / name
            corpus = read_corpus(folder / "units.csv", folder / "labels.csv", folder / "codebook.csv")
            for encoder in found:
                yield from quality(name, corpus, encoder)
        else:
            print(f"  no corpus {name} at {place}: its groups are not measured", file=sys.stderr)
    yield from speed(5_000 if quick() else MANY)


def encoders() -> list[Encoder | None]:
    """None, and the encoder prepared for this installation where there is one."""
    encoder, told = installed_encoder(ROOT / ".cache" / "encoder")
    print(f"  {told}", file=sys.stderr)
    return [None, KeepingEncoder(encoder)] if encoder else [None]


def quality(name: str, corpus: Corpus, encoder: Encoder | None) -> Iterator[Figure]:
    with_what = "with the encoder" if encoder else "words alone"
    ours = [numbers(GroupFinder(seed=seed, encoder=encoder).find(corpus.texts), corpus) for seed in SEEDS]
    theirs = [best_design(corpus, encoder, seed) for seed in SEEDS]
    agreed = statistics.median(agreement(groups, corpus) for groups in ours)
    floor = statistics.median(agreement(groups, corpus) for groups in theirs)
    note = f"{ours[0].max() + 1} groups; the design before {floor:.3f}"
    yield at_least(f"{name}, {with_what}: agreement with people's codes", agreed, "", floor, note=note)
    told = GroupFinder(int(corpus.truth.any(axis=0).sum()), encoder=encoder).find(corpus.texts)
    same = agreement(numbers(told, corpus), corpus)
    yield Figure("  with as many groups as codes", same, "", note=f"{len(told)} groups")
    steady, unsteady = steadiness(ours), steadiness(theirs)
    yield Figure("  agreement of seeds (adjusted Rand)", steady, "", note=f"the design before {unsteady:.2f}")


def numbers(groups: Sequence[EmergentGroup], corpus: Corpus) -> IntArray:
    """The group of each unit, -1 for none."""
    found = np.full(len(corpus.texts), -1)
    for number, group in enumerate(groups):
        found[list(group.members)] = number
    return found


def best_design(corpus: Corpus, encoder: Encoder | None, seed: int) -> IntArray:
    matrix = TextFeatures(encoder).fit(corpus.texts).transform(corpus.texts)
    words = normalize(TruncatedSVD(100, random_state=seed).fit_transform(sparse.csr_array(matrix.word)))
    rows = np.hstack([1.2 * encoded(encoder, corpus.texts), 0.8 * words])
    points = PCA(50, random_state=seed).fit_transform(rows)
    codes = int(corpus.truth.any(axis=0).sum())
    return np.asarray(KMeans(codes, n_init=3, random_state=seed).fit_predict(points))


def agreement(groups: IntArray, corpus: Corpus) -> float:
    units, codes = np.nonzero(corpus.truth)
    return float(normalized_mutual_info_score(codes, groups[units]))


def steadiness(found: Sequence[IntArray]) -> float:
    return float(np.mean(list(starmap(adjusted_rand_score, combinations(found, 2)))))


def speed(count: int) -> Iterator[Figure]:
    """The whole command on passages of about 80 words, made of four neighbouring sentences of the demo."""
    with TemporaryDirectory(prefix="consult-bench-") as name:
        units, out = Path(name) / "units.csv", Path(name) / "groups.csv"
        write_passages(units, count)
        start = time.perf_counter()
        command = [sys.executable, "-m", "nlp", "discover", "--units", str(units), "--out", str(out)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        yield at_most(f"{count} passages grouped by the command", time.perf_counter() - start, "s", 180)
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield at_most("  largest resident set", megabytes, "MB", 2_000)


def write_passages(path: Path, count: int) -> None:
    pool, chance = sentences(), random.Random(20171)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit_id", "text"])
        for number in range(count):
            first = chance.randrange(len(pool) - 10)
            writer.writerow([f"U{number:06d}", " ".join(chance.sample(pool[first : first + 10], 4))])
