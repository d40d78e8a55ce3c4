"""An embedder that remembers, so that measuring again embeds nothing again.

Vectors are kept in one SQLite file by model and text. Only evaluation uses this: an archive
keeps its vectors in its store.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from embeddings.base import Embedder, Progress, Vectors
from indexer.stores.validate import batches

_BATCH = 512


class RememberingEmbedder:
    """Asks its embedder only for texts that the file at `path` does not know. Threads may
    share it; `close` it at the end.
    """

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self.identity = embedder.identity
        self._embedder = embedder
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, data BLOB)")

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors of passages, float32 of shape (len(texts), dimension)."""
        return self._embed("passage", texts, self._embedder.embed_passages, progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of queries, float32 of shape (len(texts), dimension)."""
        return self._embed("query", texts, self._embedder.embed_queries, None)

    def _embed(
        self,
        role: str,
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], Vectors],
        progress: Progress | None,
    ) -> Vectors:
        keys = [self._key(role, text) for text in texts]
        with self._lock:
            missing = dict(zip(keys, texts, strict=True))
            for key in self._known(keys):
                missing.pop(key, None)
            for chunk in batches(list(missing.items()), _BATCH):
                found = embed([text for _, text in chunk])
                rows = [(key, row.tobytes()) for (key, _), row in zip(chunk, found, strict=True)]
                self._db.execute("BEGIN")
                self._db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
                self._db.execute("COMMIT")
            known = self._known(keys)
        if progress is not None:
            progress(len(texts))
        vectors = [np.frombuffer(known[key], np.float32) for key in keys]
        return np.array(vectors, np.float32).reshape(len(texts), self.identity.dimension)

    def _key(self, role: str, text: str) -> bytes:
        return hashlib.sha256(f"{self.identity!r}\x1f{role}\x1f{text}".encode()).digest()

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for chunk in batches(keys, _BATCH):
            marks = ",".join("?" * len(chunk))
            sql = f"SELECT key, data FROM vector WHERE key IN ({marks})"
            found.update(self._db.execute(sql, chunk).fetchall())
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
