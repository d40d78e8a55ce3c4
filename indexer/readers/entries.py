"""Reads the entries that `daily-numbered` and `daily-titles` share: a title, then `summary:`.

The two layouts differ only in how the title line starts, which their readers say. Both
come from one generator that flattened each summary to a single line: what were line breaks
between paragraphs are runs of two or more spaces. Those become line breaks again, and bold
markers go while their words stay. Nothing else is touched, since summaries hold formulas
and literal tags like `<think>` that Markdown or HTML parsers would take for markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from indexer.identity import links_to_arxiv
from indexer.language import language_of
from indexer.paper import Reject, Row, Text
from indexer.readers.base import Page, Reading
from indexer.readers.days import by_day
from indexer.readers.links import read_link
from indexer.readers.markup import (
    EntryError,
    clean_lines,
    find_date,
    last_text_line,
    reject,
    unbold,
)
from indexer.readers.slot import read_slot

_SUMMARY = re.compile(r"summary\s*[:：]\s*", re.IGNORECASE)
_PAGE_DATE = re.compile(r"^#\s+Papers for\b(?P<date>.*)", re.IGNORECASE | re.MULTILINE)
# The badge writes "-" as "--", as shields.io wants it.
_BADGE_DATE = re.compile(r"Last%20Updated-(?P<date>\d{4}--\d{2}--\d{2})")
_HEADING = re.compile(r"#\s")
# Two spaces behind a list marker are Markdown's list indent, not a paragraph's end.
_PARAGRAPH_END = re.compile(r"\s+(?P<marker>[*+-]|\d{1,2}\.)\s{2,}|\s{2,}")


def page_date(page: Page) -> str | None:
    """Return the page's own date: from its heading, or else from its badge."""
    if heading := _PAGE_DATE.search(page.text):
        return find_date(heading["date"])
    badge = _BADGE_DATE.search(page.text)
    return find_date(badge["date"].replace("--", "-")) if badge else None


def read_entries(page: Page, title_of: Callable[[str], str | None]) -> Reading:
    """Read all entries; `title_of` gives the link part of a line that starts an entry."""
    rows: list[Row] = []
    rejects: list[Reject] = []
    lines = page.lines
    for start, end in _spans(lines, title_of):
        try:
            rows.append(_read_entry(lines, start, end, title_of(lines[start])))
        except EntryError as problem:
            rejects.append(reject(lines, start, end, str(problem)))
    return Reading(by_day(rows, _days(lines)), tuple(rejects), page_date(page))


def _days(lines: Sequence[str]) -> list[tuple[int, str]]:
    """The lines, from 1, of the headings that name a day, and their dates."""
    headings = ((number, _PAGE_DATE.match(line)) for number, line in enumerate(lines, 1))
    dates = ((number, find_date(found["date"])) for number, found in headings if found)
    return [(number, date) for number, date in dates if date]


def _spans(lines: list[str], title_of: Callable[[str], str | None]) -> list[tuple[int, int]]:
    """Where entries begin and end: at a title, or at a summary whose title is missing."""
    spans: list[tuple[int, int]] = []
    own: set[str] = set()  # headings above all entries, which may come again with each day
    start: int | None = None
    summary_seen = False
    for index, line in enumerate(lines):
        is_title = title_of(line) is not None
        is_summary = _SUMMARY.match(line) is not None
        orphan = is_summary and (start is None or summary_seen)
        if is_title or orphan or line in own or _ends_entry(line):
            if start is not None:
                spans.append((start, last_text_line(lines, start, index)))
            start = index if is_title or orphan else None
            summary_seen = False
        elif start is None and not spans and _HEADING.match(line):
            own.add(line)
        summary_seen = summary_seen or is_summary
    if start is not None:
        spans.append((start, last_text_line(lines, start, len(lines))))
    return spans


def _ends_entry(line: str) -> bool:
    # Other headings may belong to a summary, unless it is an entry's that lost its form;
    # that one must not pass for part of the entry above it.
    return bool(_PAGE_DATE.match(line)) or (line.startswith("#") and links_to_arxiv(line))


def _read_entry(lines: list[str], start: int, end: int, title: str | None) -> Row:
    if title is None:
        raise EntryError("a summary without a title")
    link = read_link(title)
    body = "\n".join(lines[start + 1 : end]).strip()
    slot = read_slot(_SUMMARY.sub("", body, count=1) if _SUMMARY.match(body) else body)
    text = summary_text(slot.lead)
    return Row(
        line=start + 1,
        end_line=end,
        title=link.title,
        title_language=language_of(link.title),
        arxiv_id=link.arxiv_id,
        version=link.version,
        url=link.url,
        texts=((Text("summary", language_of(text), text),) if text else ()) + slot.texts,
        notes=link.notes + slot.notes,
    )


def summary_text(raw: str) -> str:
    """Return a flattened summary as plain text, one paragraph or list item per line."""
    marked = _PARAGRAPH_END.sub(
        lambda gap: f"\n{gap['marker']} " if gap["marker"] else "\n", unbold(raw).strip()
    )
    return "\n".join(text for line in marked.split("\n") if (text := clean_lines(line)))
