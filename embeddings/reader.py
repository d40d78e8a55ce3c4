"""The bundled reader: how well a sentence answers a question, read together.

The bundled encoder with an adapter that was learned from questions with known answers, in
Chinese and English. It tells what words and vectors apart cannot: a sentence with all of a
question's words that does not say what was asked, or says it of something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.adapter import bundled, load
from embeddings.bundled import NAME, PASSAGE_PREFIX, QUERY_PREFIX
from embeddings.preparation import OnStep, open_prepared
from embeddings.weights import SHA256, Weights

if TYPE_CHECKING:
    import openvino as ov


class BundledReader:
    """A `Reranker` in int8 on OpenVINO. Threads may share it.

    `cache` holds the prepared model; `on_step` is told each step of its one-time
    preparation; `learned` is the file of another adapter than the one that ships, `kind` what
    its preparation is called. Raises `WeightsError` if the weights are missing or wrong, and
    `ConfigError` if the cache cannot be written.
    """

    def __init__(
        self,
        cache: Path,
        on_step: OnStep = lambda step: None,
        *,
        learned: Traversable | None = None,
        kind: str = "reader",
    ) -> None:
        chosen = learned or bundled()
        digest = hashlib.sha256(chosen.read_bytes()).hexdigest()
        version = hashlib.sha256(f"{SHA256} {digest}".encode()).hexdigest()[:16]
        folder = cache / f"{NAME}-{kind}-{version}"
        self._engine = open_prepared(folder, partial(_reader, chosen), on_step)

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """How probably each passage answers, float32 of shape (len(passages),)."""
        logits = np.empty(len(passages), np.float32)
        pairs = [joined(query, passage) for passage in passages]
        for positions, _, outputs in self._engine.batches(pairs):
            logits[positions] = outputs[0][:, 0]
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def joined(query: str, passage: str) -> str:
    """A query and a passage as one text, in learning and in use."""
    return f"{QUERY_PREFIX}{query} {PASSAGE_PREFIX}{passage}"


def titled(title: str, sentence: str) -> str:
    """A sentence with the title of its paper, as the reader reads it: what a sentence says is
    an answer only if it is about what was asked about.
    """
    return f"{title} | {sentence}"


def _reader(adapter: Traversable, weights: Weights) -> ov.Model:
    from embeddings.graph import build

    learned = load(adapter)
    return build(weights, learned.quantization, learned)
