"""The phrases that tell groups of texts apart: words, and pairs of words that stand side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from nlp.stopwords import STOP_WORDS
from nlp.words import FloatArray, IntArray, read_words

_AT_MOST = 60_000
_LOOKED_AT = 40
_STEM = 5
_OF_PAIRS = 1.5
# By themselves these name little; beside another word they may.
_OF_HOLLOW = 0.2
_LISTED = """
no not nothing nobody never none without two three four five six seven eight nine ten eleven twelve
hundred thousand first second third thing things something anything everything somebody anybody
everybody anyone someone everyone always often
"""
_HOLLOW = frozenset(_LISTED.split())


def key_phrases(
    texts: Sequence[str], group: IntArray, weights: NDArray[np.float64], at_most: int = 8
) -> list[tuple[str, ...]]:
    """The phrases that tell each group from the others, the best first; `group` numbers texts from 0.

    Weighed by the likelihood ratio of being commoner in the group than in all others (Dunning 1993):
    class-based TF-IDF, tried before it, lets words through that are common everywhere. A phrase counts once
    in a text, a pair of words half as much again: it says more. What repeats a better phrase is left out.
    """
    groups = int(group.max()) + 1 if len(group) else 0
    counter = CountVectorizer(
        analyzer=phrases_of, binary=True, dtype=np.float32, min_df=min(2, len(texts)), max_features=_AT_MOST
    )
    try:
        counts = sparse.csr_array(counter.fit_transform(texts))
    except ValueError:  # no phrase at all, or none that two texts share
        return [()] * groups
    sums = sparse.csr_array(
        (weights.astype(np.float32), (group, np.arange(len(texts)))), shape=(groups, len(texts))
    )
    names = counter.get_feature_names_out().tolist()
    worth = np.array([_OF_PAIRS if " " in name else _OF_HOLLOW if name in _HOLLOW else 1.0 for name in names])
    scores = _scores((sums @ counts).toarray()) * worth
    return [_best(row, names, at_most) for row in scores]


def phrases_of(text: str) -> list[str]:
    """The telling words of a text, and pairs of them with nothing between."""
    words = read_words(text)
    telling = [_tells(word) for word in words]
    found = [word for word, tells in zip(words, telling, strict=True) if tells]
    found += [f"{words[i]} {words[i + 1]}" for i in range(len(words) - 1) if telling[i] and telling[i + 1]]
    return found


def name_of(phrases: Sequence[str]) -> str:
    """A short name from key phrases, the best three; empty where there are none."""
    name = ", ".join(phrases[:3])
    return name[:1].upper() + name[1:]


def _tells(word: str) -> bool:
    return len(word) > 1 and word not in STOP_WORDS and not word.isdecimal()


def _scores(counts: FloatArray) -> FloatArray:
    """How sure it is that a phrase is commoner in a group than in all others; 0 where it is not."""
    here, group = counts.astype(np.float64), counts.sum(axis=1, keepdims=True, dtype=np.float64)
    total, everything = here.sum(axis=0), here.sum()
    expected = group * total / max(everything, 1e-9)
    sure = here * _logarithm(here, expected) + (total - here) * _logarithm(total - here, total - expected)
    alone = here.shape[0] == 1  # no others to compare with: what is commonest
    return np.asarray(here if alone else np.where(here > expected, 2 * sure, 0.0), dtype=np.float32)


def _logarithm(seen: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log(np.maximum(seen, 1e-12) / np.maximum(expected, 1e-12)))


def _best(scores: FloatArray, names: Sequence[str], at_most: int) -> tuple[str, ...]:
    """The best phrases, none of which says what another one has said; of equals the first by alphabet."""
    chosen: list[str] = []
    said: set[str] = set()
    for column in np.argsort(-scores, kind="stable")[:_LOOKED_AT]:
        stems = {word[:_STEM] for word in names[column].split()}
        if len(chosen) == at_most or scores[column] <= 0:
            break
        if not stems & said:
            chosen.append(names[column])
            said |= stems
    return tuple(chosen)
