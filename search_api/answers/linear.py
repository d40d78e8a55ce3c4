"""A linear model over scaled features, as learning writes it and answers use it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CLIP = 6.0


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model over scaled features; all lists have one entry for each."""

    features: list[str]
    mean: list[float]
    scale: list[float]
    weights: list[float]
    bias: float

    def scores(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores of rows of features, shape (rows,)."""
        rows = scaled(rows, np.array(self.mean), np.array(self.scale))
        found: NDArray[np.float64] = rows @ np.array(self.weights) + self.bias
        return found

    def chances(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of rows of features, of a model learned as a logistic one."""
        found: NDArray[np.float64] = 1 / (1 + np.exp(-self.scores(rows)))
        return found


def scaled(
    rows: NDArray[np.float64], mean: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Rows of features as a model sees them, in learning and in use: outliers are cut off."""
    return np.clip((rows - mean) / scale, -_CLIP, _CLIP)
