"""The seam between digest layouts and the rest: what a reader gets and what it gives.

A reader knows one layout and nothing else. It is recognised by content, so `recognises`
sees the page's text and never its name. Readers are found through the entry point group
`paper_archive.readers`; adding one needs no change elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from indexer.paper import Reject, Row


@dataclass(frozen=True)
class Page:
    """The decoded text of one file; newlines are line feeds alone, and there is no BOM.

    `name` is the file's, without folder. No layout is recognised by it; some digests put
    their papers' ids nowhere else. `broken` are the 1-based numbers of lines with bytes that are
    no text, which stand in it as U+FFFD.
    """

    text: str
    name: str = field(default="", compare=False)
    broken: frozenset[int] = frozenset()

    @cached_property
    def lines(self) -> list[str]:
        """The page's lines; line numbers elsewhere are 1-based indices into this."""
        return self.text.split("\n")


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a reader found on one page.

    `date` is the ISO date that the page gives for itself, if it gives one.
    """

    rows: tuple[Row, ...] = ()
    rejects: tuple[Reject, ...] = field(default=())
    date: str | None = None


class Reader(Protocol):
    """One digest layout."""

    @property
    def layout(self) -> str:
        """The layout's name, for example "topic-tables"."""
        ...

    def recognises(self, page: Page) -> bool:
        """Whether the page is in this layout; cheap, and true for at most one reader."""
        ...

    def read(self, page: Page) -> Reading:
        """Read every entry. Never raises for bad content: that becomes a `Reject`."""
        ...
