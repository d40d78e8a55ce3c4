"""CSV with a head line: spreadsheets, Zotero's CSV, and the archive's own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, BinaryIO

from indexer.bulk.base import UNDECODABLE, Item, SightedRow, Unusable, check_text, rejected
from indexer.bulk.fields import KNOWN, TITLES, folded, to_row
from indexer.bulk.stream import MAX_LINE, lines
from indexer.exports.table import FORMULA_STARTS, SEVERAL, divided

_DELIMITERS = ",;\t"
_OWN = {"paper_id", "seen_in"}
"""Columns that no table has but the archive's own."""


class CsvTable:
    """Commas, semicolons or tabs between cells; a cell may hold line breaks."""

    layout = "csv"

    def recognises(self, head: str) -> bool:
        """By the names of the columns on the first line."""
        first = head.partition("\n")[0].rstrip("\r")
        try:
            columns = next(csv.reader([first], delimiter=_delimiter(first)), [])
        except csv.Error:
            return False
        names = set(map(folded, columns))
        return bool(names & set(TITLES) and names & KNOWN)

    def items(self, file: BinaryIO, after: int) -> Iterator[Item]:
        """One item for each row of the table."""
        csv.field_size_limit(MAX_LINE)
        source = _Lines(file)
        first = next(source, "")
        delimiter = _delimiter(first)
        names = next(csv.reader([first], delimiter=delimiter), [])
        while True:
            table = csv.reader(source, delimiter=delimiter)
            try:
                while True:
                    start = source.number + 1
                    cells = next(table, None)
                    if cells is None:
                        return
                    if start > after and any(cells):
                        yield _item(start, source.number, names, cells)
            except csv.Error as error:  # the next line begins a new row
                yield rejected(start, f"is not CSV ({error})", "")


class _Lines:
    """Decoded lines that know how many there were; wrong bytes stay, to be rejected later."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = lines(file)
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        text = (line or UNDECODABLE).decode("utf-8", "surrogateescape")
        return text.removeprefix("\ufeff") if self.number == 1 else text


def _item(line: int, end_line: int, names: list[str], cells: list[str]) -> Item:
    raw = ", ".join(cells)
    try:
        check_text(raw)
        if len(cells) > len(names):
            raise Unusable(f"has {len(cells)} cells, but the table {len(names)} columns")
        record: dict[str, Any] = dict(zip(names, map(_plain, cells), strict=False))
        if record.keys() >= _OWN:
            record |= {name: divided(record[name]) for name in SEVERAL if name in record}
        return Item(line, (SightedRow(to_row(record, line, end_line)),))
    except Unusable as problem:
        return rejected(line, str(problem), raw)


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _delimiter(first: str) -> str:
    return max(_DELIMITERS, key=first.count)
