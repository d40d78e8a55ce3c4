"""Reads tables whose columns a layout file describes; where rows and cells are, `tables` knows."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.identity import links_to_arxiv
from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.described import Described
from indexer.readers.fields import read_columns
from indexer.readers.layout import TableLayout
from indexer.readers.markup import NOTHING, EntryError, find_date, find_urls, reject
from indexer.readers.tables import TableRow, column_name, headers, table_rows

# The order in which a column takes a bar that belongs to no column.
_WIDE = ("abstract", "translation", "summary", "tldr", "title", "note", "authors")


class DescribedTable(Described):
    """Reads tables whose columns are described."""

    description: TableLayout

    def __init__(self, name: str, description: TableLayout) -> None:
        super().__init__(name, description)
        self._columns = {column_name(key): piece for key, piece in description.columns.items()}
        described = [piece.fields for piece in self._columns.values()]
        self._link_in_title = "link" not in set().union(*described)
        self._needed = {key for key, piece in self._columns.items() if not piece.optional}

    def refusals(self, page: Page) -> Iterator[str]:
        """Why a page is not in this layout: a table must have all its columns and no others."""
        found = headers(page)
        if not any(map(self._fits, found)):
            tables = "; ".join(sorted(", ".join(header) for header in found)) or "no table"
            yield f"no table has the columns {', '.join(self._columns)}; the page has {tables}"
        yield from super().refusals(page)

    def _fits(self, header: tuple[str, ...]) -> bool:
        if self.description.by_position:
            return len(header) >= max(map(int, self._columns))
        return self._needed <= set(header) <= set(self._columns)

    def read(self, page: Page) -> Reading:
        """Read one row per table row; rows of other tables only count if they link to a paper."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        contexts = self.contexts(page)
        for found in table_rows(page.lines):
            lines = page.lines[found.start : found.end]
            try:
                if not self._fits(found.header):
                    if any(map(links_to_arxiv, lines)):
                        columns = ", ".join(found.header)
                        raise EntryError(
                            f"the table's columns are {columns}; this layout has others"
                        )
                    continue
                pieces = self.named(page, read_columns(self._columns, self._cells(found)))
                rows.append(pieces.row(found.start + 1, found.end, contexts[found.start]))
            except EntryError as problem:
                rejects.append(reject(page.lines, found.start, found.end, str(problem)))
        return Reading(tuple(rows), tuple(rejects), self.date(page))

    def _cells(self, row: TableRow) -> list[tuple[str, str]]:
        """The row's cells by column; a surplus bar is some text's own, where all then fits."""
        names, cells = row.header, list(row.cells)
        if self.description.by_position:
            names = tuple(str(number) for number in range(1, len(names) + 1))
        while len(cells) > len(names) and not cells[-1]:
            cells.pop()
        surplus = len(cells) - len(names)
        if surplus < 0:
            raise EntryError(f"row has {len(cells)} cells, the table has {len(names)} columns")
        for index in self._wide(names) if surplus else [0]:
            joined = " | ".join(cells[index : index + surplus + 1])
            tried = [*cells[:index], joined, *cells[index + surplus + 1 :]]
            named = list(zip(names, tried, strict=True))
            if not surplus or all(self._plausible(*cell) for cell in named):
                return named
        raise EntryError(f"row has {len(cells)} cells, the table has {len(names)} columns")

    def _wide(self, names: tuple[str, ...]) -> list[int]:
        """Columns that may hold a bar, those with the longest texts first."""

        def rank(index: int) -> int:
            piece = self._columns.get(names[index])
            held = piece.fields if piece else ()
            return min((_WIDE.index(each) for each in held if each in _WIDE), default=len(_WIDE))

        return sorted(range(len(names)), key=rank)

    def _plausible(self, name: str, cell: str) -> bool:
        piece = self._columns.get(name)
        if piece is None or cell.casefold() in NOTHING:
            return True
        if piece.pattern:
            return piece.whole is not None or piece.pattern.search(cell) is not None
        if piece.field == "published":
            return find_date(cell) is not None
        if piece.field in ("link", "code") or (piece.field == "title" and self._link_in_title):
            return bool(find_urls(cell))
        return piece.field != "authors" or not find_urls(cell)
