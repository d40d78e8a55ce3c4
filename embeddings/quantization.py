"""The scales with which the bundled model runs in int8, and the file they ship in.

Kept apart from `graph`, which needs an engine, and from `calibration`, which finds them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = "e5-small-int8.npz"


@dataclass(frozen=True, slots=True)
class Quantization:
    """Scales that make int8 matrix products faithful (SmoothQuant, Xiao et al. 2022,
    arXiv:2211.10438).

    `smooth[name]` divides the input's channels, float32 of shape (channels,), and the
    weights take it up; `low[name]` and `high[name]` bound the divided input. Names are
    "l0.qkv" to "l11.fo"; a product whose name is missing stays in float32.
    """

    smooth: dict[str, NDArray[np.float32]]
    low: dict[str, float]
    high: dict[str, float]


def load() -> tuple[Quantization, str]:
    """The shipped scales and the SHA-256 of their file."""
    data = files("embeddings") / "data" / FILE
    with data.open("rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
        file.seek(0)
        with np.load(file) as arrays:
            return read(arrays), digest


def save(quantization: Quantization, path: Path) -> None:
    """Write the file that `load` reads."""
    np.savez_compressed(path, **arrays_of(quantization))


def read(arrays: Mapping[str, Any], prefix: str = "") -> Quantization:
    """The scales among a file's arrays, as `arrays_of` names them."""
    names = [str(name) for name in arrays[f"{prefix}names"]]
    return Quantization(
        {name: arrays[f"{prefix}{name}"] for name in names},
        dict(zip(names, map(float, arrays[f"{prefix}low"]), strict=True)),
        dict(zip(names, map(float, arrays[f"{prefix}high"]), strict=True)),
    )


def arrays_of(quantization: Quantization, prefix: str = "") -> dict[str, Any]:
    """Scales as arrays to be written, their names led by `prefix`."""
    names = list(quantization.smooth)
    return {
        f"{prefix}names": np.array(names),
        f"{prefix}low": np.array([quantization.low[name] for name in names], np.float32),
        f"{prefix}high": np.array([quantization.high[name] for name in names], np.float32),
        **{f"{prefix}{name}": values for name, values in quantization.smooth.items()},
    }
