"""Reads `topic-tables`: one table per `## topic` with date, linked title, code and abstract.

Every entry is one line, unless something broke it, so the reader goes line by line. A Markdown
table parser would lose text here without a word: it cuts what stands behind a fourth `|`, and
abstracts hold `|` in formulas. The abstract is the last cell, so everything behind the code cell
is its.

Some days end their rows with `||`, an empty fifth cell; it carries nothing.
"""

from __future__ import annotations

import re

from indexer.language import language_of
from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.links import read_link
from indexer.readers.markup import (
    NOTHING,
    EntryError,
    abstract_texts,
    clean,
    find_date,
    find_urls,
    is_separator,
    join_wrapped,
    reject,
    split_cells,
    unescape_bars,
)
from indexer.readers.slot import read_slot

_COLUMNS = ["publish date", "title", "code", "abstract"]
_HEADER = re.compile(
    r"^\s*\|\s*publish date\s*\|\s*title\s*\|\s*code\s*\|\s*abstract\s*\|",
    re.IGNORECASE | re.MULTILINE,
)
_TOPIC = re.compile(r"##\s+(?P<name>.*\S)")
_UPDATED = re.compile(r"#+\s+Updated on\b(?P<date>.*)", re.IGNORECASE)
# The code cell is recognisable, which finds the end of a title that holds a "|" itself.
_KNOWN_CODE = re.compile(
    r"\|(?P<date>[^|]*)\|(?P<title>.*?)\|"
    r"(?P<code>\s*(?:null|(?:\**\[[^\]|]*\]\([^)|]*\)\**(?:\s|<br\s*/?>)*)+)\s*|(?<=\)\|)\s*)\|"
    r"(?P<rest>.*)"
)
_ANY_CODE = re.compile(r"\|(?P<date>[^|]*)\|(?P<title>[^|]*)\|(?P<code>[^|]*)\|(?P<rest>.*)")


class TopicTables:
    """The reader of `topic-tables`."""

    layout = "topic-tables"

    def recognises(self, page: Page) -> bool:
        """Whether a table has this layout's four columns."""
        return _HEADER.search(page.text) is not None

    def read(self, page: Page) -> Reading:
        """Read one row per table line."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        topic: str | None = None
        date: str | None = None
        columns = _COLUMNS
        lines = page.lines
        for index, raw in enumerate(lines):
            line = raw.strip()
            if updated := _UPDATED.match(line):
                date = find_date(updated["date"])
            elif heading := _TOPIC.fullmatch(line):
                topic = clean(heading["name"])
            elif not line.startswith("|") or is_separator(line):
                continue
            elif _HEADER.match(line) or is_separator("".join(lines[index + 1 : index + 2])):
                columns = [cell.casefold() for cell in split_cells(line)]
            else:
                end = _row_end(lines, index)
                try:
                    row = join_wrapped(lines[index:end])
                    rows.append(_read_row(index + 1, end, row, topic, columns))
                except EntryError as problem:
                    rejects.append(reject(lines, index, end, str(problem)))
        return Reading(tuple(rows), tuple(rejects), date)


def _row_end(lines: list[str], start: int) -> int:
    """Where the row that begins at `start` ends (excluded): a broken one where a bar closes it."""
    end = start + 1
    while end < len(lines) and not lines[end - 1].rstrip().endswith("|"):
        following = lines[end].strip()
        if not following or following.startswith(("|", "#")):
            break
        end += 1
    return end


def _read_row(number: int, end: int, line: str, topic: str | None, columns: list[str]) -> Row:
    if columns != _COLUMNS:
        raise EntryError(f"the table's columns are {', '.join(columns)}; this reader knows others")
    match = _KNOWN_CODE.fullmatch(line) or _ANY_CODE.fullmatch(line)
    if match is None:
        count = len(split_cells(line))
        raise EntryError(f"row has {count} cells, the table has {len(_COLUMNS)} columns")
    link = read_link(unescape_bars(match["title"]))
    # One bar closes the row; a second one right before it is the empty fifth cell.
    rest = match["rest"].strip().removesuffix("|").strip().removesuffix("|")
    slot = read_slot(unescape_bars(rest))
    notes = list(link.notes)
    published = find_date(match["date"])
    stated = clean(match["date"].replace("*", ""))
    if published is None and stated.casefold() not in NOTHING:
        notes.append(f"Publish Date: {stated}")
    code_urls = find_urls(match["code"])
    code = clean(match["code"])
    if not code_urls and code.casefold() not in NOTHING:
        notes.append(f"Code: {code}")
    return Row(
        line=number,
        end_line=end,
        title=link.title,
        title_language=language_of(link.title),
        arxiv_id=link.arxiv_id,
        version=link.version,
        url=link.url,
        published=published,
        texts=abstract_texts(slot.lead) + slot.texts,
        topics=(topic,) if topic else (),
        code_urls=code_urls,
        notes=(*notes, *slot.notes),
    )
