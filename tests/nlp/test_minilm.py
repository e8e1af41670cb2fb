import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from nlp.encoder import Encoder, KeepingEncoder, installed_encoder
from nlp.errors import NlpError
from nlp.proposer import Proposer
from nlp.types import Decided
from tests.nlp.conftest import CODES, PASSAGES, ROOT, SENTENCES, decided_all

INSTALLED = ROOT / ".cache" / "encoder"


def test_texts_of_like_meaning_are_near_each_other_without_a_word_in_common(minilm: Encoder) -> None:
    coach, bus, grant = minilm.encode(["The coach was late.", "Our bus did not come.", "We got a grant."])
    assert coach @ bus > coach @ grant + 0.1


def test_a_vector_depends_on_its_text_alone(minilm: Encoder) -> None:
    together = minilm.encode(PASSAGES)
    alone = np.stack([minilm.encode([text])[0] for text in reversed(PASSAGES)])[::-1]
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("text", ["", " ", "🙂", "\u200b", "\ud83d", "x" * 5_000, "bus " * 5_000])
def test_any_text_has_a_vector_of_length_one(minilm: Encoder, text: str) -> None:
    (vector,) = minilm.encode([text])
    assert vector.shape == (384,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


def test_what_stands_at_the_end_of_a_long_text_counts(minilm: Encoder) -> None:
    padding = "The weather was fine and we walked home. " * 60
    plain, changed = minilm.encode([padding, padding + "The bus was cancelled. " * 60])
    (bus,) = minilm.encode(["The bus was cancelled."])
    assert changed @ bus > plain @ bus + 0.1


def test_no_texts_have_no_vectors(minilm: Encoder) -> None:
    assert minilm.encode([]).shape == (0, 384)


def test_a_code_is_found_by_meaning_where_no_word_is_shared(minilm: Encoder) -> None:
    text = "The tram and the coach are always late."
    words, meaning = (
        Proposer(encoder=encoder).fit(CODES, PASSAGES, []).score([text])[0] for encoder in (None, minilm)
    )
    assert meaning.argmax() == 0 != words.argmax()


def test_rejecting_lowers_and_accepting_raises_what_is_near_in_meaning(minilm: Encoder) -> None:
    text, near = SENTENCES["buses"][3], "No coach runs from here after tea."
    proposer = Proposer(encoder=minilm).fit(CODES, PASSAGES, decided_all(1))
    before = proposer.score([near])[0, 0]
    accepted = proposer.learn([*decided_all(1), Decided(text, "buses", applies=True)]).score([near])[0, 0]
    rejected = proposer.learn([*decided_all(1), Decided(text, "buses", applies=False)]).score([near])[0, 0]
    assert rejected < before < accepted


def test_a_kept_vector_is_not_made_again(minilm: Encoder) -> None:
    class Counting:
        name = "counting"
        asked = 0

        def encode(self, texts: list[str]) -> np.ndarray:
            self.asked += len(texts)
            return minilm.encode(texts)

    counting = Counting()
    keeping = KeepingEncoder(counting)
    first = keeping.encode(PASSAGES)
    assert np.array_equal(first, keeping.encode(PASSAGES))
    assert counting.asked == len(set(PASSAGES))
    assert keeping.encode([]).shape == (0, 384)


def test_without_its_files_there_is_no_encoder_and_a_line_that_says_so(tmp_path: Path) -> None:
    encoder, told = installed_encoder(tmp_path)
    assert encoder is None
    assert "words alone" in told
    assert "\n" not in told


def test_without_its_library_there_is_no_encoder_and_a_line_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "nlp.minilm", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    encoder, told = installed_encoder(INSTALLED)
    assert encoder is None
    assert "onnxruntime" in told


def test_a_damaged_encoder_is_not_used(minilm: Encoder, tmp_path: Path) -> None:
    for file in INSTALLED.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert installed_encoder(tmp_path)[0] is not None
    with (tmp_path / "model.onnx").open("r+b") as graph:
        graph.seek(1_000_000)
        graph.write(b"\x00\x01")
    encoder, told = installed_encoder(tmp_path)
    assert encoder is None
    assert "whole" in told


def test_other_weights_than_the_published_are_refused(minilm: Encoder, tmp_path: Path) -> None:
    prepare = import_module("nlp.minilm").prepare
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(NlpError, match="published weights"):
        prepare(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
