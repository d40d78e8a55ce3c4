"""The bundled model: multilingual-e5-small without a model hub, a GPU or torch.

Its weights come from an installed package, are turned once into an int8 encoder in a cache
folder, and run there. The folder's name carries everything that decides the vectors, so a
new version never meets an old preparation; it appears by a single rename, so an
interrupted preparation starts over.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock

from embeddings import quantization
from embeddings.base import ModelIdentity, Progress, Vectors
from embeddings.errors import ConfigError
from embeddings.weights import SHA256, Weights

NAME = "multilingual-e5-small"
DIMENSION = 384
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
_VECTORS = 1  # raise when graph or tokenizer change what a vector is
_PREPARED = 2  # raise when the files of a preparation change
_MODEL = "encoder.xml"
STEPS = ("checking weights", "building tokenizer", "building encoder", "storing encoder")

OnStep = Callable[[str], None]


class BundledEmbedder:
    """multilingual-e5-small in int8 on OpenVINO.

    `cache` holds the prepared encoder (about 250 MB); `on_step` is told each step of its
    one-time preparation. Raises `WeightsError` if the weights are missing or wrong, and
    `ConfigError` if the cache cannot be written.
    """

    def __init__(self, cache: Path, on_step: OnStep = lambda step: None) -> None:
        self.identity = bundled_identity()
        folder = cache / f"{NAME}-{self.identity.weights[:16]}-{_PREPARED}"
        if not folder.exists():
            _prepare(folder, on_step)
        # Imported late: building an index entry or checking an identity needs no engine.
        from embeddings.engine import Engine

        self._engine = Engine(folder / _MODEL, folder, folder / "compiled")

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


def _prepare(folder: Path, on_step: OnStep) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f".{folder.name}.lock"))
        with lock:
            if folder.exists():  # another process prepared it while we waited
                return
            for left in folder.parent.glob(f"{folder.name}.*"):  # by one that was killed
                shutil.rmtree(left)
            work = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
            _prepare_in(work, on_step)
            work.replace(folder)
    except OSError as error:
        raise ConfigError(
            f"cannot prepare the model in {folder.parent} ({error.strerror}); make room there, or "
            "choose another folder with ARCHIVE_CACHE"
        ) from error


def _prepare_in(work: Path, on_step: OnStep) -> None:
    import openvino as ov

    from embeddings.graph import build
    from embeddings.tokenizer import write_models

    on_step(STEPS[0])
    weights = Weights()
    on_step(STEPS[1])
    write_models(weights, work)
    on_step(STEPS[2])
    model = build(weights, quantization.load()[0])
    on_step(STEPS[3])
    ov.save_model(model, work / _MODEL, compress_to_fp16=False)
