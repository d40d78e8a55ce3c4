"""Paragraphs from the lines of a PDF, those joined again that a column or a page divides.

A line goes on the one before it unless the way they are printed says otherwise. Headings are
paragraphs of their own; which section a paragraph is in is `layout`'s business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from indexer.fulltexts.edges import without_edges
from indexer.fulltexts.headings import is_heading
from indexer.fulltexts.pdf import Line
from indexer.fulltexts.words import HAN_TEXT, joined, whole_words

_BOLD = 600
_SENTENCE = 60
"""Characters."""
_ENDS = re.compile(r"[.!?。！？:：;；][\"'”’)\]）】]*(?:\s*\[[\d, –-]+\])?$")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, as one, on the page where they begin."""

    page: int
    text: str
    size: float
    heading: bool = False
    broken: bool = False
    """Begins at the top of a column or page, so that it may go on another one."""
    level: int = 0
    """Of a heading in HTML, from 1 on; 0 where nobody says."""


def paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs of a document, in the order of its lines."""
    lines = list(whole_words(without_edges(lines)))
    if not lines:
        return []
    characters = Counter[float]()
    weights = Counter[int]()
    for line in lines:
        characters[line.size] += len(line.text)
        weights[line.weight] += len(line.text)
    body = characters.most_common(1)[0][0]
    # In some files the text itself seems bold.
    bold = max(_BOLD, weights.most_common(1)[0][0] + 100)
    pitch = _pitch(lines, body)
    begun = False
    found: list[Paragraph] = []
    before: Line | None = None
    for line in lines:
        # Above the first section stand title and authors, in all sizes.
        larger = line.size > 1.1 * body
        shown = begun or line.page > lines[0].page
        # Small capitals are printed with the small sizes of capitals.
        smaller = line.size < (0.75 if line.text.isupper() else 0.95) * body
        heading = is_heading(
            line.text, larger=larger, bold=line.weight >= bold, begun=shown, smaller=smaller
        )
        begun = begun or heading
        jumped = before is None or line.page != before.page or line.top > before.bottom + pitch / 2
        last = found[-1] if found else None
        if heading and last and last.heading and before and _same_heading(before, line, pitch):
            found[-1] = replace(last, text=f"{last.text} {line.text}")
        elif (
            last
            and before
            and not (heading or last.heading or jumped or _parted(before, line, pitch))
        ):
            found[-1] = replace(last, text=joined(last.text, line.text))
        else:
            broken = jumped and not heading
            found.append(Paragraph(line.page, line.text, line.size, heading, broken))
        before = line
    return list(_whole(found))


def _whole(found: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """Paragraphs joined again where a column or page ends within one.

    A footnote or caption may stand between: the part that goes on has the same size. What goes
    on from another page stays there, but for the end of the sentence that began before.
    """
    kept: list[Paragraph] = []
    for each in found:
        place = _unfinished(kept, each) if each.broken else None
        if place is None:
            kept.append(each)
            continue
        begun = kept[place]
        if begun.page == each.page:
            kept[place] = replace(begun, text=joined(begun.text, each.text))
            continue
        end, rest = _first_sentence(each.text)
        kept[place] = replace(begun, text=joined(begun.text, end))
        if rest:
            kept.append(replace(each, text=rest))
    return iter(kept)


def _unfinished(kept: Sequence[Paragraph], each: Paragraph) -> int | None:
    """The place of the paragraph that goes on in this one, which begins a column."""
    for place in range(len(kept) - 1, -1, -1):
        before = kept[place]
        if before.heading or before.page < each.page - 1:
            return None
        if before.size == each.size:
            return place if _goes_on(before.text, each.text) else None
    return None


def _goes_on(before: str, text: str) -> bool:
    if _ENDS.search(before):
        return False
    if text[0].islower() or text[0].isdigit() or HAN_TEXT.match(text[0]):
        return True
    # A name may begin a line; but a short line before it was a caption or a formula.
    return len(before) > _SENTENCE and (before[-1].islower() or before[-1] in ",-–")


def _first_sentence(text: str) -> tuple[str, str]:
    end = re.search(r"(?<=[a-z\d)\]%]{2}[.!?])\s+(?=[A-Z\[(])|(?<=[。！？])", text)
    return (text[: end.start()], text[end.end() :]) if end else (text, "")


def _parted(before: Line, line: Line, pitch: float) -> bool:
    """Whether a line begins a paragraph, by what stands above it."""
    if abs(before.size - line.size) > 0.15 * before.size:
        return abs(before.bottom - line.top) > 0.7 * pitch  # else a raised or lowered piece
    gap = before.bottom - line.top
    indented = line.x - before.x > 0.6 * line.size and _ENDS.search(before.text) is not None
    return gap > 1.4 * max(pitch, 1.05 * line.size) or indented


def _same_heading(before: Line, line: Line, pitch: float) -> bool:
    near = 0 < before.bottom - line.top < 2 * max(pitch, line.size)
    return near and before.size == line.size and not re.match(r"[\dA-Z第]+[.\s]", line.text)


def _pitch(lines: Sequence[Line], body: float) -> float:
    """From one line of the text to the next, in points."""
    gaps = [
        one.bottom - other.top
        for one, other in pairwise(lines)
        if one.page == other.page and one.size == other.size == body
    ]
    near = [gap for gap in gaps if 0.5 * body < gap < 3 * body]
    return median(near) if near else 1.2 * body
