"""Where texts stand towards each other: few numbers for each, near where what is said is alike.

What words and characters say (TF-IDF, its main directions) stands beside what an encoder says, where
there is one, 0.8 to 1.2; the main directions of both together are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from nlp.encoder import Encoder
from nlp.features import TextFeatures, TextMatrix
from nlp.progress import Say, silent
from nlp.words import FloatArray

#: More texts than these teach neither n-grams nor directions anything that a sample does not.
LEARNED_FROM = 20_000
_AT_ONCE = 2_000
_DIRECTIONS = 100
_KEPT = 50
_OF_CHARACTERS, _OF_WORDS, _OF_MEANING = 0.5, 0.8, 1.2
# Of the search for directions, not of the caller's choosing: it changes digits, not groups.
_SEARCH = 0

Points = NDArray[np.float64]


def place(
    texts: Sequence[str], weights: NDArray[np.float64], encoder: Encoder | None, seed: int, say: Say = silent
) -> tuple[Points, NDArray[np.bool_]]:
    """A point for each text, (texts, at most 50), and which texts have a known word or run of characters.

    Points tell how texts differ: what all share is taken away. `weights` say how much each text counts in
    learning what is common; `seed` chooses the sample to learn from where there are more than 20,000 texts.
    """
    rows, heard = directions_of(texts, weights, encoder, seed, say)
    return _main_directions(rows, weights), heard


def directions_of(
    texts: Sequence[str], weights: NDArray[np.float64], encoder: Encoder | None, seed: int, say: Say = silent
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """As `place`, but with what all share: a row for each text, whose cosines say how alike texts are."""
    chosen = _sample(len(texts), seed)
    features = TextFeatures(encoder).fit([texts[i] for i in chosen])
    directions = _directions(features, [texts[i] for i in chosen], weights[chosen])
    parts, heard = [], []
    for first in range(0, len(texts), _AT_ONCE):
        batch = features.transform(texts[first : first + _AT_ONCE])
        parts.append(_joined(batch, directions))
        heard.append(np.diff(batch.word.indptr) + np.diff(batch.char.indptr) > 0)
        say(f"{min(first + _AT_ONCE, len(texts))} of {len(texts)} texts measured")
    return np.concatenate(parts), np.concatenate(heard)


def _sample(count: int, seed: int) -> NDArray[np.int64]:
    if count <= LEARNED_FROM:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, LEARNED_FROM, replace=False))


def _directions(features: TextFeatures, texts: Sequence[str], weights: NDArray[np.float64]) -> FloatArray:
    """The main directions of words and characters, (n-grams, at most 100)."""
    matrix = features.transform(texts)
    words = _words(matrix)
    wanted = min(_DIRECTIONS, words.shape[1], len(texts))
    weighed = sparse.csr_array(sparse.diags_array(np.sqrt(weights)) @ words)
    _, _, found = randomized_svd(weighed, wanted, n_iter=5, random_state=_SEARCH)
    return np.asarray(found.T, dtype=np.float32)


def _words(matrix: TextMatrix) -> sparse.csr_array:
    return sparse.csr_array(sparse.hstack([matrix.word, _OF_CHARACTERS * matrix.char]))


def _joined(matrix: TextMatrix, directions: FloatArray) -> FloatArray:
    words = normalize(_words(matrix) @ directions)
    if not matrix.dense.shape[1]:
        return np.asarray(words, dtype=np.float32)
    return np.hstack([_OF_MEANING * matrix.dense, _OF_WORDS * words]).astype(np.float32)


def _main_directions(rows: FloatArray, weights: NDArray[np.float64]) -> Points:
    """Rows less their mean, turned to where they differ most."""
    mean = np.average(rows, axis=0, weights=weights)
    centred = np.asarray(rows - mean, dtype=np.float64)
    spread = (centred * weights[:, None]).T @ centred
    _, turned = np.linalg.eigh(spread)
    return np.asarray(centred @ turned[:, ::-1][:, :_KEPT], dtype=np.float64)
