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
from functools import lru_cache

from indexer.readers.base import Page
from indexer.readers.markup import clean, is_separator, last_text_line, split_cells, unwrap

_BAR = re.compile(r"(?<!\\)\|")
_HTML_ROW = re.compile(r"\s*(?:</?t(?:able|head|body)\b[^<>]*>\s*)*<tr\b", re.IGNORECASE)
_HTML_START = re.compile(r"<tr\b", re.IGNORECASE)
_HTML_END = re.compile(r"</tr\s*>", re.IGNORECASE)
# HTML lets a cell end where the next one begins.
_HTML_CELL = re.compile(
    r"<t(?P<kind>[dh])\b[^<>]*>(?P<text>(?:(?!</?t[dhr]\b).)*)", re.IGNORECASE | re.DOTALL
)
_HTML_ROW_LINES = 200  # a row that never closes must not swallow the page


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its lines (0-based, `end` excluded), the header above it, and its cells."""

    start: int
    end: int
    header: tuple[str, ...]
    cells: tuple[str, ...]


@lru_cache(maxsize=1)  # every layout of tables asks the same of a page
def headers(page: Page) -> frozenset[tuple[str, ...]]:
    """The headers of all tables, as `column_name` writes them."""
    found = set()
    for index, line in enumerate(page.lines):
        if _opens_table(page.lines, index):
            found.add(_names(line))
        elif _HTML_ROW.match(line):
            found.update(map(_html_names, _html_rows(_html_text(page.lines, index)[0])))
    return frozenset(found - {()})


def column_name(text: str) -> str:
    """A column's name without markup, in lower case."""
    return clean(text.replace("*", " ").replace("\xa0", " ").replace("&nbsp;", " ")).casefold()


def table_rows(lines: Sequence[str]) -> Iterator[TableRow]:
    """Every row below a header; rows without one are nobody's."""
    header: tuple[str, ...] = ()
    index = below = 0  # the line below a header or row
    while index < len(lines):
        line, end = lines[index], index + 1
        if _opens_table(lines, index):
            header, end = _names(line), index + 2
            below = end
        elif _HTML_ROW.match(line):
            text, end = _html_text(lines, index)
            for found in _html_rows(text):
                if names := _html_names(found):
                    header = names
                elif header and found:
                    cells = tuple(unwrap(cell.split("\n")) for _, cell in found)
                    yield TableRow(index, end, header, cells)
        elif (
            header
            and not is_separator(line)
            and (_has_outer_bar(line) or (index == below and _has_inner_bars(line, header)))
        ):
            below = end = _row_end(lines, index, len(header))
            text = unwrap(lines[index:end])
            yield TableRow(index, end, header, tuple(split_cells(text)))
        index = end


def _opens_table(lines: Sequence[str], index: int) -> bool:
    line, *following = lines[index : index + 2]
    if is_separator(line) or not any(map(is_separator, following)):
        return False
    # Without outer bars it might as well be a line of text above a rule.
    return _has_outer_bar(line) or len(split_cells(line)) == len(split_cells(following[0])) > 1


def _has_outer_bar(line: str) -> bool:
    return line.lstrip().startswith("|")


def _has_inner_bars(line: str, header: tuple[str, ...]) -> bool:
    return len(header) > 1 and len(split_cells(line)) >= len(header)


def _names(line: str) -> tuple[str, ...]:
    return tuple(column_name(cell) for cell in split_cells(line))


def _html_names(cells: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    heads = [column_name(text) for kind, text in cells if kind in "hH"]
    return tuple(heads) if len(heads) == len(cells) else ()


def _html_text(lines: Sequence[str], start: int) -> tuple[str, int]:
    """The rows that begin on a line, up to the line that closes them."""
    begun = closed = 0
    for end in range(start + 1, min(len(lines), start + _HTML_ROW_LINES) + 1):
        begun += len(_HTML_START.findall(lines[end - 1]))
        closed += len(_HTML_END.findall(lines[end - 1]))
        if closed >= begun:
            return "\n".join(lines[start:end]), end
    return lines[start], start + 1


def _html_rows(text: str) -> Iterator[list[tuple[str, str]]]:
    """The cells, by kind, of each row in a piece of HTML."""
    for row in _HTML_START.split(text)[1:]:
        yield _HTML_CELL.findall(row)


def _row_end(lines: Sequence[str], start: int, columns: int) -> int:
    """Where the row that begins at `start` ends (excluded); without outer bars it is a line."""
    if not _has_outer_bar(lines[start]):
        return start + 1
    bars = 0
    for index in range(start, len(lines)):
        line = lines[index].strip()
        if index > start and (not line or line.startswith(("|", "#"))):
            return last_text_line(lines, start, index)
        bars += len(_BAR.findall(line))
        if bars > columns and line.endswith("|"):
            return index + 1
    return last_text_line(lines, start, len(lines))
