"""The seam between records and the formats they are written in.

A writer turns one record into text and keeps nothing in between, so any number of records
streams through it. Which records, and where the text goes, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from indexer.exports.record import Record


class Writer(Protocol):
    """One format."""

    @property
    def media_type(self) -> str:
        """The format's media type, for HTTP."""
        ...

    @property
    def suffix(self) -> str:
        """What names of such files end in, with the dot."""
        ...

    def head(self) -> str:
        """What stands before the first record."""
        ...

    def write(self, record: Record) -> str:
        """One record, with the line feed that ends it."""
        ...


def written(writer: Writer, records: Iterable[Record]) -> Iterator[str]:
    """A whole export, piece by piece."""
    if head := writer.head():
        yield head
    for record in records:
        yield writer.write(record)
