"""Logistic regression, as the models of answers are learned. Needs scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from search_api.answers.linear import Linear, scaled

FOLDS = 5
_INVERSE_PENALTY = 0.1
_LEAST_SCALE = 1e-4


def folds(count: int) -> NDArray[np.int64]:
    """The fold of each of so many, in which it is not learned from; shape (count,)."""
    return np.random.default_rng(0).permutation(count) % FOLDS


def logistic(
    features: Sequence[str], rows: NDArray[np.float64], holds: NDArray[np.bool_]
) -> Linear:
    """What tells rows that hold from others; `rows` of shape (rows, features)."""
    mean, scale = scaling(rows)
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=5000)
    model.fit(scaled(rows, mean, scale), holds)
    return linear(features, mean, scale, model.coef_[0], float(model.intercept_[0]))


def scaling(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and scale of each feature."""
    return rows.mean(axis=0), rows.std(axis=0) + _LEAST_SCALE


def linear(
    features: Sequence[str],
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
    weights: NDArray[np.float64],
    bias: float,
) -> Linear:
    """The model, in figures short enough for a file."""

    def rounded(values: NDArray[np.float64]) -> list[float]:
        return [round(float(value), 5) for value in values]

    return Linear(list(features), rounded(mean), rounded(scale), rounded(weights), round(bias, 5))
