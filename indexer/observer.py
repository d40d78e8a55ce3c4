"""Someone who watches long work: what it does, and how far it is."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Someone who watches long work."""

    def stage(self, name: str, total: int) -> None:
        """A stage of `total` steps begins."""

    def advance(self, count: int = 1) -> None:
        """`count` steps of the stage are done."""


class Silent:
    """An observer that looks away."""

    def stage(self, name: str, total: int) -> None:
        """Ignore it."""

    def advance(self, count: int = 1) -> None:
        """Ignore it."""
