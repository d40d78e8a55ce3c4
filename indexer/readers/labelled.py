"""Reads `labelled-entries`: papers as headings or list items, and under each what is said of it.

This is no one digest's layout but what most plain ones have in common. An entry begins with a
title that links to the paper, or has the link on a line below; then come authors, dates,
links and texts, with labels in English or Chinese or without. `outline` finds the entries and
`free_text` reads what stands in one. Only pages that no other reader knows are read so.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.days import by_day
from indexer.readers.fields import Context
from indexer.readers.free_text import read_free_text
from indexer.readers.labels import is_citation
from indexer.readers.markup import EntryError, clean, find_date, reject
from indexer.readers.outline import Opening, Outline
from indexer.readers.titled import papers

_DEEPER = 7  # than any heading
_JSON = re.compile(r"\s*(?:\{|\[\s*[{\]])")
_STRAY = "begins with a link to another paper, inside an entry"
_NO_PAPER = "names no paper by its link, authors or abstract"
_MARKS = re.compile(r"^#{1,6}\s+|[*_`]+|\s*[(（\[]\s*\d+[^()（）\[\]]*[)）\]]\s*$")
_AROUND = re.compile(r"^(?:[\W_]|\d+(?:\.\d+)*[.)、]?\s)+|\s*[^\w)）\]]+$")
_CATEGORY = re.compile(r"(?<![\w.])[a-z]+(?:-[a-z]+)?\.[A-Z]{2}(?![\w.])")
# What a program's own page says below its one paper.
_OF_SOFTWARE = re.compile(
    r"#{1,6}\W*(?:install|usage\b|getting started|quick ?start|licen[cs]e|contributing"
    r"|安装|使用|许可)",
    re.IGNORECASE,
)
# Headings above entries that name no topic.
_NO_TOPIC = re.compile(
    r"(?:\W|\d|the|of|today'?s?|daily|new|latest|all|top|list|papers?|articles?|arxiv|digest|picks?"
    r"|今日|每日|最新|全部|论文|列表|文章|精选|推荐|更新)*",
    re.IGNORECASE,
)
_DATE_LINE = re.compile(
    r"#|\W*(?:\w+ )?(?:date|updated?)\b|\W*[^:：]{0,6}(?:日期|更新|时间)", re.IGNORECASE
)


class LabelledEntries:
    """The reader of `labelled-entries`."""

    layout = "labelled-entries"

    def recognises(self, page: Page) -> bool:
        """Whether the page has entries that say something of their papers, and few of others.

        A program's page with its one paper and an article's list of references are left alone.
        """
        if _JSON.match(page.text):
            return False  # whose lines may well look like titles and links
        if not papers(page.text):
            return False
        reading = _read(page)
        others = sum(each.reason == _NO_PAPER for each in reading.rejects)
        if others > len(reading.rows):
            return False
        if len(reading.rows) == 1 and any(map(_OF_SOFTWARE.match, page.lines)):
            return False
        return any(not is_citation(text.text) for row in reading.rows for text in row.texts)

    def read(self, page: Page) -> Reading:
        """Read one row per entry."""
        return _read(page)


@lru_cache(maxsize=1)  # a page is read to be recognised, and then once more
def _read(page: Page) -> Reading:
    rows: list[Row] = []
    rejects: list[Reject] = []
    lines = page.lines
    outline = Outline(lines)
    entries = outline.entries()
    begun = {opening.line for opening, _ in entries}
    headings = [at for at, level in enumerate(outline.levels) if level and at not in begun]
    for opening, end in entries:
        strays = set(_strays(outline, opening, end))
        body = (lines[at] for at in range(opening.line + 1, end) if at not in strays)
        context = _context(outline, opening, headings)
        try:
            pieces = read_free_text(opening.titled, [opening.titled.rest, *body])
            row = pieces.row(opening.line + 1, end, context)
            if not _is_paper(row):
                raise EntryError(_NO_PAPER)
        except EntryError as problem:
            rejects.append(reject(lines, opening.line, end, str(problem)))
            continue
        rows.append(row)
        rejects += [reject(lines, at, at + 1, _STRAY) for at in sorted(strays)]
    dated = (find_date(line) for line in lines[: min(begun, default=0)] if _DATE_LINE.match(line))
    inside = {at for opening, end in entries for at in range(opening.line, end)}
    days = [(at + 1, day) for at in headings if at not in inside and (day := find_date(lines[at]))]
    date = next(filter(None, dated), None)
    return Reading(by_day(rows, days), tuple(rejects), date)


def _is_paper(row: Row) -> bool:
    kinds = {text.kind for text in row.texts}
    named = row.arxiv_id or papers(row.url or "")
    return bool(named or row.authors or kinds & {"abstract", "translation", "tldr"})


def _strays(outline: Outline, entry: Opening, end: int) -> Iterator[int]:
    """Lines of an entry that begin as one of another paper does, and must not pass for its part."""
    own = papers(entry.titled.url or "")
    for at in range(entry.line + 1, end):
        other = outline.openings.get(at)
        if other and own and other.linked and not own & papers(other.titled.url or ""):
            yield at


def _context(outline: Outline, entry: Opening, headings: Sequence[int]) -> Context:
    """The topic or category that the heading above an entry names; the page's own names none."""
    kind, depth = entry.shape
    above = headings[: bisect_left(headings, entry.line)]
    deep = depth if kind == "heading" else _DEEPER
    at = next((at for at in reversed(above) if (outline.levels[at] or 0) < deep), None)
    if at is None or (at == headings[0] and outline.levels[at] == 1):
        return Context()
    said = outline.lines[at]
    if category := _CATEGORY.search(said):
        return Context(category=category[0])
    topic = _AROUND.sub("", _MARKS.sub("", clean(said)))
    return Context() if _NO_TOPIC.fullmatch(topic) or find_date(topic) else Context(topic=topic)
