"""A fitted proposer as two files: arrays without pickle, and JSON; each pinned by SHA-256.

The JSON holds the hash of the arrays, and whoever keeps the model keeps the hash of the JSON, so
neither file can be changed unnoticed. Nothing in them is executed when they are read.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.correction import Correction
from nlp.encoder import Encoder
from nlp.errors import DamagedArtefactError
from nlp.features import TextFeatures, TextMatrix
from nlp.fusion import Fusion
from nlp.linear import LinearMap
from nlp.model import Model
from nlp.proposer import Proposer
from nlp.ridge import Ridge
from nlp.similarity import SIGNALS, Definitions, Meant, Spelled
from nlp.stack import Stack
from nlp.types import CodeSpec

_FORMAT = 4
_JSON, _ARRAYS = "model.json", "arrays.npz"
Arrays = dict[str, NDArray[Any]]


def save_proposer(proposer: Proposer, folder: Path) -> str:
    """Write both files; returns the SHA-256 of the JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **_arrays_of(proposer.model_))
    about_it = _about(proposer, sha256(packed.getvalue()).hexdigest())
    about = json.dumps(about_it, sort_keys=True, indent=1).encode()
    (folder / _ARRAYS).write_bytes(packed.getvalue())
    (folder / _JSON).write_bytes(about)
    return sha256(about).hexdigest()


def load_proposer(folder: Path, pin: str, encoder: Encoder | None) -> Proposer:
    """Read both files; raises DamagedArtefactError unless they are exactly what was saved under this pin."""
    about, packed = read_saved(folder, pin)
    with np.load(io.BytesIO(packed), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    proposer = Proposer(**{**about["settings"], "encoder": encoder})
    if proposer.settings() != about["settings"]:
        raise DamagedArtefactError(
            f"The model in {folder} was fitted with another encoder: give it that one."
        )
    specs = [_spec(code) for code in about["codes"]]
    model = _model_of(arrays, encoder)
    return proposer.restore(specs, about["texts"], model, about["n_decided"], about["data_hash"])


def read_saved(folder: Path, pin: str) -> tuple[dict[str, Any], bytes]:
    """What is said about a saved model, and its arrays, packed; raises as `load_proposer` does."""
    about: dict[str, Any] = json.loads(_checked_bytes(folder / _JSON, pin))
    if (about["format"], about["version"]) != (_FORMAT, Proposer.version):
        raise DamagedArtefactError(f"The model in {folder} is of another version: fit it again.")
    return about, _checked_bytes(folder / _ARRAYS, about["arrays_sha256"])


def _checked_bytes(path: Path, pin: str) -> bytes:
    try:
        found = path.read_bytes()
    except OSError:
        raise DamagedArtefactError(f"The model file {path} cannot be read: fit the model again.") from None
    if sha256(found).hexdigest() != pin:
        raise DamagedArtefactError(f"The model file {path} is not what was saved: fit the model again.")
    return found


def _about(proposer: Proposer, arrays_sha256: str) -> dict[str, object]:
    return {
        "format": _FORMAT,
        "name": proposer.name,
        "version": proposer.version,
        "settings": proposer.settings(),
        "codes": [asdict(code) for code in proposer.specs_],
        "texts": proposer.text_hash_,
        "n_decided": proposer.n_decided_,
        "data_hash": proposer.data_hash_,
        "arrays_sha256": arrays_sha256,
    }


def _spec(code: dict[str, Any]) -> CodeSpec:
    return CodeSpec(**{**code, "examples": tuple(code["examples"]), "synonyms": tuple(code["synonyms"])})


def _arrays_of(model: Model) -> Arrays:
    features, definitions = model.features, model.definitions
    arrays: Arrays = {
        "words": _packed(features.words_),
        "grams": _packed(features.grams_),
        "word_idf": features.word_idf_,
        "gram_idf": features.gram_idf_,
        "n_held": np.array(definitions.n_held_),
        "mean": definitions.mean_,
        "spread": definitions.spread_,
        "usual_best": definitions.usual_best_,
        "fusion": np.append(model.fusion.weights, model.fusion.intercept),
        "described.dense": model.described.dense,
        **_rows_of("described.word", model.described.word),
        **_rows_of("described.char", model.described.char),
    }
    for name, signal in definitions.signals_.items():
        arrays |= _signal_of(f"signal.{name}", signal)
    if model.ridge is not None and model.stack is not None and model.correction is not None:
        arrays |= _map_of("ridge.word", model.ridge.word) | _map_of("ridge.char", model.ridge.char)
        arrays |= {
            "ridge.level": model.ridge.level,
            "ridge.usual": model.ridge.usual,
            "ridge.penalty": np.array(model.ridge.penalty),
        }
        arrays |= {"ridge.dense": model.ridge.dense}
        arrays |= {"stack.coefficients": model.stack.coefficients, "stack.levels": model.stack.levels}
        arrays |= {"correction.slopes": model.correction.slopes}
        arrays |= {"correction.shift": np.array(model.correction.shift), "counts": model.decisions}
    return arrays


def _model_of(arrays: Arrays, encoder: Encoder | None) -> Model:
    idf = arrays["word_idf"], arrays["gram_idf"]
    words, grams = _unpacked(arrays["words"]), _unpacked(arrays["grams"])
    features = TextFeatures(encoder).restore(words, grams, idf)
    found = ((name, _signal(arrays, f"signal.{name}")) for name in SIGNALS)
    signals = {name: signal for name, signal in found if signal is not None}
    usual = arrays["mean"], arrays["spread"], arrays["usual_best"]
    definitions = Definitions().restore(signals, usual, int(arrays["n_held"]))
    described = TextMatrix(
        _rows(arrays, "described.word"), _rows(arrays, "described.char"), arrays["described.dense"]
    )
    model = Model(features, definitions, Fusion(arrays["fusion"][:-1], arrays["fusion"][-1]), described)
    if "counts" not in arrays:
        return model
    ridge = Ridge(
        word=_map(arrays, "ridge.word"),
        char=_map(arrays, "ridge.char"),
        dense=arrays["ridge.dense"],
        level=arrays["ridge.level"],
        usual=arrays["ridge.usual"],
        penalty=float(arrays["ridge.penalty"]),
    )
    stack = Stack(arrays["stack.coefficients"], arrays["stack.levels"])
    line = Correction(arrays["correction.slopes"], np.float32(arrays["correction.shift"]))
    return model.with_decisions(ridge, stack, line, arrays["counts"])


def _packed(words: list[str]) -> NDArray[np.uint8]:
    """No n-gram holds a line break."""
    return np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode("utf-8", "surrogatepass").split("\n")


def _signal_of(name: str, signal: Spelled | Meant) -> Arrays:
    if isinstance(signal, Meant):
        return {f"{name}.vectors": signal.vectors}
    return _map_of(f"{name}.word", signal.word) | _map_of(f"{name}.char", signal.char)


def _signal(arrays: Arrays, name: str) -> Spelled | Meant | None:
    if f"{name}.vectors" in arrays:
        return Meant(arrays[f"{name}.vectors"])
    if f"{name}.word.place" in arrays:
        return Spelled(_map(arrays, f"{name}.word"), _map(arrays, f"{name}.char"))
    return None


def _map_of(name: str, linear: LinearMap) -> Arrays:
    return {f"{name}.place": linear.place, f"{name}.weights": linear.weights}


def _map(arrays: Arrays, name: str) -> LinearMap:
    return LinearMap(arrays[f"{name}.place"], arrays[f"{name}.weights"])


def _rows_of(name: str, rows: sparse.csr_array) -> Arrays:
    parts = {"data": rows.data, "indices": rows.indices, "indptr": rows.indptr, "shape": np.array(rows.shape)}
    return {f"{name}.{key}": value for key, value in parts.items()}


def _rows(arrays: Arrays, name: str) -> sparse.csr_array:
    data, indices, indptr, shape = (arrays[f"{name}.{key}"] for key in ("data", "indices", "indptr", "shape"))
    return sparse.csr_array((data, indices, indptr), shape=tuple(shape.tolist()))
