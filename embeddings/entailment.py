"""An optional judge of whether one text follows from another: an inference model (NLI)."""

from __future__ import annotations

from typing import Protocol

from embeddings.cross_encoder import open_cross_encoder
from embeddings.errors import WeightsError

_LABELS = ("entailment", "support", "supports", "supported")


class Entailment(Protocol):
    """Says whether a text follows from another."""

    def chance(self, premise: str, hypothesis: str) -> float:
        """The probability, 0 to 1, that the hypothesis follows from the premise."""
        ...


class CrossEncoderEntailment:
    """A cross-encoder with a label for entailment, run by sentence-transformers.

    Raises `ConfigError` if the library is not installed, `WeightsError` if the model cannot
    be loaded or none of its labels is called entailment.
    """

    def __init__(self, name: str) -> None:
        self._model = open_cross_encoder(name, "softmax")
        labels = {label.casefold(): n for n, label in self._model.config.id2label.items()}
        found = [labels[label] for label in _LABELS if label in labels]
        if not found:
            raise WeightsError(f"{name!r} has no label for entailment, only {', '.join(labels)}")
        self._label = found[0]

    def chance(self, premise: str, hypothesis: str) -> float:
        """The probability, 0 to 1, that the hypothesis follows from the premise."""
        (chances,) = self._model.predict([(premise, hypothesis)], show_progress_bar=False)
        return float(chances[self._label])
