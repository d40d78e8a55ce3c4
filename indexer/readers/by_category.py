r"""Reads `arxiv-by-category`: papers under arXiv categories, each with a structured summary.

An entry is a `### [N] [title](link)` heading, an italic author line, and labelled parts
(`TL;DR:`, `Motivation:` … `Abstract:`, see `parts`), most of them in a `<details>` block.
A line grammar fits and parsers do not: the page is up to a megabyte of LaTeX, whose `_`,
`*` and `\(` Markdown takes for markup, and abstracts say `$A<B<C$`, which HTML takes for
tags. Where the generator's language model failed, a part says "Error"; it is kept as it was
printed.

Forks of the layout that are read too: headings without a number, pages without categories,
`Task:` in place of `TL;DR:`, labels that are bold, listed or Chinese, and `<details>` blocks
whose text has no label: their caption tells what it is, or its language. So are
the pages that Paper Archive writes, which name their day and may have further parts (`slot`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, takewhile

from indexer.language import language_of
from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.links import read_link
from indexer.readers.markup import (
    NOTHING,
    EntryError,
    clean,
    find_date,
    last_text_line,
    reject,
    unwrap,
)
from indexer.readers.parts import AUTHORS, END, LABEL, part_texts, read_parts
from indexer.readers.slot import read_slot

_ENTRY_HEADING = re.compile(r"###(?!#)\s*(?:\[\d+\]\s+)?(?P<link>.*)")
_SECTION = re.compile(r"#\s+(?P<category>\S+)\s+\[\[Back\]\]", re.IGNORECASE)
_SECTION_ANYWHERE = re.compile(r"^# \S+ \[\[Back\]\]\(#toc\)", re.MULTILINE)
_LINKED_HEADING = re.compile(r"^### (?:\[\d+\] )?\[.*\]\(https?://\S*arxiv\.org/", re.MULTILINE)
_PAGE_TITLE = re.compile(
    r"^#\s+(?:AI-Enhanced arXiv Daily|Papers by category)\b(?P<date>.*)", re.MULTILINE
)
_FURNITURE = re.compile(r"#|<div\b|\s*-{3,}\s*$", re.IGNORECASE)


class ByCategory:
    """The reader of `arxiv-by-category`."""

    layout = "arxiv-by-category"

    def recognises(self, page: Page) -> bool:
        """Whether the page has category sections, or linked headings over details blocks."""
        text = page.text
        if _SECTION_ANYWHERE.search(text) or _PAGE_TITLE.search(text):
            return True
        return "<details>" in text and _LINKED_HEADING.search(text) is not None

    def read(self, page: Page) -> Reading:
        """Read one row per entry."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        lines = page.lines
        for block in _blocks(lines):
            try:
                if row := _read_block(lines, block):
                    rows.append(row)
            except EntryError as problem:
                rejects.append(reject(lines, block.start, block.end, str(problem)))
        title = _PAGE_TITLE.search(page.text)
        return Reading(tuple(rows), tuple(rejects), find_date(title["date"]) if title else None)


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of lines (0-based, `end` excluded): an entry, or text outside any."""

    start: int
    end: int
    category: str | None


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """Cut the page where an entry or a section begins and where an entry's details end."""
    category: str | None = None
    start = 0
    for index, line in enumerate(lines):
        section = _SECTION.match(line)
        if section or _ENTRY_HEADING.match(line):
            if start < index:
                yield _Block(start, last_text_line(lines, start, index), category)
            start = index
        if section:
            category = section["category"]
            start = index + 1
        elif line.strip() == END and index >= start:
            end = _with_tail(lines, index + 1)
            yield _Block(start, end, category)
            start = end
    if start < len(lines):
        yield _Block(start, last_text_line(lines, start, len(lines)), category)


def _with_tail(lines: list[str], end: int) -> int:
    """Where an entry ends whose details end before `end`: links and further details may follow."""
    tail = list(takewhile(lambda line: not _FURNITURE.match(line), lines[end:]))
    # An entry that lost its heading is none of the one above.
    if any(LABEL.match(line) or AUTHORS.fullmatch(line.strip()) for line in tail):
        return end
    while tail and not tail[-1].strip():
        tail.pop()
    return end + len(tail)


def _read_block(lines: list[str], block: _Block) -> Row | None:
    """Read the block's entry; None if the block is the page's furniture."""
    heading = _ENTRY_HEADING.fullmatch(lines[block.start].strip())
    body = lines[block.start + 1 : block.end]
    if heading is None:
        if any(LABEL.match(line) for line in lines[block.start : block.end]):
            raise EntryError("text of an entry without its heading")
        return None
    parts = read_parts(body)
    if not (parts.lines or "[" in heading["link"] or "://" in heading["link"]):
        return None
    link = read_link(heading["link"])
    stated = unwrap(parts.lines.pop("Main category", []))
    main = () if stated.casefold() in NOTHING else tuple(re.split(r"[,;\s]+", stated))
    categories = (*main, block.category) if block.category else main
    # What belongs to no part may be labelled too.
    stray = read_slot("\n".join(parts.stray))
    slots = {label: read_slot("\n".join(lines)) for label, lines in parts.lines.items()}
    notes = filter(None, map(clean, stray.lead.split("\n")))
    return Row(
        line=block.start + 1,
        end_line=block.end,
        title=link.title,
        title_language=language_of(link.title),
        arxiv_id=link.arxiv_id,
        version=link.version,
        url=link.url,
        texts=stray.texts + part_texts(slots),
        authors=parts.authors,
        categories=tuple(dict.fromkeys(categories)),
        notes=tuple(
            chain(link.notes, notes, stray.notes, *(slot.notes for slot in slots.values()))
        ),
    )
