"""The safety net under all readers: what links to a paper must be in a row or in a reject.

It knows no layout, only line ranges, so it also catches what a reader never looked at, for
example a section that a digest added yesterday. Page furniture without links to papers
(tables of contents, badges, footers) is of no interest here.
"""

from __future__ import annotations

from indexer.identity import links_to_arxiv
from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading

BROKEN = "holds bytes that are no UTF-8; mend the file, or fetch it again"
REASON = "links to an arXiv paper, but no reader took it for part of an entry"


def checked(page: Page, reading: Reading) -> Reading:
    """A reading whose rows are whole, and whose rejects, in order, hold all that is not in one."""
    rejects = [*reading.rejects, *uncovered(page, reading)]
    rows = []
    for row in reading.rows:
        if page.broken.isdisjoint(_lines_of(row)):
            rows.append(row)
        else:
            raw = "\n".join(page.lines[row.line - 1 : row.end_line])
            rejects.append(Reject(row.line, BROKEN, raw))
    beside = page.broken - _covered(Reading(tuple(rows), tuple(rejects)))
    rejects += [Reject(number, BROKEN, page.lines[number - 1]) for number in beside]
    rejects.sort(key=lambda reject: reject.line)
    return Reading(tuple(rows), tuple(rejects), reading.date)


def uncovered(page: Page, reading: Reading) -> list[Reject]:
    """Report every line that links to an arXiv paper outside all rows and rejects of `reading`."""
    covered = _covered(reading)
    return [
        Reject(number, REASON, line)
        for number, line in enumerate(page.lines, 1)
        if number not in covered and links_to_arxiv(line)
    ]


def _covered(reading: Reading) -> set[int]:
    """The numbers of all lines in a row or reject."""
    covered: set[int] = set()
    for row in reading.rows:
        covered.update(_lines_of(row))
    for piece in reading.rejects:
        covered.update(range(piece.line, piece.line + piece.raw.count("\n") + 1))
    return covered


def _lines_of(row: Row) -> range:
    return range(row.line, row.end_line + 1)
