"""Plain classifiers over vectors, to be measured against: what anybody would try first.

Each takes known vectors (float32, shape (known, dimension)), which of the classes each is in
(bool, shape (known, classes)) and vectors to be classified, and gives scores of shape
(vectors, classes).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Plain = Callable[[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float32]], NDArray[np.float64]]


def nearest(
    known: NDArray[np.float32], truth: NDArray[np.bool_], asked: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The classes of the nearest vector."""
    return np.asarray(truth[(asked @ known.T).argmax(axis=1)], np.float64)


def ten_nearest(
    known: NDArray[np.float32], truth: NDArray[np.bool_], asked: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The classes of the ten nearest, by cosine."""
    similar = (asked @ known.T).astype(np.float64)
    last = np.sort(similar, axis=1)[:, -min(10, len(known))][:, None]
    return np.asarray(np.where(similar >= last, similar, 0.0) @ truth)


def prototypes(
    known: NDArray[np.float32], truth: NDArray[np.bool_], asked: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Cosine with each class's mean."""
    means = truth.T.astype(np.float64) @ known
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return np.asarray(asked @ means.T)


def logistic(
    known: NDArray[np.float32], truth: NDArray[np.bool_], asked: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Logistic regression, one class against the rest, as scikit-learn has it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    model = OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced"))
    found: NDArray[np.float64] = model.fit(known, truth.astype(int)).decision_function(asked)
    return found


PLAIN: dict[str, Plain] = {
    "nearest": nearest,
    "ten nearest": ten_nearest,
    "prototypes": prototypes,
    "logistic regression": logistic,
}
