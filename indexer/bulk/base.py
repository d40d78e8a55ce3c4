"""The seam between formats of records and what reads them into the catalogue.

A format knows how records are written, never where they go. Formats are recognised by
content; `indexer.bulk.formats` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from indexer.decisions import Decision
from indexer.paper import Reject, Row, Sighting

RAW = 4000
"""Characters of a rejected text that are kept."""
UNDECODABLE = b"\xff"
"""Stands for a line too long to be held: like any wrong byte, it is rejected in its place."""
_UNDECODED = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class SightedRow:
    """A row, and where it was seen if that was not this file."""

    row: Row
    seen: Sighting | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a file, or what stood where one should be.

    `line` is the 1-based line on which it starts (in a JSON array, its place); an item has
    rows or a reject. `decisions` are what people decided about the paper of its rows.
    """

    line: int
    rows: tuple[SightedRow, ...] = ()
    reject: Reject | None = None
    decisions: tuple[Decision, ...] = ()


class Unusable(Exception):
    """A record that cannot be understood; its text is the reason."""


def rejected(line: int, reason: str, raw: str) -> Item:
    """An item that is a reject; a long text is cut, bytes that are no text are spelled out."""
    text = raw.encode("utf-8", "backslashreplace").decode()
    return Item(line, reject=Reject(line, reason, text if len(text) <= RAW else text[:RAW] + "…"))


def check_text(raw: str) -> None:
    """Raise `Unusable` for what was decoded from something that is not UTF-8."""
    if _UNDECODED.search(raw):
        raise Unusable("is not UTF-8 text, or has a line too long to be one record")


class Format(Protocol):
    """One way to write records."""

    @property
    def layout(self) -> str:
        """The format's name, for example "arxiv-metadata"."""
        ...

    def recognises(self, head: str) -> bool:
        """Whether a file that begins so is in this format."""
        ...

    def items(self, file: BinaryIO, after: int) -> Iterator[Item]:
        """The items that start after a line, in order. Never raises for bad content."""
        ...
