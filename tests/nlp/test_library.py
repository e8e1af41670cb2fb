import ast
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeCV

import nlp
from nlp.__main__ import main
from nlp.features import TextFeatures
from nlp.ridge import fit_ridge
from nlp.similarity import reciprocal_ranks
from nlp.stack import fit_stack
from nlp.words import read_words, telling
from tests.nlp.conftest import CODES, PASSAGES, ROOT

HEAVY = ("spacy", "sklearn", "scipy", "numpy")
# The library knows neither web nor database, network, clock or environment.
FOREIGN = {
    "flask",
    "sqlalchemy",
    "consult",
    "socket",
    "requests",
    "urllib",
    "http",
    "datetime",
    "pickle",
    "subprocess",
}


def test_importing_the_library_imports_none_of_the_engines() -> None:
    check = f"import nlp, nlp.types, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_had() -> None:
    assert all(getattr(nlp, name) for name in nlp.__all__)
    with pytest.raises(AttributeError):
        _ = nlp.nothing


@pytest.mark.parametrize("path", sorted((ROOT / "nlp").glob("*.py")), ids=lambda path: path.name)
def test_the_library_reaches_for_nothing_outside_itself(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    imported |= {
        (node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    assert not imported & FOREIGN
    assert not any(
        isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} for node in ast.walk(tree)
    )


def test_left_out_scores_are_those_of_the_library() -> None:
    """scikit-learn's are as exact, from a decomposition that takes two to four times as long."""
    features = TextFeatures().fit(PASSAGES)
    texts, described = features.transform(PASSAGES), features.transform([code.definition for code in CODES])
    targets = np.repeat(np.eye(4, dtype=np.float32), 4, axis=0)
    ridge, left_out = fit_ridge(texts, targets, targets, described)
    design = np.concatenate([_dense(texts), _dense(described)]) / np.sqrt(2)
    design = np.hstack([design, np.ones((len(design), 1))])
    wanted = np.concatenate([targets - targets.mean(axis=0), np.eye(4)])
    library = RidgeCV([ridge.penalty], fit_intercept=False, store_cv_results=True, scoring="r2")
    assert np.allclose(left_out, library.fit(design, wanted).cv_results_[:16, :, 0], atol=1e-5)


def _dense(matrix: object) -> np.ndarray:
    return np.hstack([matrix.word.toarray(), matrix.char.toarray()])  # type: ignore[attr-defined] # a TextMatrix


def test_scores_of_the_ridge_are_those_of_its_kernel() -> None:
    features = TextFeatures().fit(PASSAGES)
    texts, described = features.transform(PASSAGES), features.transform([code.definition for code in CODES])
    targets = np.repeat(np.eye(4, dtype=np.float32), 4, axis=0)
    ridge, _ = fit_ridge(texts, targets, targets, described)
    everything = np.concatenate([_dense(texts), _dense(described)])
    kernel = everything @ everything.T / 2 + 1.0
    wanted = np.concatenate([targets - targets.mean(axis=0), np.eye(4)])
    dual = np.linalg.solve(kernel + ridge.penalty * np.eye(len(kernel)), wanted)
    assert np.allclose(ridge.scores(texts), (kernel @ dual)[:16], atol=1e-3)


def test_the_stack_finds_what_made_the_answers() -> None:
    rng = np.random.default_rng(0)
    defined, learned = rng.normal(size=(2, 20_000, 4)).astype(np.float32)
    logits = 1.2 * defined + 5.0 * learned - 1.0
    answer = (rng.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(np.float32)
    stack = fit_stack(defined, learned, answer, np.ones(answer.shape, dtype=bool))
    assert np.allclose(stack.coefficients, [1.2, 5.0, -1.0], atol=0.15)
    assert np.abs(stack.levels).max() < 0.15


def test_without_anything_known_the_stack_keeps_the_definition() -> None:
    nothing = np.zeros((1, 2), dtype=np.float32)
    stack = fit_stack(nothing, nothing, nothing, np.zeros((1, 2), dtype=bool))
    assert np.allclose(stack.logits(np.array([[1.5, -2.0]]), nothing), [[1.5, -2.0]])


def test_equals_share_the_better_rank() -> None:
    values = np.array([[0.2, 0.9, 0.2, 0.1], [0.0, 0.0, 0.0, 0.0]], dtype=np.float32)
    assert np.allclose(reciprocal_ranks(values), [[1 / 2, 1, 1 / 2, 1 / 4], [1, 1, 1, 1]])


def test_rows_of_features_have_length_one_unless_nothing_is_known() -> None:
    matrix = TextFeatures().fit(PASSAGES).transform([*PASSAGES, "", "🙂"])
    for part in (matrix.word, matrix.char):
        lengths = np.sqrt(np.asarray(part.multiply(part).sum(axis=1)).ravel())
        assert np.allclose(lengths[:-2], 1.0, atol=1e-5)
        assert np.allclose(lengths[-2:], 0.0)


@pytest.mark.parametrize("part", ["word", "char"])
def test_sums_over_words_are_what_the_library_makes_of_whole_texts(part: str) -> None:
    usual = {
        "word": TfidfVectorizer(
            tokenizer=lambda text: telling(read_words(text)),
            token_pattern=None,
            lowercase=False,
            sublinear_tf=True,
        ),
        "char": TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
    }[part]
    texts = [sentence.replace(".", "").replace(",", "") for sentence in PASSAGES]
    ours = getattr(TextFeatures().fit(texts).transform([*texts, "a bus of another kind"]), part)
    theirs = usual.fit(texts).transform([*texts, "a bus of another kind"])
    assert np.allclose((ours @ ours.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-5)


def test_a_letter_that_is_two_words_is_one_word_and_not_their_pair() -> None:
    apart = "\u062c\u0644 \u062c\u0644\u0627\u0644\u0647"
    assert read_words("\ufdfb") == [apart.replace(" ", "")]
    texts = ["\ufdfb again", apart, f"again {apart}"]
    assert len(TextFeatures().fit(texts).transform(texts)) == 3


def test_character_n_grams_bring_forms_of_a_word_together() -> None:
    matrix = (
        TextFeatures()
        .fit([*PASSAGES, "decide", "deciding", "decided"])
        .transform(["deciding", "decided", "mowing"])
    )
    near = (matrix.char @ matrix.char.T).toarray()
    assert near[0, 1] > 0.3 > near[0, 2]


def test_the_weights_shipped_are_those_the_command_makes(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "weights.json"
    # Without the encoder, whose part takes minutes: its sets come from the same code.
    assert main(["learn-fusion", "--data", str(shared_data), "--encoder", "none", "--out", str(out)]) == 0
    made, shipped = (
        json.loads(path.read_text("utf-8")) for path in (out, ROOT / "nlp" / "fusion_weights.json")
    )
    assert made["sources"] == shipped["sources"]
    for size in ("many", "few"):
        one, other = made["words"][size], shipped["words"][size]
        assert one["intercept"] == pytest.approx(other["intercept"], abs=0.02)
        assert one["weights"] == pytest.approx(other["weights"], abs=0.05)


def test_weights_cannot_be_made_from_a_folder_without_corpora(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn-fusion", "--data", str(tmp_path), "--out", str(tmp_path / "w.json")]) == 2
    assert "is not there" in capsys.readouterr().err
