"""An optional second stage: a cross-encoder that reads query and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.cross_encoder import open_cross_encoder
from embeddings.errors import WeightsError


class Reranker(Protocol):
    """Says how well passages answer a query."""

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """A score between 0 and 1 for each passage, float32 of shape (len(passages),)."""
        ...


class CrossEncoderReranker:
    """A cross-encoder run by sentence-transformers.

    Raises `ConfigError` if the library is not installed, `WeightsError` if the model cannot
    be loaded or gives more than one figure for a pair.
    """

    def __init__(self, name: str) -> None:
        self._model = open_cross_encoder(name, "sigmoid")
        if self._model.config.num_labels != 1:
            labels = self._model.config.num_labels
            raise WeightsError(f"the reranker {name!r} gives {labels} figures for a pair, not one")

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """A score between 0 and 1 for each passage, float32 of shape (len(passages),)."""
        if not passages:
            return np.empty(0, np.float32)
        pairs = [(query, passage) for passage in passages]
        return np.asarray(self._model.predict(pairs, show_progress_bar=False), np.float32)
