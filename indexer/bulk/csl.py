"""One JSON array of records: CSL-JSON, as Zotero and Pandoc write it, and plain ones alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from pydantic_core import from_json, to_json

from indexer.bulk.base import Item, SightedRow, Unusable, rejected
from indexer.bulk.fields import to_row
from indexer.bulk.stream import whole

_FIRST = re.compile(r'\s*\[\s*\{[^\[\]{}]{0,4000}?"', re.DOTALL)


class Csl:
    """A whole library at once; items have places instead of lines."""

    layout = "csl-json"

    def recognises(self, head: str) -> bool:
        """By an array of objects of which one has a title."""
        return _FIRST.match(head) is not None and re.search(r'"title"\s*:', head) is not None

    def items(self, file: BinaryIO, after: int) -> Iterator[Item]:
        """One item for each element."""
        try:
            records = from_json(whole(file).removeprefix(b"\xef\xbb\xbf"))
        except (Unusable, ValueError) as problem:
            yield rejected(1, f"is no JSON array that can be read ({problem})", "")
            return
        for place, record in enumerate(records, 1):
            if place > after:
                yield _item(place, record)


def _item(place: int, record: Any) -> Item:
    try:
        if not isinstance(record, dict):
            raise Unusable("is not a JSON object")
        return Item(place, (SightedRow(to_row(_plain(record), place)),))
    except Unusable as problem:
        return rejected(place, str(problem), to_json(record).decode())


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """CSL's dates, which are lists of numbers, as other programs write them."""
    issued = record.get("issued")
    if not isinstance(issued, dict):
        return record
    parts = issued.get("date-parts")
    date = issued.get("raw") or issued.get("literal")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        date = "-".join(f"{int(part):02}" for part in parts[0] if str(part).isdecimal())
    return record | {"issued": date}
