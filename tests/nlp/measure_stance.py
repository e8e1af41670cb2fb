"""How well simple methods tell for from against, on subjects that they have not seen; none is offered for it.

Two corpora say whether a text is for or against what was asked: value arguments (a motion, crowd writing)
and the synthetic consultation (a question, machine writing). None marks conditional support. Learned is
TF-IDF with logistic regression, on the text alone and on the text with whether its words are the motion's.
Run it: python -m tests.nlp.measure_stance ../shared/data
"""

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

WANTED_PRECISION = 0.8
FOR = {"in favor of", "agree", "yes"}
AGAINST = {"against", "disagree", "no"}
_SUPPORTS = re.compile(
    r"\b(?:(?:i|we)(?: (?:fully|strongly|totally|completely|would))? (?:support|agree|welcome|endorse)|"
    r"in favou?r of|yes)\b",
    re.IGNORECASE,
)
_OPPOSES = re.compile(
    r"\b(?:(?:i|we)(?: (?:fully|strongly|totally|completely|would))? (?:oppose|object|disagree|reject)|"
    r"(?:do not|don't) (?:support|agree)|should not|shouldn't|no)\b",
    re.IGNORECASE,
)
CUES = "not no never should must need ban wrong harm only but however although while unless if".split()  # noqa: SIM905 # words


class Texts(NamedTuple):
    """Texts with what they speak to and on which side they are."""

    name: str
    texts: list[str]
    asked: list[str]
    groups: list[str]
    is_for: Any


def read(folder: Path, name: str, asked: str, stance: str, wanted: set[str] | None = None) -> Texts:
    csv.field_size_limit(1 << 30)
    with (folder / name / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[stance].lower() in FOR | AGAINST]
    if wanted:
        rows = [row for row in rows if row["question_id"] in wanted]
    return Texts(
        name if not wanted else f"{name} {'+'.join(sorted(wanted))}",
        [row["text"] for row in rows],
        [row[asked] for row in rows],
        [row[asked] for row in rows],
        np.array([row[stance].lower() in FOR for row in rows]),
    )


class Judge:
    """TF-IDF of words and pairs of words, with or without how a text takes up words of the question."""

    def __init__(self, *, with_asked: bool) -> None:
        self.with_asked = with_asked
        self.words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        self.model = LogisticRegression(C=1.0, max_iter=1_000, class_weight="balanced")

    def fit(self, data: Texts, rows: Sequence[int]) -> "Judge":
        self.words.fit([data.texts[row] for row in rows])
        self.model.fit(self.features(data, rows), data.is_for[rows])
        return self

    def features(self, data: Texts, rows: Sequence[int]) -> Any:
        learned = self.words.transform([data.texts[row] for row in rows])
        if not self.with_asked:
            return learned
        return hstack([learned, np.array([cues(data.texts[row], data.asked[row]) for row in rows])]).tocsr()

    def probability(self, data: Texts, rows: Sequence[int]) -> Any:
        return self.model.predict_proba(self.features(data, rows))[:, 1]


def cues(text: str, asked: str) -> list[float]:
    """Share of the question's words that the text has, and each cue, also where the question has it."""
    words, motion = set(text.lower().split()), set(asked.lower().split())
    overlap = len(words & motion) / max(len(motion), 1)
    return [
        overlap,
        *(float(cue in words) for cue in CUES),
        *(float(cue in words and cue in motion) for cue in CUES),
    ]


def unseen_subjects(data: Texts, *, with_asked: bool) -> Any:
    """Probabilities, each from a model that saw no text on the same motion."""
    found = np.zeros(len(data.texts))
    for train, test in GroupKFold(5).split(data.texts, groups=data.groups):
        found[test] = Judge(with_asked=with_asked).fit(data, train).probability(data, test)
    return found


def across(train: Texts, test: Texts, *, with_asked: bool) -> Any:
    judge = Judge(with_asked=with_asked).fit(train, range(len(train.texts)))
    return judge.probability(test, range(len(test.texts)))


def coverage(probability: Any, is_for: Any, side: bool) -> tuple[float, float]:
    """Largest share of all texts put on one side by one threshold at which precision is still as wanted."""
    score = probability if side else 1 - probability
    order = np.argsort(-score, kind="stable")
    right = (is_for[order] == side).cumsum()
    precision = right / np.arange(1, len(order) + 1)
    # The first few decide nothing: one in fifty at least.
    good = np.flatnonzero((precision >= WANTED_PRECISION) & (np.arange(len(order)) >= 19))
    return (float(good[-1] + 1) / len(order) if good.size else 0.0), float(np.mean(is_for == side))


def lines(folder: Path) -> Iterator[str]:
    values = read(folder, "valueeval_args", "topic", "stance")
    asked = [
        read(folder, "themefinder_synthetic", "question", "position", {"generation"}),
        read(folder, "themefinder_synthetic", "question", "position", {"question_part_1"}),
    ]
    for each in (values, *asked):
        yield plain_words(each)
    for with_asked in (False, True):
        how = "text and question" if with_asked else "text alone"
        yield line(
            f"{values.name}, motions not seen", how, unseen_subjects(values, with_asked=with_asked), values
        )
        for test in asked:
            yield line(
                f"{test.name}, learned on value arguments",
                how,
                across(values, test, with_asked=with_asked),
                test,
            )
        yield line(
            f"{values.name}, learned on the consultation",
            how,
            across(asked[0], values, with_asked=with_asked),
            values,
        )


def plain_words(data: Texts) -> str:
    """How often the plainest words of support and of opposition are right, where they stand."""
    said = []
    for word, pattern, side in (("for", _SUPPORTS, True), ("against", _OPPOSES, False)):
        right = [
            found == side for text, found in zip(data.texts, data.is_for, strict=True) if pattern.search(text)
        ]
        share = f"{sum(right) / len(right):.2f} right" if right else "never"
        said.append(f"{word}: in {len(right) / len(data.texts):.3f} of texts, {share}")
    return f"{data.name} (plain words), {len(data.texts)} texts: {'; '.join(said)}"


def line(name: str, how: str, probability: Any, data: Texts) -> str:
    said = (probability >= 0.5) == data.is_for
    found = [coverage(probability, data.is_for, side) for side in (True, False)]
    sides = "; ".join(
        f"{word}: {share:.2f} of texts at precision {WANTED_PRECISION} ({base:.2f} are)"
        for word, (share, base) in zip(("for", "against"), found, strict=True)
    )
    return f"{name} ({how}), {len(data.texts)} texts: right {said.mean():.2f}; {sides}"


if __name__ == "__main__":
    for each in lines(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")):
        sys.stdout.write(f"{each}\n")
