"""RIS, as Zotero, EndNote and publishers export it; rispy reads each entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from indexer.bulk.base import UNDECODABLE, Item, SightedRow, Unusable, check_text, rejected
from indexer.bulk.fields import to_row
from indexer.bulk.stream import lines

_START = re.compile(r"TY  -")
_END = re.compile(r"ER  -")
_FURNITURE = re.compile(r"\s*(?:\d+\.)?\s*")


class Ris:
    """Entries from `TY` to `ER`."""

    layout = "ris"

    def recognises(self, head: str) -> bool:
        """By an entry at the start, which some programs number."""
        return re.match(r"\s*(?:\d+\.\s*)?TY  - ", head) is not None

    def items(self, file: BinaryIO, after: int) -> Iterator[Item]:
        """One item for each entry, and a reject for what stands outside of entries."""
        entry: list[str] = []
        start = 0
        for number, raw in lines(file):
            text = (raw or UNDECODABLE).decode("utf-8", "surrogateescape").rstrip("\r\n")
            text = text.removeprefix("\ufeff")
            if _START.match(text):
                if entry and start > after:
                    yield _reject(start, entry, "has no end (ER)")
                entry, start = [text], number
            elif entry:
                entry.append(text)
                if _END.match(text):
                    if start > after:
                        yield _item(start, number, entry)
                    entry = []
            elif not _FURNITURE.fullmatch(text) and number > after:
                yield _reject(number, [text], "stands outside of the entries")
        if entry and start > after:
            yield _reject(start, entry, "has no end (ER)")


def _item(line: int, end_line: int, entry: list[str]) -> Item:
    import rispy  # only where there is RIS

    try:
        check_text("".join(entry))
        (found,) = rispy.loads("\n".join(entry))
        return Item(line, (SightedRow(to_row(_record(found), line, end_line)),))
    except Unusable as problem:
        return _reject(line, entry, str(problem))


def _record(found: dict[str, Any]) -> dict[str, Any]:
    record = {name: value for name, value in found.items() if name not in ("id", "unknown_tag")}
    # Which of the two is the title depends on who exported it.
    record.setdefault("title", found.get("primary_title"))
    record["authors"] = [*found.get("first_authors", []), *found.get("authors", [])]
    record.setdefault("year", found.get("publication_year"))
    return record


def _reject(line: int, entry: list[str], reason: str) -> Item:
    return rejected(line, reason, "\n".join(entry))
