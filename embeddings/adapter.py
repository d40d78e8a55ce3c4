"""What turns the bundled encoder into one that reads two texts together: a question or a claim
with a sentence.

Low-rank additions to its matrices (LoRA, Hu et al. 2021, arXiv:2106.09685) and a last linear
layer, learned by `eval.adapting` and `eval.judging`; with the int8 scales of what they make of the
encoder, whose inputs have other ranges than the encoder's own. Running it is `reader`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import quantization
from embeddings.quantization import Quantization

READER, JUDGE = "e5-small-reader.npz", "e5-small-judge.npz"
"""The adapters that ship."""
_SCALES = "int8."


@dataclass(frozen=True, slots=True)
class Adapter:
    """`down[name]` of shape (rank, columns) and `up[name]` of shape (rows, rank), for each
    matrix that changes ("l4.q"); `head`, of shape (hidden,), and `bias` give the score. Without
    a `quantization` it runs in float32.
    """

    down: dict[str, NDArray[np.float16]]
    up: dict[str, NDArray[np.float16]]
    head: NDArray[np.float32]
    bias: float
    quantization: Quantization | None = None

    def adapted(self, name: str, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """A matrix as the adapted encoder has it."""
        if name not in self.up:
            return matrix
        added: NDArray[np.float32] = self.up[name].astype(np.float32) @ self.down[name]
        return matrix + added


def bundled(name: str = READER) -> Traversable:
    """The file of an adapter that ships."""
    return files("embeddings") / "data" / name


def load(file: Traversable) -> Adapter:
    """An adapter from the file that `save` wrote."""
    with file.open("rb") as opened, np.load(opened) as arrays:
        names = [str(name) for name in arrays["names"]]
        return Adapter(
            {name: arrays[f"{name}.down"] for name in names},
            {name: arrays[f"{name}.up"] for name in names},
            arrays["head"],
            float(arrays["bias"]),
            quantization.read(arrays, _SCALES) if f"{_SCALES}names" in arrays else None,
        )


def save(adapter: Adapter, path: Path) -> None:
    """Write the file that `load` reads."""
    arrays: dict[str, Any] = {
        "names": np.array(list(adapter.up)),
        "head": adapter.head,
        "bias": np.float32(adapter.bias),
        **{f"{name}.down": value for name, value in adapter.down.items()},
        **{f"{name}.up": value for name, value in adapter.up.items()},
    }
    if adapter.quantization is not None:
        arrays |= quantization.arrays_of(adapter.quantization, _SCALES)
    np.savez_compressed(path, **arrays)
