"""Turns the bundled weights into a model that is ready to run, once, in a cache folder.

The folder's name carries everything that decides what comes out, so a new version never
meets an old preparation; it appears by a single rename, so an interrupted preparation starts
over. What the model computes is `graph`'s, how it runs `engine`'s business.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from embeddings.errors import ConfigError
from embeddings.weights import Weights

if TYPE_CHECKING:
    import openvino as ov

    from embeddings.engine import Engine

VERSION = 2
"""Raised when the files of a preparation change."""
STEPS = ("checking weights", "building tokenizer", "building encoder", "storing encoder")
_MODEL = "encoder.xml"

OnStep = Callable[[str], None]
Build = Callable[[Weights], "ov.Model"]


def open_prepared(folder: Path, build: Build, on_step: OnStep) -> Engine:
    """An engine for the model that `build` makes, prepared in this folder.

    Raises `WeightsError` if the weights are missing or wrong, and `ConfigError` if the folder
    cannot be written.
    """
    folder = folder.with_name(f"{folder.name}-{VERSION}")
    if not folder.exists():
        _prepare(folder, build, on_step)
    # Imported late: building an index entry or checking an identity needs no engine.
    from embeddings.engine import Engine

    return Engine(folder / _MODEL, folder, folder / "compiled")


def _prepare(folder: Path, build: Build, on_step: OnStep) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f".{folder.name}.lock"))
        with lock:
            if folder.exists():  # another process prepared it while we waited
                return
            for left in folder.parent.glob(f"{folder.name}.*"):  # by one that was killed
                shutil.rmtree(left)
            work = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
            try:
                _prepare_in(work, build, on_step)
                work.replace(folder)
            finally:
                shutil.rmtree(work, ignore_errors=True)  # where it is not finished
    except OSError as error:
        raise ConfigError(
            f"cannot prepare the model in {folder.parent} ({error.strerror}); make room there, or "
            "choose another folder with ARCHIVE_CACHE"
        ) from error


def _prepare_in(work: Path, build: Build, on_step: OnStep) -> None:
    import openvino as ov

    from embeddings.tokenizer import write_models

    on_step(STEPS[0])
    weights = Weights()
    on_step(STEPS[1])
    write_models(weights, work)
    on_step(STEPS[2])
    model = build(weights)
    on_step(STEPS[3])
    try:
        ov.save_model(model, work / _MODEL, compress_to_fp16=False)
    except RuntimeError as error:  # as it tells of a disk that is full
        raise OSError(errno.EIO, f"OpenVINO: {error}") from error
