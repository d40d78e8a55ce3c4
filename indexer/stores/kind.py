"""The stores there are, by the names that people choose them by."""

from __future__ import annotations

from typing import Literal

StoreKind = Literal["edge", "qdrant", "faiss"]
