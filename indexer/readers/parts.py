r"""Reads what stands under an entry's heading in `arxiv-by-category`: authors and labelled parts.

Labels count only in the order in which the layout prints them, and none after `Abstract:`, so
an abstract may well have a line that starts with "Result:". Forks print them bold, in lists or
in Chinese, or leave them out in a `<details>` block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from indexer.language import language_of
from indexer.paper import Text, TextKind
from indexer.readers.markup import (
    NOTHING,
    abstract_texts,
    clean_lines,
    join_wrapped,
    split_names,
)
from indexer.readers.slot import LABELS, Slot

AUTHORS = re.compile(r"\*(?!\*)(?P<names>.+?)\*?")
LABEL = re.compile(
    r"\**(?P<label>Main category|TL;DR|Task|Motivation|Method|Result|Conclusion|Abstract)\**"
    r"\s*[:：]\**\s*(?P<text>.*)"
)
_DETAILS_TITLE = re.compile(
    r"(?:<details\b[^>]*>\s*)?<summary>\s*(?P<label>.*?)\s*</summary>", re.IGNORECASE
)
_ABSTRACT_TITLE = re.compile(r"abstract|摘要", re.IGNORECASE)
END = "</details>"
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
# Parts of forks: an abstract that may be translated, and what only its language tells.
_EITHER, _UNTOLD = "摘要", "Details"
_NAMES = {name: name for name in PARTS}
_NAMES |= {LABELS["zh"][kind]: name for name, kind in PARTS.items() if kind and kind != "summary"}
_NAMES[_EITHER] = _EITHER
_BOLD = r"(?:[-*+]\s+)?\*\*%s(?:\s*[:：]\s*\*\*|\*\*\s*[:：])\s*"
_BOLD_LABEL = re.compile(_BOLD % f"(?P<label>{'|'.join(map(re.escape, _NAMES))})" + "(?P<text>.*)")
_BOLD_AUTHORS = re.compile(_BOLD % "(?:Authors?|作者)" + "(?P<names>.+)", re.IGNORECASE)


@dataclass(slots=True)
class Parts:
    """What stands under an entry's heading, by label."""

    authors: tuple[str, ...] = ()
    lines: dict[str, list[str]] = field(default_factory=dict)
    stray: list[str] = field(default_factory=list)


def read_parts(body: list[str]) -> Parts:
    """Part the lines under an entry's heading at their labels."""
    parts = Parts()
    part: str | None = None
    for raw in body:
        line = raw.strip()
        # Indented, a label is the authors' own paragraph, not the layout's.
        found = LABEL.fullmatch(raw.rstrip()) or _BOLD_LABEL.fullmatch(raw.rstrip())
        caption = _DETAILS_TITLE.fullmatch(line)
        name = _caption_part(caption["label"], part) if caption else None
        name = _NAMES.get(found["label"]) if found else name
        if name and not _comes_late(name, parts.lines):
            part = name
            parts.lines.setdefault(part, []).extend([found["text"]] if found else [])
        elif not line or caption or _TAGS.fullmatch(line):
            part = None if line == END else part
        elif part not in (None, _ORDER[0]):
            parts.lines[part].append(line)
        elif not parts.authors and (authors := _authors_line(line)):
            parts.authors = split_names(authors)
        else:
            parts.stray.append(line)
    return parts


def _caption_part(caption: str, part: str | None) -> str | None:
    """The part that details with a caption hold; None if the one before them goes on."""
    if caption in PARTS:
        return caption
    if _ABSTRACT_TITLE.search(caption):
        return _EITHER
    return _UNTOLD if part in (None, _ORDER[0]) else None


def _comes_late(name: str, read: dict[str, list[str]]) -> bool:
    """Whether a part of the layout's own stands behind one that it comes before, or itself."""
    ranks = [_ORDER.index(each) for each in read if each in _ORDER]
    return name in _ORDER and _ORDER.index(name) <= max(ranks, default=-1)


def _authors_line(line: str) -> str | None:
    found = _BOLD_AUTHORS.fullmatch(line) or AUTHORS.fullmatch(line)
    return found["names"] if found else None


def part_texts(slots: dict[str, Slot]) -> tuple[Text, ...]:
    """The texts in the parts of an entry, by label."""
    texts: list[Text] = []
    for label, slot in slots.items():
        lines = slot.lead.split("\n")
        if label == _EITHER:
            texts += [*abstract_texts(join_wrapped(lines)), *slot.texts]
            continue
        untold: TextKind = "summary" if language_of(slot.lead) == "zh" else "abstract"
        kind = PARTS.get(label, untold)
        # Only abstracts are hard-wrapped; a break elsewhere was meant as one.
        if kind == "abstract":
            text = clean_lines(join_wrapped(lines))
        else:
            text = "\n".join(line for raw in lines if (line := clean_lines(raw)))
        if kind and text and slot.lead.strip().casefold() not in NOTHING:
            texts.append(Text(kind, language_of(text), text))
        texts += slot.texts
    return tuple(texts)
