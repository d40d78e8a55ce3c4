"""JSON lines: one record a line, in whatever fields `indexer.bulk.fields` knows.

Also what the formats share that are JSON lines with fields of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from pydantic_core import from_json

from indexer.bulk.base import Item, SightedRow, Unusable, rejected
from indexer.bulk.fields import KNOWN, TITLES, folded, to_row
from indexer.bulk.stream import MAX_LINE, lines
from indexer.decisions import Decision

_LOOKED_AT = 5


class JsonLines:
    """Plain JSON lines."""

    layout = "jsonl"

    def recognises(self, head: str) -> bool:
        """By a title and one more known field among the first lines."""
        return any(map(self.owns, _records(head)))

    def items(self, file: BinaryIO, after: int) -> Iterator[Item]:
        """One item for each line that is not blank."""
        for number, line in lines(file, after):
            if line is None:
                yield rejected(number, f"is longer than {MAX_LINE // 2**20} MB", "")
            elif line.strip():
                yield self._item(number, line)

    def _item(self, number: int, line: bytes) -> Item:
        try:
            record = from_json(line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n"))
            if not isinstance(record, dict):
                raise Unusable("is not a JSON object")
            rows, decisions = self.rows(record, number), self.decisions(record)
            return Item(number, rows, decisions=decisions)
        except Unusable as problem:
            reason = str(problem)
        except ValueError as error:
            # It counts lines of its own: this is the first and only one.
            reason = f"is not JSON ({str(error).replace(' line 1 ', ' ')})"
        return rejected(number, reason, line.decode("utf-8", "surrogateescape").rstrip("\r\n"))

    # What the formats differ in

    def owns(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is in this format."""
        names = set(map(folded, record))
        return bool(names & set(TITLES) and names & KNOWN)

    def rows(self, record: dict[str, Any], line: int) -> tuple[SightedRow, ...]:
        """The rows of one record. Raises `Unusable`."""
        return (SightedRow(to_row(record, line)),)

    def decisions(self, record: dict[str, Any]) -> tuple[Decision, ...]:
        """What people decided about its paper; only an archive's own format has any."""
        return ()


def _records(head: str) -> Iterator[dict[str, Any]]:
    """The objects on the first lines; the last line may have been cut off."""
    for line in head.split("\n")[:_LOOKED_AT]:
        try:
            record = from_json(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record
