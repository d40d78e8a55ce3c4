"""Paragraphs from the lines of a PDF: running heads left out, divided words joined.

A line goes on the one before it unless the way they are printed says otherwise. Headings are
paragraphs of their own; which section a paragraph is in is `layout`'s business.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from embeddings.lexical import HAN
from indexer.fulltexts.headings import is_heading
from indexer.fulltexts.pdf import HYPHEN, Line

EDGE = 0.1
"""Of a page's height, above and below, where running heads and page numbers stand."""
STAMP = re.compile(r"arXiv:\S+\s+\[[\w.-]+\]")
"""What arXiv prints on the first page of its files."""
_NO_TEXT = re.compile(rf"^(?:{STAMP.pattern})|(?:\. ?){{6,}}")
"""arXiv's stamp, and lines of a table of contents."""
_OWN = 2
_HEADS = 2
"""Lines of a running head, or of what stands at the foot, at most."""
_BOLD = 600
_SENTENCE = 60
_NUMBER = re.compile(
    r"\W*(?:page\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d+)?\W*", re.IGNORECASE
)
_ENDS = re.compile(r"[.!?。！？:：;；][\"'”’)\]）】]*(?:\s*\[[\d, –-]+\])?$")
_HAN = re.compile(f"[{HAN}，。；：、！？（）]")
_DIVIDED = re.compile(rf"([^\W\d_]+(?:-[^\W\d_]+)*)({HYPHEN})([^\W_]+)")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_UNSEEN = {"Cc", "Cn", "Co", "Cs"}
_SPACES = re.compile(r"[\s\xa0]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, as one, on the page where they begin."""

    page: int
    text: str
    size: float
    heading: bool = False
    broken: bool = False
    """Begins at the top of a column or page, so that it may go on another one."""


def paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs of a document, in the order of its lines."""
    lines = [line for line in without_edges(lines) if not _NO_TEXT.search(line.text)]
    if not lines:
        return []
    known = Counter(word for line in lines for word in re.findall(r"[\w-]+", line.text.casefold()))
    lines = [replace(line, text=text) for line in lines if (text := _folded(line.text, known))]
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
        heading = is_heading(line.text, larger=larger, bold=line.weight >= bold, begun=shown)
        begun = begun or heading
        jumped = before is None or line.page != before.page or line.top > before.bottom + pitch / 2
        last = found[-1] if found else None
        if heading and last and last.heading and before and _same_heading(before, line, pitch):
            found[-1] = replace(last, text=f"{last.text} {line.text}")
        elif (
            heading
            or before is None
            or last is None
            or last.heading
            or jumped
            or _parted(before, line, pitch)
        ):
            found.append(
                Paragraph(line.page, line.text, line.size, heading, jumped and not heading)
            )
        else:
            found[-1] = replace(last, text=joined(last.text, line.text))
        before = line
    return list(_whole(found))


def without_edges(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines without the page numbers at the edges of pages, and without the running heads:
    what stands at the same place of two pages, but for numbers, or on three with the page's own.
    """
    edges = _edges(lines)
    pages: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for line in lines:
        if line.top in edges[line.page]:
            pages[_head(line)].add(line.page)
            if _has_own_number(line):
                pages["", round(line.top)].add(line.page)
    for line in lines:
        own = _has_own_number(line) and len(pages["", round(line.top)]) > _OWN
        head = own or _NUMBER.fullmatch(line.text) or len(pages[_head(line)]) > 1
        if line.top not in edges[line.page] or not head:
            yield line


def joined(one: str, other: str) -> str:
    """Two pieces of running text as one; Chinese has no space between."""
    if _HAN.match(one[-1:]) and _HAN.match(other[:1]):
        return one + other
    return f"{one} {other}"


def plain(text: str) -> str:
    """A text on one line, with ligatures as letters and without control characters."""
    composed = unicodedata.normalize("NFC", text)
    letters = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), composed)
    seen = (" " if unicodedata.category(char) in _UNSEEN else char for char in letters)
    return _SPACES.sub(" ", "".join(seen)).strip()


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
    if text[0].islower() or text[0].isdigit() or _HAN.match(text[0]):
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


def _folded(text: str, known: Counter[str]) -> str:
    """A line's text with ligatures as letters, and divided words whole."""

    def whole(found: re.Match[str]) -> str:
        one, _, other = found.groups()
        compound = f"{one}-{other}".casefold()
        # Of a compound the hyphen stays: one that is written so elsewhere, or of three parts.
        kept = (
            known[compound] > known[(one + other).casefold()] or "-" in one or not other.islower()
        )
        return f"{one}-{other}" if kept else one + other

    return plain(_DIVIDED.sub(whole, text).replace(HYPHEN, "-"))


def _edges(lines: Sequence[Line]) -> dict[int, set[float]]:
    """The heights on each page at which running heads may stand."""
    heights: defaultdict[int, set[float]] = defaultdict(set)
    for line in lines:
        heights[line.page].add(line.top)
    found: dict[int, set[float]] = {}
    height = lines[0].height if lines else 0.0
    for page, tops in heights.items():
        ordered = sorted(tops)
        outer = {*ordered[:_HEADS], *ordered[-_HEADS:]}
        found[page] = {top for top in outer if not EDGE < top / height < 1 - EDGE}
    return found


def _has_own_number(line: Line) -> bool:
    return str(line.page) in (line.text.split()[0], line.text.split()[-1])


def _head(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.casefold()).strip(), round(line.top)
