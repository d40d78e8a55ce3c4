"""Any sentence-transformers model, by name or path.

Prefixes come from the model's own prompts ("query", "passage" or "document") where it has
them. Importing this module is cheap; opening a model imports torch.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from embeddings.base import ModelIdentity, Progress, Vectors, unit
from embeddings.errors import MissingPackage, WeightsError

# E5 models need their prefixes but do not always state them as prompts.
_E5 = ("query: ", "passage: ")


class SentenceTransformerEmbedder:
    """A model run by sentence-transformers on whatever device it picks.

    Raises `MissingPackage` if the library is not installed, `WeightsError` if the model
    cannot be loaded.
    """

    def __init__(
        self, name: str, *, query_prefix: str | None = None, passage_prefix: str | None = None
    ) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            what = f"the model {name!r}"
            raise MissingPackage(what, "sentence-transformers", "models") from error
        try:
            self._model = SentenceTransformer(name)
        except Exception as error:  # loaders raise bare exceptions for damaged files
            raise WeightsError(f"cannot load the model {name!r}: {error}") from error
        prompts = self._model.prompts or {}
        words = re.split(r"[-_.]", PurePath(name).name.lower())
        default = _E5 if "e5" in words else ("", "")
        stated = (prompts.get("query"), prompts.get("passage") or prompts.get("document"))
        query, passage = (s or d for s, d in zip(stated, default, strict=True))
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise WeightsError(f"the model {name!r} does not say how long its vectors are")
        self.identity = ModelIdentity(
            name,
            self._weights_hash(),
            dimension,
            query if query_prefix is None else query_prefix,
            passage if passage_prefix is None else passage_prefix,
        )

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors of passages, float32 of shape (len(texts), dimension)."""
        chunks = []
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        for start in range(0, len(order), 64):
            chosen = order[start : start + 64]
            chunks.append(self._encode([self.identity.passage_prefix + texts[i] for i in chosen]))
            if progress is not None:
                progress(len(chosen))
        vectors = np.empty((len(texts), self.identity.dimension), np.float32)
        if chunks:
            vectors[order] = np.concatenate(chunks)
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of queries, float32 of shape (len(texts), dimension)."""
        return self._encode([self.identity.query_prefix + text for text in texts])

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.identity.dimension), np.float32)
        # An explicit empty prompt: the prefixes above are the only ones.
        found = self._model.encode(texts, prompt="", convert_to_numpy=True)
        return unit(np.asarray(found, np.float32))

    def _weights_hash(self) -> str:
        digest = hashlib.sha256()
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().float().numpy().tobytes())
        return digest.hexdigest()
