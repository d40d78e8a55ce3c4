"""A linear map over a model's vectors that takes language out of them.

Multilingual models put the language of a text into its vector as strongly as its meaning,
so that a search ranks by language first. The map is learned once from texts in both
languages and ships as a small file; it is part of a model's identity. Here is the closed
form: the direction from the mean of one language to the mean of the other is removed, and
the directions in which two texts of one meaning still differ are damped (within-class
covariance normalisation, Hatch et al. 2006, doi:10.21437/Interspeech.2006-183).
`embeddings.contrastive` goes on from there.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from embeddings.base import Embedder, ModelIdentity, Progress, Vectors, unit
from embeddings.errors import ConfigError, InputError

_DATA = "e5-small-language.npz"
POWER = -0.25
SHRINKAGE = 0.2


@dataclass(frozen=True, slots=True)
class Projection:
    """Vectors minus `mean` (shape (dimension,)), times `matrix` (shape (dimension, out))."""

    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]

    def apply(self, vectors: Vectors) -> Vectors:
        """Project unit vectors, shape (n, dimension), to unit vectors, shape (n, out)."""
        return unit(((vectors - self.mean) @ self.matrix).astype(np.float32))

    def applied_to(self, identity: ModelIdentity) -> ModelIdentity:
        """What a model is with this map. Raises `ConfigError` for a map of another model's."""
        if identity.dimension != len(self.mean):
            raise ConfigError(
                f"the map is for vectors of {len(self.mean)} dimensions, the model "
                f"{identity.name} has {identity.dimension}; give the map that was learned for it"
            )
        return replace(identity, dimension=self.matrix.shape[1], projection=self.digest())

    def digest(self) -> str:
        """SHA-256 of the map."""
        return hashlib.sha256(self.mean.tobytes() + self.matrix.tobytes()).hexdigest()


class ProjectedEmbedder:
    """An embedder whose vectors go through a projection, passages and queries alike.

    Raises `ConfigError` where the projection is for vectors of another length.
    """

    def __init__(self, embedder: Embedder, projection: Projection) -> None:
        self._embedder = embedder
        self._projection = projection
        self.identity = projection.applied_to(embedder.identity)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors of passages, float32 of shape (len(texts), dimension)."""
        return self._projection.apply(self._embedder.embed_passages(texts, progress))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of queries, float32 of shape (len(texts), dimension)."""
        return self._projection.apply(self._embedder.embed_queries(texts))


def learn(first: Vectors, second: Vectors) -> Projection:
    """The map that brings pairs together; row i of both means the same, in two languages.

    Both have shape (pairs, dimension), unit length, float32. Raises `InputError` for pairs that
    teach nothing: fewer than two, or without a difference between the languages.
    """
    a, b = first.astype(np.float64), second.astype(np.float64)
    mean = (a.mean(axis=0) + b.mean(axis=0)) / 2
    direction = a.mean(axis=0) - b.mean(axis=0)
    if len(a) < 2 or not (length := np.linalg.norm(direction)):
        raise InputError(f"{len(a)} pairs teach no map; give texts about many papers")
    direction /= length
    keep = np.eye(len(direction)) - np.outer(direction, direction)
    difference = (a - b) @ keep / np.sqrt(2)
    covariance = difference.T @ difference / len(difference)
    spread = np.trace(covariance) / len(covariance)
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * spread * np.eye(len(covariance))
    values, vectors = np.linalg.eigh(covariance)
    damp = vectors @ np.diag((values / spread) ** POWER) @ vectors.T
    return Projection(mean.astype(np.float32), (keep @ damp).astype(np.float32))


def load_bundled() -> Projection:
    """The map that ships with the bundled model."""
    with (files("embeddings") / "data" / _DATA).open("rb") as file:
        return _read(file)


def load(path: Path) -> Projection:
    """A map from a file that `save` wrote. Raises `ConfigError` if it is none."""
    try:
        with path.open("rb") as file:
            return _read(file)
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile, zlib.error) as error:
        raise ConfigError(f"{path} is no map; `archive learn map` writes one ({error})") from error


def _read(file: IO[bytes]) -> Projection:
    with np.load(file) as arrays:
        mean, matrix = arrays["mean"], arrays["matrix"]
    if mean.ndim != 1 or matrix.ndim != 2 or len(mean) != len(matrix):
        raise ValueError(f"its arrays have the shapes {mean.shape} and {matrix.shape}")
    if not (np.isfinite(mean).all() and np.isfinite(matrix).all()):
        raise ValueError("it holds what is no number")
    return Projection(mean, matrix)


def save(projection: Projection, path: Path) -> None:
    """Write the file that `load` reads; half precision is exact enough to keep."""
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            mean=projection.mean.astype(np.float16).astype(np.float32),
            matrix=projection.matrix.astype(np.float16).astype(np.float32),
        )
