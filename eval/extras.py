"""A group of commands whose packages are extras: it says which one lacks, and what brings it."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from embeddings.errors import MissingPackage

_MODELS = ("torch", "transformers", "sentence_transformers")


class NeedsExtras(TyperGroup):
    """Raises `MissingPackage` where a command meets a package that is not installed."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            extra = "models" if error.name in _MODELS else "eval"
            raise MissingPackage("this", str(error.name), extra) from error
