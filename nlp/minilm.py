"""all-MiniLM-L6-v2, a small English sentence encoder, on the processor through onnxruntime.

Each text is encoded by itself, without padding: its vector depends on nothing but its words, so the
order of texts and the size of batches make no difference. Threads take the texts of a batch apart.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from nlp.errors import DamagedArtefactError, NlpError
from nlp.words import FloatArray

WIDTH = 384
#: What the model was trained to read at once; longer texts are read in parts of this many tokens.
TOKENS_AT_ONCE = 256
#: Of the published weights; a file with another is not this model.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
GRAPH, TOKENIZER, PIN = "model.onnx", "tokenizer.json", "sha256.txt"


class MiniLm:
    """Vectors of 384 numbers, of length one, from a folder that `prepare` wrote."""

    def __init__(self, folder: Path) -> None:
        """Raise DamagedArtefactError unless the folder holds exactly what `prepare` wrote."""
        pin = (folder / PIN).read_text("utf-8").strip() if (folder / PIN).is_file() else ""
        if not pin or pin != _pin_of(folder):
            raise DamagedArtefactError(f"{folder} does not hold a whole one; ./run makes one.")
        self.name = f"all-MiniLM-L6-v2 int8 {pin[:12]}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(folder / GRAPH, options, providers=providers)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(TOKENS_AT_ONCE)
        self._threads = (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One row for each text; a text without words gets the vector of nothing."""
        different = sorted(set(texts))
        # Half a surrogate pair, which a broken file may hold, is no text to the tokenizer.
        read = self._tokenizer.encode_batch([text.encode("utf-8", "replace").decode() for text in different])
        parts = [[text.ids, *(more.ids for more in text.overflowing)] for text in read]
        with ThreadPoolExecutor(self._threads) as pool:
            rows = dict(zip(different, pool.map(self._vector, parts), strict=True))
        if not texts:
            return np.zeros((0, WIDTH), dtype=np.float32)
        return np.stack([rows[text] for text in texts])

    def _vector(self, parts: list[list[int]]) -> FloatArray:
        """Mean over the parts of a long text, each counted by its length."""
        vectors = [self._session.run(None, {"tokens": np.array(part, dtype=np.int64)})[0] for part in parts]
        if len(vectors) == 1:
            return np.asarray(vectors[0], dtype=np.float32)
        mean = np.average(vectors, axis=0, weights=[len(part) for part in parts])
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def prepare(published: Path, folder: Path) -> None:
    """Make the encoder's folder from the published files `model.safetensors` and `tokenizer.json`.

    All or nothing: the pin is written last. Takes seconds, once. Raises NlpError where the weights
    are not the published ones.
    """
    from nlp.minilm_graph import build_graph  # a library needed only here

    weights = published / "model.safetensors"
    if not weights.is_file() or _sha256(weights) != WEIGHTS_SHA256:
        raise NlpError(f"{weights} does not hold the published weights of all-MiniLM-L6-v2.")
    folder.mkdir(parents=True, exist_ok=True)
    build_graph(weights, folder / GRAPH)
    (folder / TOKENIZER).write_bytes((published / TOKENIZER).read_bytes())
    (folder / PIN).write_text(_pin_of(folder) + "\n", "utf-8")


def _pin_of(folder: Path) -> str:
    try:
        both = _sha256(folder / GRAPH) + _sha256(folder / TOKENIZER)
    except OSError:
        return ""
    return hashlib.sha256(both.encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
