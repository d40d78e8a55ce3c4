"""The vectors of sentences, the last ones remembered.

Embedding them takes half of an answer's time, and one question is followed by others about the
same papers.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.base import Embedder, Vectors

REMEMBERED = 8192
"""Sentences; of 384 dimensions they take 13 MB."""


class SentenceVectors:
    """Embeds sentences, each once as long as it is remembered. Threads may share it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, sentences: Sequence[str]) -> Vectors:
        """Unit vectors, float32 of shape (sentences, dimension)."""
        if not sentences:
            return self._embedder.embed_passages([])
        with self._lock:
            found = {each: self._known[each] for each in sentences if each in self._known}
        new = [each for each in dict.fromkeys(sentences) if each not in found]
        if new:
            # Copies: a row would keep all the others of its request in memory.
            rows = map(np.copy, self._embedder.embed_passages(new))
            found |= zip(new, rows, strict=True)
        with self._lock:
            for each in sentences:
                self._known[each] = found[each]
                self._known.move_to_end(each)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return np.stack([found[each] for each in sentences])
