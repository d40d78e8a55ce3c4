"""The seam between the archive and digest layouts: rows in, a page out.

A writer knows one layout and is the inverse of the reader with the same name: reading what
it wrote gives the rows back, but for line numbers. What a layout has no place for, its writer
says in its docstring, and `carried` shows. Which papers a page should hold, and what it says
of them, is unknown here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from indexer.paper import Row, TextKind
from indexer.passages import STRUCTURED

Kinds = tuple[tuple[TextKind, ...], ...]
ABSTRACTS: Kinds = (("translation", "abstract"), ("summary",), STRUCTURED)
"""Groups of texts for layouts that are for abstracts, the fittest first."""
SUMMARIES: Kinds = (("summary",), ("translation", "abstract"), STRUCTURED)
"""Groups of texts for layouts that are for summaries, the fittest first."""


class Writer(Protocol):
    """One digest layout."""

    @property
    def layout(self) -> str:
        """The layout's name, as its reader has it."""
        ...

    @property
    def link(self) -> Literal["abs", "pdf"]:
        """The page at arXiv that the layout links to."""
        ...

    @property
    def prints(self) -> Kinds:
        """What a page should say of a paper, in order: of each language the first group that
        there is. The layout has a place for other texts all the same.
        """
        ...

    def carried(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that reading the written page gives, in its order, but for line numbers.

        Raises `InputError` for a row that no layout can hold (`indexer.writers.markup`).
        """
        ...

    def write(self, rows: Sequence[Row], date: str, intro: str = "") -> str:
        """The page of a day (ISO date), with a line of introduction below its heading.

        Raises `InputError` for a row that no layout can hold (`indexer.writers.markup`).
        """
        ...
