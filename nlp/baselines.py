"""The plain methods to compare with, as anybody would set them up with scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlp.codebook import defining_text
from nlp.measures import Truth
from nlp.types import CodeSpec
from nlp.words import FloatArray


def cosine_scores(codes: Sequence[CodeSpec], held: Sequence[str], texts: Sequence[str]) -> FloatArray:
    """TF-IDF cosine of each text with what the codebook says of each code."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    defined = [defining_text(code) for code in codes]
    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
    vectors.fit([*held, *defined])
    return np.asarray((vectors.transform(texts) @ vectors.transform(defined).T).toarray(), dtype=np.float32)


def regression_scores(known: Sequence[str], truth: Truth, texts: Sequence[str], *, seed: int) -> FloatArray:
    """TF-IDF with one logistic regression for each code; a code seen always or never keeps that share."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    scores = np.broadcast_to(truth.mean(axis=0), (len(texts), truth.shape[1])).astype(np.float32)
    vectors = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), dtype=np.float32)
    try:
        seen = vectors.fit_transform(known)
    except ValueError:
        return scores  # not one word in the labelled passages
    measured = vectors.transform(texts)
    for code in np.flatnonzero(truth.any(axis=0) & ~truth.all(axis=0)):
        model = LogisticRegression(C=10.0, max_iter=1000, random_state=seed).fit(seen, truth[:, code])
        scores[:, code] = model.predict_proba(measured)[:, 1]
    return scores
