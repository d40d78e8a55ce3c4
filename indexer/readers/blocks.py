"""Cuts a page into entries by the form of their first lines, and reads what stands in one.

An entry goes from a line that `start` matches to the next such line, to a line that `end`
matches, or to a heading that is the page's own. Inside, patterns and labels name the pieces;
what neither touches, and the layout does not ignore, is given back as strays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from indexer.readers.fields import Pieces
from indexer.readers.layout import EntriesLayout, Piece
from indexer.readers.markup import EntryError, clean, last_text_line

_TAGS = re.compile(r"(?:</?(?:details|div|p|br|summary|hr)\b[^>]*>|\s|-{3,}+)*+", re.IGNORECASE)
_RULE = re.compile(r"^-{3,}$", re.MULTILINE)
_HEADING = re.compile(r"#{1,6}\s")
# Bold, bullets, quotes and an emoji may stand before a label; a heading needs no colon.
_LABEL = r"\s*(?P<mark>#{1,6}\s+|[>*+-]\s+)?\*{0,2}(?:[^\w\s*#]+\s*)?\*{0,2}%s\s*\*{0,2}\s*"


def blocks(lines: Sequence[str], layout: EntriesLayout) -> Iterator[tuple[int, int]]:
    """Where entries begin and end (0-based, end excluded)."""
    if layout.start is None:
        first = next((index for index, line in enumerate(lines) if line.strip()), 0)
        yield first, last_text_line(lines, first, len(lines))
        return
    begun: int | None = None
    ends = [p for p in (layout.end, layout.page.topic, layout.page.category) if p]
    for index, line in enumerate(lines):
        starts = layout.start.match(line) is not None
        if begun is not None and (starts or any(pattern.match(line) for pattern in ends)):
            yield begun, last_text_line(lines, begun, index)
            begun = None
        if starts:
            begun = index
    if begun is not None:
        yield begun, last_text_line(lines, begun, len(lines))


def read_block(text: str, layout: EntriesLayout) -> tuple[Pieces, list[tuple[int, str]]]:
    """The pieces of one entry, and its stray lines, each with its place in the entry (from 0).

    Raises `EntryError` if there is nothing in the entry.
    """
    if not text.strip():
        raise EntryError("the entry is empty")
    pieces = Pieces()
    taken: list[tuple[int, int]] = []
    for pattern in (layout.start, *layout.patterns):
        if pattern:
            taken += pieces.match(pattern, text)
    for ignored in layout.ignore:
        taken += [match.span() for match in ignored.finditer(text)]
    rest = _read_labels(_without(text, taken).split("\n"), layout.labels, pieces)
    return pieces, [(at, line) for at, line in rest if not _TAGS.fullmatch(line)]


def _read_labels(
    lines: list[str], labels: Mapping[str, Piece], pieces: Pieces
) -> Iterator[tuple[int, str]]:
    """Put what stands behind each label, up to the next label or heading; give the rest back."""
    known = {name: re.compile(_LABEL % re.escape(name), re.IGNORECASE) for name in labels}
    label: str | None = None
    said: list[str] = []
    for at, line in enumerate(lines):
        found = _label(line, known)
        if label is not None and (found or _HEADING.match(line)):
            _put(pieces, label, said, labels)
            label = None
        if found:
            label, said = found[0], [found[1]]
        elif label is not None:
            said.append(line)
        else:
            yield at, line
    if label is not None:
        _put(pieces, label, said, labels)


def _put(pieces: Pieces, label: str, said: list[str], labels: Mapping[str, Piece]) -> None:
    pieces.read(labels[label], _RULE.sub("", "\n".join(said)).strip(), label)


def _label(line: str, known: Mapping[str, re.Pattern[str]]) -> tuple[str, str] | None:
    for name, pattern in known.items():
        match = pattern.match(line)
        if match is None:
            continue
        rest = line[match.end() :]
        is_heading = (match["mark"] or "").startswith("#")
        if rest[:1] in (":", "：") or (is_heading and not clean(rest)):
            return name, rest.lstrip(":：").lstrip("*").strip()
    return None


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without some spans, its line breaks kept."""
    kept = list(text)
    for start, end in spans:
        for at in range(start, min(end, len(text))):
            if kept[at] != "\n":
                kept[at] = ""
    return "".join(kept)
