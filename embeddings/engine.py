"""Runs an encoder graph over token ids, in length-sorted batches.

Knows OpenVINO and the tokenizer, nothing of prefixes or of what the texts are.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from embeddings.tokenizer import PAD, Tokenizer, damaged, write_models
from embeddings.weights import Weights

MAX_TOKENS = 512
# Tokens in a batch, padding included: larger batches index a twentieth faster at most, use more
# memory and pad the short sentences of a request to its longest.
BATCH_TOKENS = 384
SHORT = 32

Batch = tuple[list[int], NDArray[np.bool_], list[NDArray[np.float32]]]


class Engine:
    """A compiled encoder with its tokenizer. Threads may share it.

    Raises `WeightsError` if the files cannot be loaded.
    """

    def __init__(
        self, model: ov.Model | Path, tokenizer: Path, compile_cache: Path | None = None
    ) -> None:
        core = ov.Core()
        if compile_cache is not None:
            core.set_property({"CACHE_DIR": str(compile_cache)})
        # Float32 outside the int8 products, whatever the processor would rather do: the
        # same vectors everywhere.
        settings = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        try:
            self._compiled = core.compile_model(model, "CPU", settings)
            self._tokenizer = Tokenizer(tokenizer, MAX_TOKENS)
        except (RuntimeError, OSError, ValueError, EOFError) as error:
            raise damaged(tokenizer, str(error).partition("\n")[0]) from error
        self._requests = threading.local()

    @classmethod
    def from_weights(cls, weights: Weights, model: ov.Model) -> Engine:
        """An engine for a graph that is not prepared on disk, as calibration uses."""
        with tempfile.TemporaryDirectory() as folder:
            write_models(weights, Path(folder))
            engine = cls(model, Path(folder))
            engine._tokenizer.encode(["\u00e9"])  # loads what the folder will not keep
            return engine

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Encode texts, longest first.

        Yields the positions of a batch's texts, which tokens are real (bool, shape
        (batch, length)) and the graph's outputs, the first of which is float32 of shape
        (batch, hidden).
        """
        ids = self._tokenizer.encode(texts)
        order = sorted(range(len(ids)), key=lambda index: -len(ids[index]))
        while order:
            length = _padded(len(ids[order[0]]))
            size = max(1, BATCH_TOKENS // length)
            chosen, order = order[:size], order[size:]
            tokens = np.full((len(chosen), length), PAD, np.int32)
            real = np.zeros((len(chosen), length), np.int32)
            for row, index in enumerate(chosen):
                tokens[row, : len(ids[index])] = ids[index]
                real[row, : len(ids[index])] = 1
            outputs = self._request().infer([tokens, real])
            yield chosen, real.astype(bool), [outputs[i] for i in range(len(outputs))]

    def _request(self) -> ov.InferRequest:
        """The calling thread's own: one request cannot serve two threads at once."""
        if not hasattr(self._requests, "own"):
            self._requests.own = self._compiled.create_infer_request()
        return self._requests.own


def _padded(length: int) -> int:
    """A length to pad to. The engine keeps memory for every shape that it met, so long texts
    share a few; a short query is left alone, where padding would cost time.
    """
    return length if length <= SHORT else -(-length // SHORT) * SHORT
