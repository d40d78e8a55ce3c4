"""The seam between text and vectors: what every embedding model offers.

An embedder turns texts into unit vectors and says exactly which model it is, so that an
index can refuse vectors from another one. Papers, stores and languages are unknown here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]
"""Called with the number of texts finished since the last call."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Everything that decides what a vector means.

    `weights` is a hash of the weights, or "remote" where a server does not tell;
    `projection` names the linear map applied to the model's output ("none", or a hash).
    """

    name: str
    weights: str
    dimension: int
    query_prefix: str
    passage_prefix: str
    projection: str = "none"

    def __str__(self) -> str:
        """The name, its weights and a digest of the whole identity, for people."""
        digest = hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()
        return f"{self.name} (weights {self.weights[:12]}, identity {digest[:8]})"


class Embedder(Protocol):
    """An embedding model.

    Raises `WeightsError` on opening if its weights are missing or wrong, `EndpointError`
    where it is remote and fails.
    """

    @property
    def identity(self) -> ModelIdentity:
        """Which model this is."""
        ...

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors of texts to be found, float32 of shape (len(texts), dimension)."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of queries, float32 of shape (len(texts), dimension)."""
        ...


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to unit length; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return scaled
