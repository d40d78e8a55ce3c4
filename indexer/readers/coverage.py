"""The safety net under all readers: what links to a paper must be in a row or in a reject.

It knows no layout, only line ranges, so it also catches what a reader never looked at, for
example a section that a digest added yesterday. Page furniture without links to papers
(tables of contents, badges, footers) is of no interest here.
"""

from __future__ import annotations

from indexer.identity import links_to_arxiv
from indexer.paper import Reject
from indexer.readers.base import Page, Reading

REASON = "links to an arXiv paper, but no reader took it for part of an entry"


def uncovered(page: Page, reading: Reading) -> list[Reject]:
    """Report every line that links to an arXiv paper outside all rows and rejects of `reading`."""
    covered: set[int] = set()
    for row in reading.rows:
        covered.update(range(row.line, row.end_line + 1))
    for piece in reading.rejects:
        covered.update(range(piece.line, piece.line + piece.raw.count("\n") + 1))
    return [
        Reject(number, REASON, line)
        for number, line in enumerate(page.lines, 1)
        if number not in covered and links_to_arxiv(line)
    ]
