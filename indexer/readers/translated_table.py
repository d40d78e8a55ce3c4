"""Reads `translated-table`: one table row per paper, with a Chinese title and abstract.

A title cell may run over many lines, because the translating model explains its choices in
it, sometimes after a preamble and without brackets. No Markdown table may have such cells,
so a row grammar reads them: a row goes from its opening bar until all the header's cells
are there. The cell with the link is the fixed point; cells are counted from it outwards,
which leaves a surplus `|` in the first cell (the title) or the last (the abstract).

The header says which columns there are; days differ in them. A column unknown to this
reader goes to the notes, under its name. Where the page gives the authors' own title too
(`Title`), that is the row's title, and the translated one goes to the notes. So do the
translator's remarks, in titles and behind abstracts alike.
"""

from __future__ import annotations

import re

from indexer.language import language_of
from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.days import by_day
from indexer.readers.links import read_paper_url
from indexer.readers.markup import (
    ENTITY,
    NOTHING,
    EntryError,
    abstract_texts,
    clean,
    clean_title,
    find_date,
    find_urls,
    is_separator,
    join_wrapped,
    last_text_line,
    reject,
    split_cells,
    squeeze,
    unescape,
    unescape_bars,
)
from indexer.readers.slot import read_slot

_TITLE, _AUTHOR, _DATE, _LINK, _CODE, _ORIGINAL, _ABSTRACT = (
    "标题", "作者", "发布日期", "PDF链接", "代码仓库", "Title", "摘要",
)  # fmt: skip
_KNOWN = {_TITLE, _AUTHOR, _DATE, _LINK, _CODE, _ORIGINAL, _ABSTRACT}
_HEADER = re.compile(rf"^\s*\|\s*{_TITLE}\s*\|.*\|\s*{_LINK}\s*\|", re.MULTILINE)
# The day's heading, which is all that a day without papers has.
_DAY = re.compile(
    r"^#\s+(?:(?:arxiv|biorxiv|medrxiv)\s+(?P<date>\d{4}-\d{2}-\d{2})(?:\s+Papers)?"
    r"|(?P<day>\d{4}-\d{2}-\d{2})\s+每日论文)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_LINK_CELL = re.compile(r"\|\s*\[[^\]|\n]*\]\(\s*(?P<url>https?://[^\s|]+?)\)?\s*(?=\||$)")
_HEADING = re.compile(r"#{1,2}\s")
# What stands in place of a day's table where the generator could not fetch it.
_NOT_FETCHED = re.compile(r"\s*>\s*抓取失败")
_PREAMBLE_END = ("：", ":")
_OPENS_NOTE = re.compile(
    r"[（(]?\s*(?:(?:译者?注|注|[^\s：:，。（(]{0,6}说明)\s*[：:]|(?:该|本|此|这段)翻译)"
)
_INLINE_NOTE = re.compile(r"[（(]\s*(?:译者?注|注|[^\s：:，。（(]{0,6}说明)\s*[：:].*[）)]$")
# Printed behind the first hundred characters of a text that was not translated.
FAILED = "[翻译失败]"
# A ";" parts names unless it ends an entity.
_NAME = re.compile(rf"(?:{ENTITY}|[^;；、])+")


class TranslatedTable:
    """The reader of `translated-table`."""

    layout = "translated-table"

    def recognises(self, page: Page) -> bool:
        """Whether the page has this layout's header row or day heading."""
        return bool(_HEADER.search(page.text) or _DAY.search(page.text))

    def read(self, page: Page) -> Reading:
        """Read one row per table row."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        lines = page.lines
        columns: list[str] = []
        index = 0
        while index < len(lines):
            end = index + 1
            if _NOT_FETCHED.match(lines[index]):
                reason = "the digest failed to fetch this day's papers, and lists none"
                rejects.append(reject(lines, index, end, reason))
            elif not lines[index].lstrip().startswith("|") or is_separator(lines[index]):
                pass
            elif is_separator("".join(lines[end : end + 1])):
                columns = split_cells(lines[index])
            elif _LINK in columns:
                end = _row_end(lines, index, len(columns) - columns.index(_LINK))
                try:
                    rows.append(_read_row(lines, index, end, columns))
                except EntryError as problem:
                    rejects.append(reject(lines, index, end, str(problem)))
            index = end
        headings = ((number, _DAY.match(line)) for number, line in enumerate(lines, 1))
        days = [(number, day["date"] or day["day"]) for number, day in headings if day]
        dates = [(number, date) for number, day in days if (date := find_date(day))]
        return Reading(by_day(rows, dates), tuple(rejects), dates[0][1] if dates else None)


def _row_end(lines: list[str], start: int, bars: int) -> int:
    """Find where the row that begins at `start` ends (excluded).

    It is complete once a line ends with a bar and the link cell has `bars` bars behind it.
    Otherwise it ends where something else begins.
    """
    behind: int | None = None
    for index in range(start, len(lines)):
        line = lines[index].rstrip()
        if index > start and (line.lstrip().startswith("|") or _HEADING.match(line)):
            return last_text_line(lines, start, index)
        if behind is not None:
            behind += line.count("|")
        elif link := _LINK_CELL.search(line):
            behind = line.count("|", link.end())
        if behind is not None and behind >= bars and line.endswith("|"):
            return index + 1
    return last_text_line(lines, start, len(lines))


def _read_row(lines: list[str], start: int, end: int, columns: list[str]) -> Row:
    cells = _cells("\n".join(lines[start:end]).strip(), columns)
    arxiv_id, version = read_paper_url(cells[_LINK])
    title, notes = _title_and_notes(cells.get(_TITLE, ""))
    if original := clean_title(cells.get(_ORIGINAL, "")):
        if title:
            notes.insert(0, title)
        title = original
    if not title:
        raise EntryError("the title is empty")
    slot = read_slot(cells.get(_ABSTRACT, ""))
    abstract, translators = _cut_note(slot.lead)
    notes += _one_note(translators)
    published = find_date(cells.get(_DATE, ""))
    code_urls = find_urls(cells.get(_CODE, ""))
    unread = {name: cell for name, cell in cells.items() if name not in _KNOWN}
    # Stated, but not in a form that this reader understands.
    unread |= {} if published else {_DATE: cells.get(_DATE, "")}
    unread |= {} if code_urls else {_CODE: cells.get(_CODE, "")}
    notes += [
        f"{name}: {clean(cell)}"
        for name, cell in unread.items()
        if clean(cell).casefold() not in NOTHING
    ]
    notes += slot.notes
    return Row(
        line=start + 1,
        end_line=end,
        title=title,
        title_language=language_of(title),
        arxiv_id=arxiv_id,
        version=version,
        url=cells[_LINK],
        published=published,
        texts=abstract_texts(abstract) + slot.texts,
        authors=_authors(cells.get(_AUTHOR, "")),
        code_urls=code_urls,
        notes=tuple(notes),
    )


def _cells(row: str, columns: list[str]) -> dict[str, str]:
    """Return the row's cells by column name; the link cell holds the bare address."""
    link = _LINK_CELL.search(row)
    position = columns.index(_LINK)
    count = len(split_cells(row))
    wrong_count = EntryError(f"row has {count} cells, the table has {len(columns)} columns")
    if link is None:
        raise EntryError("no link in the link column") if count >= len(columns) else wrong_count
    before = row[1 : link.start()].rsplit("|", position - 1) if position else []
    behind_count = len(columns) - position - 1
    rest = row[link.end() :].strip()
    # A single bar closes the link's own cell; with no limit, a surplus cell is noticed.
    behind = rest[1:].removesuffix("|").split("|", behind_count - 1) if len(rest) > 1 else []
    if len(before) != position or len(behind) != behind_count:
        raise wrong_count
    cells = [*before, unescape(link["url"]), *behind]
    return {name: unescape_bars(cell.strip()) for name, cell in zip(columns, cells, strict=True)}


def _title_and_notes(cell: str) -> tuple[str, list[str]]:
    """Part a title cell into the title and what the translator said around it."""
    paragraphs = [paragraph.strip() for paragraph in re.split(r"\n\s*\n", cell)]
    preamble = []
    if len(paragraphs) > 1 and paragraphs[0].endswith(_PREAMBLE_END):
        preamble.append(clean(paragraphs.pop(0)))
    title, notes = _cut_note(paragraphs[0])
    if inline := _INLINE_NOTE.search(title):
        notes.insert(0, inline[0])
        title = title[: inline.start()]
    return clean_title(title), preamble + _one_note([*notes, *paragraphs[1:]])


def _cut_note(cell: str) -> tuple[str, list[str]]:
    """Join a cell's text up to the line, not its first, where the translator takes over.

    The text is as printed, to be unescaped when all markup is off.
    """
    failed = [FAILED] if FAILED in cell else []
    lines = cell.replace(FAILED, "").split("\n")
    for index, line in enumerate(lines):
        if index and _OPENS_NOTE.match(line.strip()):
            return join_wrapped(lines[:index]), lines[index:] + failed
    return join_wrapped(lines), failed


def _one_note(pieces: list[str]) -> list[str]:
    lines = (clean(line) for piece in pieces for line in piece.split("\n"))
    note = "\n".join(line for line in lines if line)
    return [note] if note else []


def _authors(cell: str) -> tuple[str, ...]:
    # Commas stay: the biology servers print one author as "Thomas, R. J.".
    names = (name for name in _NAME.findall(cell) if squeeze(name).casefold() not in NOTHING)
    return tuple(name for raw in names if (name := clean(raw)))
