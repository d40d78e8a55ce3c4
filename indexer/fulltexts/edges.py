"""Which lines of a PDF are no text of the paper: running heads, page numbers, arXiv's stamp."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from indexer.fulltexts.pdf import Line

EDGE = 0.1
"""Of a page's height, above and below, where running heads and page numbers stand."""
STAMP = re.compile(r"arXiv:\S+\s+\[[\w.-]+\]")
"""What arXiv prints on the first page of its files."""
STAMPED_DAY = re.compile(r"\d \w{3} \d{4}$")
"""At the end of the stamp, which tells it from a paper that is cited."""
_NO_TEXT = re.compile(rf"^(?:{STAMP.pattern})|(?:\. ?){{6,}}")
"""arXiv's stamp, and lines of a table of contents."""
_OWN = 2
_HEADS = 2
"""Lines of a running head, or of what stands at the foot, at most."""
_NUMBER = re.compile(
    r"\W*(?:page\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d+)?\W*", re.IGNORECASE
)


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
        if not _NO_TEXT.search(line.text) and not (line.top in edges[line.page] and head):
            yield line


def _edges(lines: Sequence[Line]) -> dict[int, set[float]]:
    """The heights on each page at which running heads may stand."""
    heights: defaultdict[int, set[float]] = defaultdict(set)
    whole: dict[int, float] = {}
    for line in lines:
        heights[line.page].add(line.top)
        whole[line.page] = line.height
    found: dict[int, set[float]] = {}
    for page, tops in heights.items():
        height = whole[page]
        ordered = sorted(tops)
        outer = {*ordered[:_HEADS], *ordered[-_HEADS:]}
        found[page] = {top for top in outer if not EDGE < top / height < 1 - EDGE}
    return found


def _has_own_number(line: Line) -> bool:
    return str(line.page) in (line.text.split()[0], line.text.split()[-1])


def _head(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.casefold()).strip(), round(line.top)
