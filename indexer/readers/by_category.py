r"""Reads `arxiv-by-category`: papers under arXiv categories, each with a structured summary.

An entry is a `### [N] [title](link)` heading, an italic author line, and labelled parts
(`TL;DR:`, `Motivation:` … `Abstract:`), most of them in a `<details>` block that ends it.
A line grammar fits and parsers do not: the page is up to a megabyte of LaTeX, whose `_`,
`*` and `\(` Markdown takes for markup, and abstracts say `$A<B<C$`, which HTML takes for
tags. Labels count only in the order in which the layout prints them, and none after
`Abstract:`, so an abstract may well have a line that starts with "Result:". Where the
generator's language model failed, a part says "Error"; it is kept as it was printed.

Forks of the layout that are read too: headings without a number, pages without categories,
`Task:` in place of `TL;DR:`, and a `<details>` block that holds only the abstract. So are
the pages that Paper Archive writes, which name their day and may have further parts (`slot`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from indexer.language import language_of
from indexer.paper import Reject, Row, Text, TextKind
from indexer.readers.base import Page, Reading
from indexer.readers.links import read_link
from indexer.readers.markup import (
    NOTHING,
    EntryError,
    clean,
    clean_lines,
    find_date,
    join_wrapped,
    last_text_line,
    reject,
    split_names,
    unwrap,
)
from indexer.readers.slot import Slot, read_slot

_ENTRY_HEADING = re.compile(r"###(?!#)\s*(?:\[\d+\]\s+)?(?P<link>.*)")
_SECTION = re.compile(r"#\s+(?P<category>\S+)\s+\[\[Back\]\]", re.IGNORECASE)
_SECTION_ANYWHERE = re.compile(r"^# \S+ \[\[Back\]\]\(#toc\)", re.MULTILINE)
_LINKED_HEADING = re.compile(r"^### (?:\[\d+\] )?\[.*\]\(https?://\S*arxiv\.org/", re.MULTILINE)
_PAGE_TITLE = re.compile(
    r"^#\s+(?:AI-Enhanced arXiv Daily|Papers by category)\b(?P<date>.*)", re.MULTILINE
)
_AUTHORS = re.compile(r"\*(?!\*)(?P<names>.+?)\*?")
_LABEL = re.compile(
    r"\**(?P<label>Main category|TL;DR|Task|Motivation|Method|Result|Conclusion|Abstract)\**"
    r"\s*[:：]\**\s*(?P<text>.*)"
)
_DETAILS_TITLE = re.compile(r"<summary>\s*(?P<label>.*?)\s*</summary>", re.IGNORECASE)
_END = "</details>"
_TAGS = re.compile(r"(?:</?(?:details|div)\b[^>]*>\s*)+", re.IGNORECASE)

# In the order in which an entry prints them. `Task:` states what a paper sets out to do:
# a digest's free words, but not a TL;DR.
PARTS: dict[str, TextKind | None] = {
    "Main category": None,
    "TL;DR": "tldr",
    "Task": "summary",
    "Motivation": "motivation",
    "Method": "method",
    "Result": "result",
    "Conclusion": "conclusion",
    "Abstract": "abstract",
}
_ORDER = list(PARTS)


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


@dataclass(slots=True)
class _Parts:
    """What stands under an entry's heading, by label."""

    authors: tuple[str, ...] = ()
    lines: dict[str, list[str]] = field(default_factory=dict)
    stray: list[str] = field(default_factory=list)


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
        elif line.strip() == _END:
            yield _Block(start, index + 1, category)
            start = index + 1
    if start < len(lines):
        yield _Block(start, last_text_line(lines, start, len(lines)), category)


def _read_block(lines: list[str], block: _Block) -> Row | None:
    """Read the block's entry; None if the block is the page's furniture."""
    heading = _ENTRY_HEADING.fullmatch(lines[block.start].strip())
    body = lines[block.start + 1 : block.end]
    if heading is None:
        if any(_LABEL.match(line) for line in lines[block.start : block.end]):
            raise EntryError("text of an entry without its heading")
        return None
    parts = _read_parts(body)
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
        texts=stray.texts + _texts(slots),
        authors=parts.authors,
        categories=tuple(dict.fromkeys(categories)),
        notes=tuple(
            chain(link.notes, notes, stray.notes, *(slot.notes for slot in slots.values()))
        ),
    )


def _read_parts(body: list[str]) -> _Parts:
    parts = _Parts()
    rank = -1
    for raw in body:
        line = raw.strip()
        # Indented, a label is the authors' own paragraph, not the layout's.
        details_title = _DETAILS_TITLE.fullmatch(line)
        found = _LABEL.fullmatch(raw.rstrip()) or details_title
        label = found["label"] if found else None
        if found and label in PARTS and _ORDER.index(label) > rank:
            rank = _ORDER.index(label)
            parts.lines[label] = [found["text"]] if "text" in found.groupdict() else []
        elif not line or details_title or _TAGS.fullmatch(line):
            continue
        elif rank > 0:
            parts.lines[_ORDER[rank]].append(line)
        elif not parts.authors and (authors := _AUTHORS.fullmatch(line)):
            parts.authors = split_names(authors["names"])
        else:
            parts.stray.append(line)
    return parts


def _texts(slots: dict[str, Slot]) -> tuple[Text, ...]:
    texts: list[Text] = []
    for label, slot in slots.items():
        kind, lines = PARTS[label], slot.lead.split("\n")
        # Only abstracts are hard-wrapped; a break elsewhere was meant as one.
        if kind == "abstract":
            text = clean_lines(join_wrapped(lines))
        else:
            text = "\n".join(line for raw in lines if (line := clean_lines(raw)))
        if kind and text and slot.lead.strip().casefold() not in NOTHING:
            texts.append(Text(kind, language_of(text), text))
        texts += slot.texts
    return tuple(texts)
