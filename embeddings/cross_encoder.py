"""Opens a cross-encoder, a model that reads two texts together: any of sentence-transformers'.

Importing this module is cheap; opening a model imports torch.
"""

from __future__ import annotations

from typing import Any, Literal

from embeddings.errors import MissingPackage, WeightsError


def open_cross_encoder(name: str, activation: Literal["sigmoid", "softmax"]) -> Any:
    """The model of this name or path, whose figures go through the activation.

    Raises `MissingPackage` if the library is not installed, `WeightsError` if the model cannot
    be loaded.
    """
    try:
        import torch
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        what = f"the cross-encoder {name!r}"
        raise MissingPackage(what, "sentence-transformers", "models") from error
    through = torch.nn.Sigmoid() if activation == "sigmoid" else torch.nn.Softmax(dim=-1)
    try:
        return CrossEncoder(name, activation_fn=through)
    except Exception as error:  # loaders raise bare exceptions for damaged files
        raise WeightsError(f"cannot load the cross-encoder {name!r}: {error}") from error
