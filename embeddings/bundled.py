"""The bundled model: multilingual-e5-small without a model hub, a GPU or torch.

Its weights come from an installed package and run as an int8 encoder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings import quantization
from embeddings.base import ModelIdentity, Progress, Vectors
from embeddings.preparation import OnStep, open_prepared
from embeddings.weights import SHA256, Weights

if TYPE_CHECKING:
    import openvino as ov

NAME = "multilingual-e5-small"
DIMENSION = 384
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
_VECTORS = 1  # raise when graph or tokenizer change what a vector is


class BundledEmbedder:
    """multilingual-e5-small in int8 on OpenVINO.

    `cache` holds the prepared encoder (about 250 MB); `on_step` is told each step of its
    one-time preparation. Raises `WeightsError` if the weights are missing or wrong, and
    `ConfigError` if the cache cannot be written.
    """

    def __init__(self, cache: Path, on_step: OnStep = lambda step: None) -> None:
        self.identity = bundled_identity()
        self._engine = open_prepared(
            cache / f"{NAME}-{self.identity.weights[:16]}", _encoder, on_step
        )

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors of passages, float32 of shape (len(texts), 384)."""
        return self._embed([PASSAGE_PREFIX + text for text in texts], progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of queries, float32 of shape (len(texts), 384)."""
        return self._embed([QUERY_PREFIX + text for text in texts], None)

    def _embed(self, texts: Sequence[str], progress: Progress | None) -> Vectors:
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for positions, _, outputs in self._engine.batches(texts):
            vectors[positions] = outputs[0]
            if progress is not None:
                progress(len(positions))
        return vectors


def bundled_identity() -> ModelIdentity:
    """The identity, without opening the model."""
    _, scales = quantization.load()
    weights = hashlib.sha256(f"{SHA256} {scales} {_VECTORS}".encode()).hexdigest()
    return ModelIdentity(NAME, weights, DIMENSION, QUERY_PREFIX, PASSAGE_PREFIX)


def _encoder(weights: Weights) -> ov.Model:
    from embeddings.graph import build

    return build(weights, quantization.load()[0])
