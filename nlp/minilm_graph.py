"""Writes the graph of all-MiniLM-L6-v2 from its published weights: no torch, nothing unpickled.

The architecture is BERT's encoder (Devlin et al. 2019) with six layers; the vector of a text is the
mean over its tokens, of length one (Reimers and Gurevych 2019). The graph takes the tokens of one
text, so nothing is padded and no text's vector depends on which others are encoded with it.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

LAYERS, HEADS, WIDTH = 6, 12, 384
_HEAD = WIDTH // HEADS
_EPSILON = 1e-12
_OPSET = 20
_IR_VERSION = 10
Weights = dict[str, NDArray[np.float32]]


def build_graph(safetensors: Path, out: Path) -> None:
    """Write the graph, its matrices as whole numbers of 8 bits, to `out`."""
    exact = out.with_suffix(".exact")
    try:
        onnx.save(_Graph(_weights(safetensors)).model(), exact)
        quantize_dynamic(exact, out, weight_type=QuantType.QInt8)
    finally:
        exact.unlink(missing_ok=True)


def _weights(safetensors: Path) -> Weights:
    """The tensors of a safetensors file: a length, a header in JSON, the numbers."""
    data = safetensors.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    found: Weights = {}
    for name, tensor in header.items():
        if name != "__metadata__" and tensor["dtype"] == "F32":
            start, end = tensor["data_offsets"]
            numbers = np.frombuffer(data, "<f4", offset=8 + length + start, count=(end - start) // 4)
            found[name] = numbers.reshape(tensor["shape"])
    return found


class _Graph:
    """Nodes and constants, written down in the order in which they are needed."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def model(self) -> Any:
        """The whole encoder: tokens of one text in, its vector out."""
        x = self._embedded("tokens")
        for layer in range(LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}")
        mean = self._add("ReduceMean", x, self._constant("first_axis", np.array([0])), keepdims=0)
        self._add("LpNormalization", mean, axis=0, p=2, into="vector")
        graph = helper.make_graph(
            self.nodes, "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["n"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [WIDTH])],
            self.constants,
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _IR_VERSION
        onnx.checker.check_model(model)
        return model

    def _embedded(self, tokens: str) -> str:
        """Word, position and kind of text; all tokens are of the first kind."""
        w = self.weights
        places = w["embeddings.position_embeddings.weight"] + w["embeddings.token_type_embeddings.weight"][0]
        words = self._add("Gather", self._weight("embeddings.word_embeddings.weight"), tokens)
        zero = self._constant("zero", np.array([0]))
        there = self._add("Slice", self._constant("places", places), zero, self._add("Shape", tokens))
        return self._normal(self._add("Add", words, there), "embeddings.LayerNorm")

    def _layer(self, x: str, name: str) -> str:
        heard = self._dense(self._attention(x, f"{name}.attention.self"), f"{name}.attention.output.dense")
        x = self._normal(self._add("Add", heard, x), f"{name}.attention.output.LayerNorm")
        thought = self._add("Gelu", self._dense(x, f"{name}.intermediate.dense"))
        return self._normal(
            self._add("Add", self._dense(thought, f"{name}.output.dense"), x), f"{name}.output.LayerNorm"
        )

    def _attention(self, x: str, name: str) -> str:
        query = self._heads(self._dense(x, f"{name}.query"), [1, 0, 2])
        key = self._heads(self._dense(x, f"{name}.key"), [1, 2, 0])
        value = self._heads(self._dense(x, f"{name}.value"), [1, 0, 2])
        scale = self._constant("scale", np.float32(_HEAD**-0.5))
        scores = self._add("Mul", self._add("MatMul", query, key), scale)
        mixed = self._add("MatMul", self._add("Softmax", scores, axis=-1), value)
        back = self._add("Transpose", mixed, perm=[1, 0, 2])
        return self._add("Reshape", back, self._constant("row", np.array([-1, WIDTH])))

    def _heads(self, x: str, order: list[int]) -> str:
        split = self._add("Reshape", x, self._constant("heads", np.array([-1, HEADS, _HEAD])))
        return self._add("Transpose", split, perm=order)

    def _dense(self, x: str, name: str) -> str:
        turned = np.ascontiguousarray(self.weights[f"{name}.weight"].T)
        product = self._add("MatMul", x, self._constant(f"{name}.weight", turned))
        return self._add("Add", product, self._weight(f"{name}.bias"))

    def _normal(self, x: str, name: str) -> str:
        weight, bias = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._add("LayerNormalization", x, weight, bias, epsilon=_EPSILON)

    def _weight(self, name: str) -> str:
        return self._constant(name, self.weights[name])

    def _constant(self, name: str, value: NDArray[Any] | np.float32) -> str:
        if all(constant.name != name for constant in self.constants):
            self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def _add(self, op: str, *inputs: str, into: str = "", **attributes: Any) -> str:
        into = into or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [into], **attributes))
        return into
