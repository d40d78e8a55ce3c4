"""How the bundled model's int8 scales are found, and the file they ship in.

Runs the float32 encoder, or the reader that an adapter makes of it, over sample texts, notes the
range of every channel that enters a matrix product, and chooses the scales of `Quantization`.
An adapter's are in its own file, written where it is learned. Those of the encoder ship in a
small file, so that every machine gets the same vectors:

    python -m embeddings.calibration SAMPLES.jsonl

Each line of SAMPLES is an object with `title` and `abstract` in English and `zh`, whose
values are Chinese texts. Nothing here runs when the archive is used.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.adapter import Adapter
from embeddings.graph import LINEAR_INPUTS
from embeddings.quantization import FILE, Quantization, save
from embeddings.weights import Weights

# How far outliers move from the input into the weights (SmoothQuant's alpha). 0.75 for the
# feed-forward's second input, whose outliers cost most: mean cosine to float32 is 0.9992
# with these, 0.990 with 0.5 everywhere and 0.989 without smoothing.
ALPHA = {"qkv": 0.5, "ao": 0.0, "fi": 0.5, "fo": 0.75}
SAMPLES = 24


def calibrate(
    weights: Weights,
    texts: Sequence[str],
    adapter: Adapter | None = None,
    *,
    alpha: Mapping[str, float] = ALPHA,
    exact: Collection[str] = (),
) -> Quantization:
    """Scales from the channel ranges that `texts` (prefixes included) produce; the products
    named in `exact` get none and stay in float32.
    """
    low, high = _channel_ranges(weights, texts, adapter)
    smooth = {}
    for name in [each for each in low if each not in exact]:
        part = name.split(".")[1]
        reach = np.maximum(np.maximum(np.abs(low[name]), np.abs(high[name])), 1e-5)
        rows = np.maximum(_weight_reach(weights, name, adapter), 1e-5)
        scale = reach ** alpha[part] / rows ** (1 - alpha[part])
        if alpha[part] == 0:
            scale = np.ones_like(reach)
        smooth[name] = (scale / np.sqrt(scale.max() * scale.min())).astype(np.float32)
    return Quantization(
        smooth,
        {name: float((low[name] / smooth[name]).min()) for name in smooth},
        {name: float((high[name] / smooth[name]).max()) for name in smooth},
    )


def _channel_ranges(
    weights: Weights, texts: Sequence[str], adapter: Adapter | None
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
    from embeddings.engine import Engine
    from embeddings.graph import build, probe_names

    names = probe_names(weights.shape.layers)
    low: dict[str, NDArray[np.float32]] = {}
    high: dict[str, NDArray[np.float32]] = {}
    engine = Engine.from_weights(weights, build(weights, None, adapter, probes=True))
    for _, real, outputs in engine.batches(texts):
        for name, output in zip(names, outputs[1:], strict=True):
            values = output[real]
            low[name] = np.minimum(low.get(name, np.inf), values.min(axis=0))
            high[name] = np.maximum(high.get(name, -np.inf), values.max(axis=0))
    return low, high


def _weight_reach(weights: Weights, name: str, adapter: Adapter | None) -> NDArray[np.float32]:
    """The largest absolute weight that each input channel meets."""
    layer, part = name.split(".")
    shape = weights.shape
    rows = shape.feed_forward if part == "fi" else shape.hidden
    tensors = ("q", "k", "v") if part == "qkv" else (part,)
    reach = []
    for tensor in (f"{layer}.{each}" for each in tensors):
        matrix = weights.matrix(f"{tensor}.w", rows)
        matrix = matrix if adapter is None else adapter.adapted(tensor, matrix)
        reach.append(np.abs(matrix).max(axis=0))
    largest: NDArray[np.float32] = np.maximum.reduce(reach)
    return largest


def _sample_texts(path: Path) -> list[str]:
    texts = []
    with path.open(encoding="utf-8") as file:
        for line in itertools.islice(file, SAMPLES):
            record = json.loads(line)
            texts.append(f"passage: {record['title']}\n{record['abstract']}")
            texts.append(f"passage: {' '.join(record['zh'].values())}")
            texts.append(f"query: {record['title']}")
    return texts


if __name__ == "__main__":
    import sys

    target = Path(__file__).parent / "data" / FILE
    save(calibrate(Weights(), _sample_texts(Path(sys.argv[1]))), target)
    sys.stdout.write(f"{target}: {len(LINEAR_INPUTS)} inputs in each of 12 layers\n")
