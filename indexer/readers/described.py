"""Reads pages of any layout that a TOML file describes.

One reader for each kind of description: tables, entries and JSON. They find where entries
stand and hand the pieces to `fields`; what a description may say is in `layout`. As all
readers do, they reject with a reason what they cannot understand, and leave out nothing
that links to a paper.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from indexer.identity import links_to_arxiv
from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.blocks import blocks, read_block
from indexer.readers.fields import Context, Pieces, read_columns
from indexer.readers.json_values import as_text, look_up, values
from indexer.readers.layout import EntriesLayout, JsonLayout, Layout, TableLayout
from indexer.readers.markup import NOTHING, EntryError, clean, find_date, find_urls, reject
from indexer.readers.tables import TableRow, column_name, headers, table_rows

# The order in which a column takes a bar that belongs to no column.
_WIDE = ("abstract", "translation", "summary", "tldr", "title", "note", "authors")

_STRAY = "links to a paper, but neither begins an entry nor fits a pattern or label of the layout"


class Described(ABC):
    """What the three readers share."""

    def __init__(self, name: str, description: Layout) -> None:
        self.layout = name
        self.description = description

    def recognises(self, page: Page) -> bool:
        """Whether nothing that the layout asks of a page is missing."""
        return next(self.refusals(page), None) is None

    def refusals(self, page: Page) -> Iterator[str]:
        """Why a page is not in this layout; nothing if it is."""
        for pattern in self.description.recognise.contains:
            if not pattern.search(page.text):
                yield f"recognise.contains finds nothing: {pattern.pattern}"
        for pattern in self.description.recognise.without:
            if found := pattern.search(page.text):
                yield f"recognise.without finds {found[0][:60]!r}: {pattern.pattern}"

    @abstractmethod
    def read(self, page: Page) -> Reading:
        """Read every entry. Never raises for bad content: that becomes a `Reject`."""

    def _contexts(self, page: Page) -> list[Context]:
        """For each line, what the page has said up to there."""
        facts = self.description.page
        topic = category = None
        found = []
        for line in page.lines:
            topic = _said(facts.topic, line) or topic
            category = _said(facts.category, line) or category
            found.append(
                Context(topic, category, self.description.language, self.description.optional)
            )
        return found

    def _date(self, page: Page) -> str | None:
        pattern = self.description.page.date
        return find_date(_said(pattern, page.text) or "") if pattern else None

    def _named(self, page: Page, pieces: Pieces) -> Pieces:
        """Add what the file's name says; ids there have often lost their last zeros."""
        pattern = self.description.page.file_name
        match = pattern.search(page.name) if pattern else None
        for field, value in match.groupdict().items() if match else ():
            pieces.put(field, _whole_id(value) if field == "link" else value)  # type: ignore[arg-type]
        return pieces


class DescribedTable(Described):
    """Reads tables whose columns are described."""

    description: TableLayout

    def __init__(self, name: str, description: TableLayout) -> None:
        super().__init__(name, description)
        self._columns = {column_name(key): piece for key, piece in description.columns.items()}
        self._needed = {key for key, piece in self._columns.items() if not piece.optional}

    def refusals(self, page: Page) -> Iterator[str]:
        """Why a page is not in this layout: a table must have all its columns and no others."""
        found = headers(page.lines)
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
        contexts = self._contexts(page)
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
                pieces = self._named(page, read_columns(self._columns, self._cells(found)))
                rows.append(pieces.row(found.start + 1, found.end, contexts[found.start]))
            except EntryError as problem:
                rejects.append(reject(page.lines, found.start, found.end, str(problem)))
        return Reading(tuple(rows), tuple(rejects), self._date(page))

    def _cells(self, row: TableRow) -> dict[str, str]:
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
            by_name = dict(zip(names, tried, strict=True))
            if not surplus or all(self._plausible(*item) for item in by_name.items()):
                return by_name
        raise EntryError(f"row has {len(cells)} cells, the table has {len(names)} columns")

    def _wide(self, names: tuple[str, ...]) -> list[int]:
        """Columns that may hold a bar, those with the longest texts first."""

        def rank(index: int) -> int:
            piece = self._columns.get(names[index])
            if piece is None:
                return len(_WIDE)
            held = {piece.field} if piece.field else set(piece.pattern.groupindex)  # type: ignore[union-attr]
            return min((_WIDE.index(each) for each in held if each in _WIDE), default=len(_WIDE))

        return sorted(range(len(names)), key=rank)

    def _plausible(self, name: str, cell: str) -> bool:
        piece = self._columns.get(name)
        if piece is None or cell.casefold() in NOTHING:
            return True
        if piece.pattern:
            return piece.pattern.search(cell) is not None
        if piece.field == "published":
            return find_date(cell) is not None
        return piece.field not in ("link", "code") or bool(find_urls(cell))


class DescribedEntries(Described):
    """Reads entries that begin with a line of a described form."""

    description: EntriesLayout

    def refusals(self, page: Page) -> Iterator[str]:
        """Why a page is not in this layout: an entry must begin somewhere."""
        start = self.description.start
        if start and not start.search(page.text):
            yield f"no line begins an entry: {start.pattern}"
        yield from super().refusals(page)

    def read(self, page: Page) -> Reading:
        """Read one row per entry."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        contexts = self._contexts(page)
        for start, end in blocks(page.lines, self.description):
            try:
                pieces, strays = read_block("\n".join(page.lines[start:end]), self.description)
                foreign = {start + at for at, line in strays if links_to_arxiv(line)}
                for at, line in strays:
                    if start + at not in foreign:
                        pieces.note(line)
                pieces = self._named(page, pieces)
                rows.append(pieces.row(start + 1, end, contexts[start]))
            except EntryError as problem:
                rejects.append(reject(page.lines, start, end, str(problem)))
                continue
            # Most likely an entry that lost its form; it must not pass for a part of this one.
            rejects += [reject(page.lines, at, at + 1, _STRAY) for at in sorted(foreign)]
        return Reading(tuple(rows), tuple(rejects), self._date(page))


class DescribedJson(Described):
    """Reads the entries of a JSON file: objects or texts at a described depth."""

    description: JsonLayout

    def refusals(self, page: Page) -> Iterator[str]:
        """Why a page is not in this layout: it must begin as JSON does."""
        if page.text.lstrip()[:1] not in ("{", "["):
            yield "the page does not begin with { or [, as JSON does"
        yield from super().refusals(page)

    def read(self, page: Page) -> Reading:
        """Read one row per entry; where the JSON breaks off, the rest is one reject."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        text = page.text
        breaks = list(accumulate(len(line) + 1 for line in page.lines))
        context = Context(language=self.description.language, optional=self.description.optional)
        try:
            for keys, value, start, end in values(text, len(self.description.levels)):
                line, end_line = (bisect_right(breaks, at) + 1 for at in (start, end - 1))
                try:
                    pieces = self._named(page, self._pieces(value))
                    for level, key in zip(self.description.levels, keys, strict=False):
                        pieces.put(level, key)
                    rows.append(pieces.row(line, end_line, context))
                except EntryError as problem:
                    rejects.append(Reject(line, str(problem), text[start:end]))
        except json.JSONDecodeError as problem:
            line = bisect_right(breaks, problem.pos) + 1
            rejects.append(
                Reject(line, f"is no valid JSON from here on: {problem.msg}", text[problem.pos :])
            )
        return Reading(tuple(rows), tuple(rejects), self._date(page))

    def _pieces(self, value: Any) -> Pieces:
        pieces = Pieces()
        if isinstance(value, str):
            text = as_text(value)
            matches = [pieces.match(pattern, text) for pattern in self.description.patterns]
            if not any(matches):
                raise EntryError(f"no pattern of the layout fits {clean(text)[:80]!r}")
        elif isinstance(value, Mapping):
            for path, piece in self.description.columns.items():
                found = look_up(value, path)
                for text in [", ".join(found)] if piece.field == "note" else found:
                    pieces.read(piece, text, path)
        else:
            raise EntryError(f"is neither an object nor a text: {json.dumps(value)[:80]}")
        return pieces


def _said(pattern: re.Pattern[str] | None, text: str) -> str | None:
    """What a pattern finds: its first group that took part, or all of it if it has none."""
    match = pattern.search(text) if pattern else None
    if match is None:
        return None
    return clean(next(filter(None, match.groups()), "") if match.re.groups else match[0])


def _whole_id(text: str) -> str:
    """An arXiv id that was once a number, with the zeros that numbers lose at their end."""
    match = re.fullmatch(r"(\d{4})\.(\d{1,4})", text)
    return f"{match[1]}.{match[2]:0<5}" if match and match[1] >= "1501" else text


def make_reader(name: str, layout: Layout) -> Described:
    """The reader of the pages that a layout describes."""
    if isinstance(layout, TableLayout):
        return DescribedTable(name, layout)
    if isinstance(layout, EntriesLayout):
        return DescribedEntries(name, layout)
    return DescribedJson(name, layout)
