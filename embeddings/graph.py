"""The bundled model's encoder as an OpenVINO graph.

A BERT encoder (Devlin et al. 2018, arXiv:1810.04805) of the given weights, mean pooling
over the real tokens and scaling to unit length. With quantization, the four matrix
products of each layer run in int8; everything else stays in float32. `Quantization` says
which and with which scales; how they are found is `calibration`'s business. With an adapter, the
matrices are its own, and its score of the mean is what comes out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as op

from embeddings.adapter import Adapter
from embeddings.quantization import Quantization
from embeddings.weights import Weights

LINEAR_INPUTS = ("qkv", "ao", "fi", "fo")
"""A layer's inputs of matrix products: of query-key-value, attention output, and the
feed-forward's first and second."""

Node = Any  # openvino's opset functions return untyped nodes
_NEGATIVE = -1e4  # added to the logits of padding; far below any real logit


class _Builder:
    def __init__(
        self, weights: Weights, quantization: Quantization | None, adapter: Adapter | None
    ) -> None:
        self.weights = weights
        self.shape = weights.shape
        self.quantization = quantization
        self.adapter = adapter
        self.inputs: dict[str, Node] = {}

    def embed(self, ids: Node) -> Node:
        hidden = self.shape.hidden
        levels, scales = self.weights.blocks("emb.word", self.shape.vocabulary)
        axis = op.constant(np.array(0))
        # The table stays in 8 bits: a lookup reads only the rows it needs.
        rows = op.convert(op.gather(op.constant(levels), ids, axis), np.float32)
        row_scales = op.convert(op.gather(op.constant(scales), ids, axis), np.float32)
        words = self.reshape(op.multiply(rows, row_scales), [0, 0, hidden])
        positions = self.weights.vector("emb.pos").reshape(-1, hidden)
        length = op.gather(op.shape_of(ids), op.constant(np.array([1])), axis)
        zero, one = op.constant(np.array([0])), op.constant(np.array([1]))
        position = op.slice(_const(positions), zero, length, one, zero)
        kind = self.weights.vector("emb.type").reshape(-1, hidden)[0]
        return self.norm(op.add(op.add(words, position), _const(kind)), "emb.ln")

    def norm(self, x: Node, name: str) -> Node:
        last = op.constant(np.array([-1]))
        scaled = op.mvn(x, last, True, float(self.shape.epsilon), "inside_sqrt")
        gain, bias = self.weights.vector(f"{name}.w"), self.weights.vector(f"{name}.b")
        return op.add(op.multiply(scaled, _const(gain)), _const(bias))

    def quantized(self, x: Node, name: str) -> Node:
        """The input of a matrix product, on the int8 grid if there is one."""
        self.inputs[name] = x
        if self.quantization is None or name not in self.quantization.smooth:
            return x
        smooth = self.quantization.smooth[name]
        x = op.multiply(x, _const((1 / smooth)[None, None]))
        low, high = _const(self.quantization.low[name]), _const(self.quantization.high[name])
        return op.fake_quantize(x, low, high, low, high, 256)

    def linear(self, x: Node, tensor: str, rows: int, name: str) -> Node:
        matrix = self.weights.matrix(f"{tensor}.w", rows)
        if self.adapter is not None:
            matrix = self.adapter.adapted(tensor, matrix)
        bias = _const(self.weights.vector(f"{tensor}.b")[None, None])
        if self.quantization is None or name not in self.quantization.smooth:
            return op.add(op.matmul(x, _const(matrix), False, True), bias)
        matrix = matrix * self.quantization.smooth[name]
        scale = np.abs(matrix).max(axis=1, keepdims=True) / 127
        levels = op.convert(op.constant(np.rint(matrix / scale).astype(np.int8)), np.float32)
        return op.add(op.matmul(x, op.multiply(levels, _const(scale)), False, True), bias)

    def attention(self, x: Node, layer: str, mask: Node) -> Node:
        hidden, heads = self.shape.hidden, self.shape.heads
        width = hidden // heads
        swap = op.constant(np.array([0, 2, 1, 3]))
        x = self.quantized(x, f"{layer}.qkv")

        def split(part: str) -> Node:
            y = self.linear(x, f"{layer}.{part}", hidden, f"{layer}.qkv")
            return op.transpose(self.reshape(y, [0, 0, heads, width]), swap)

        query, key, value = split("q"), split("k"), split("v")
        logits = op.matmul(op.multiply(query, _const(width**-0.5)), key, False, True)
        mixed = op.matmul(op.softmax(op.add(logits, mask), -1), value, False, False)
        merged = self.reshape(op.transpose(mixed, swap), [0, 0, hidden])
        merged = self.quantized(merged, f"{layer}.ao")
        return self.linear(merged, f"{layer}.ao", hidden, f"{layer}.ao")

    def feed_forward(self, x: Node, layer: str) -> Node:
        x = self.quantized(x, f"{layer}.fi")
        x = op.gelu(self.linear(x, f"{layer}.fi", self.shape.feed_forward, f"{layer}.fi"), "erf")
        x = self.quantized(x, f"{layer}.fo")
        return self.linear(x, f"{layer}.fo", self.shape.hidden, f"{layer}.fo")

    @staticmethod
    def reshape(x: Node, shape: list[int]) -> Node:
        return op.reshape(x, op.constant(np.array(shape)), True)  # 0 keeps a dimension


def build(
    weights: Weights,
    quantization: Quantization | None = None,
    adapter: Adapter | None = None,
    *,
    probes: bool = False,
) -> ov.Model:
    """The encoder: int32 `input_ids` and `attention_mask` of shape (batch, length) in,
    float32 unit vectors of shape (batch, hidden) out; with an adapter, its scores, of shape
    (batch, 1). With `probes`, the inputs of the matrix products follow as further outputs, in
    the order of `probe_names`.
    """
    builder = _Builder(weights, quantization, adapter)
    ids = op.parameter([-1, -1], np.int32, name="input_ids")
    mask = op.parameter([-1, -1], np.int32, name="attention_mask")
    real = op.convert(mask, np.float32)
    blocked = op.multiply(op.subtract(_const(1.0), real), _const(_NEGATIVE))
    blocked = op.unsqueeze(blocked, op.constant(np.array([1, 2])))
    x = builder.embed(ids)
    for index in range(weights.shape.layers):
        layer = f"l{index}"
        x = builder.norm(op.add(x, builder.attention(x, layer, blocked)), f"{layer}.aln")
        x = builder.norm(op.add(x, builder.feed_forward(x, layer)), f"{layer}.oln")
    middle = op.constant(np.array([1]))
    real = op.unsqueeze(real, op.constant(np.array(2)))
    mean = op.divide(
        op.reduce_sum(op.multiply(x, real), middle, False), op.reduce_sum(real, middle, False)
    )
    if adapter is None:
        out = op.divide(mean, op.reduce_l2(mean, middle, True))
    else:
        head = op.matmul(mean, _const(adapter.head[:, None]), False, False)
        out = op.add(head, _const(adapter.bias))
    outputs = [out, *(builder.inputs.values() if probes else ())]
    return ov.Model(outputs, [ids, mask], "multilingual-e5-small")


def probe_names(layers: int) -> list[str]:
    """The names of `build`'s probe outputs, in order."""
    return [f"l{layer}.{part}" for layer in range(layers) for part in LINEAR_INPUTS]


def _const(value: NDArray[Any] | float) -> Node:
    return op.constant(np.asarray(value, np.float32))
