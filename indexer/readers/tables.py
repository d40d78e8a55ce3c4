r"""Finds the rows of a page's tables, in Markdown or HTML, as cells under their header.

Digests' tables break Markdown: a cell runs over several lines, holds a `|` of its own, or
the row's last bar is missing. So a row goes from its opening bar until all the header's
cells are there, and what a row with more bars than columns means is left to the caller.
What the columns mean is unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.readers.markup import clean, is_separator, last_text_line, split_cells, unwrap

_BAR = re.compile(r"(?<!\\)\|")
_HTML_ROW = re.compile(r"\s*<tr\b", re.IGNORECASE)
_HTML_END = re.compile(r"</tr\s*>", re.IGNORECASE)
_HTML_CELL = re.compile(
    r"<t(?P<kind>[dh])\b[^>]*>(?P<text>.*?)</t[dh]\s*>", re.IGNORECASE | re.DOTALL
)
_HTML_ROW_LINES = 200  # a row that never closes must not swallow the page


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its lines (0-based, `end` excluded), the header above it, and its cells."""

    start: int
    end: int
    header: tuple[str, ...]
    cells: tuple[str, ...]


def headers(lines: Sequence[str]) -> set[tuple[str, ...]]:
    """The headers of all tables, as `column_name` writes them."""
    found = set()
    for index, line in enumerate(lines):
        if _opens_table(lines, index):
            found.add(_names(line))
        elif _HTML_ROW.match(line):
            found.add(_html_names(_HTML_CELL.findall(_html_text(lines, index)[0])))
    return found - {()}


def column_name(text: str) -> str:
    """A column's name without markup, in lower case."""
    return clean(text.replace("*", " ").replace("\xa0", " ").replace("&nbsp;", " ")).casefold()


def table_rows(lines: Sequence[str]) -> Iterator[TableRow]:
    """Every row below a header; rows without one are nobody's."""
    header: tuple[str, ...] = ()
    index = 0
    while index < len(lines):
        line, end = lines[index], index + 1
        if _opens_table(lines, index):
            header, end = _names(line), index + 2
        elif _HTML_ROW.match(line):
            text, end = _html_text(lines, index)
            if names := _html_names(_HTML_CELL.findall(text)):
                header = names
            elif header and (found := _HTML_CELL.findall(text)):
                cells = tuple(unwrap(cell.split("\n")) for _, cell in found)
                yield TableRow(index, end, header, cells)
        elif header and line.lstrip().startswith("|") and not is_separator(line):
            end = _row_end(lines, index, len(header))
            text = unwrap(lines[index:end])
            cells = tuple(cell.replace(r"\|", "|") for cell in split_cells(text))
            yield TableRow(index, end, header, cells)
        index = end


def _opens_table(lines: Sequence[str], index: int) -> bool:
    return (
        lines[index].lstrip().startswith("|")
        and index + 1 < len(lines)
        and not is_separator(lines[index])
        and is_separator(lines[index + 1])
    )


def _names(line: str) -> tuple[str, ...]:
    return tuple(column_name(cell) for cell in split_cells(line))


def _html_names(cells: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    heads = [column_name(text) for kind, text in cells if kind in "hH"]
    return tuple(heads) if len(heads) == len(cells) else ()


def _html_text(lines: Sequence[str], start: int) -> tuple[str, int]:
    for end in range(start + 1, min(len(lines), start + _HTML_ROW_LINES) + 1):
        if _HTML_END.search(lines[end - 1]):
            return "\n".join(lines[start:end]), end
    return lines[start], start + 1


def _row_end(lines: Sequence[str], start: int, columns: int) -> int:
    """Where the row that begins at `start` ends (excluded)."""
    bars = 0
    for index in range(start, len(lines)):
        line = lines[index].strip()
        if index > start and (not line or line.startswith(("|", "#"))):
            return last_text_line(lines, start, index)
        bars += len(_BAR.findall(line))
        if bars > columns and line.endswith("|"):
            return index + 1
    return last_text_line(lines, start, len(lines))
