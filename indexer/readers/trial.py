"""Reads one page for someone who wants to see what would come of it, and why.

Nothing is kept. Which reader is tried is the caller's choice, or the registry's.
"""

from __future__ import annotations

from dataclasses import dataclass

from indexer.identity import paper_key
from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reader
from indexer.readers.coverage import checked
from indexer.readers.described import Described
from indexer.readers.registry import Registry


@dataclass(frozen=True, slots=True)
class Trial:
    """What a layout makes of a page.

    `layout` is None if no layout recognises the page; `claims` are all that do. `unrecognised`
    says, for the layout tried or else for each described one, why it does not know the page.
    """

    layout: str | None
    claims: tuple[str, ...]
    unrecognised: dict[str, tuple[str, ...]]
    date: str | None = None
    papers: int = 0
    rows_read: int = 0
    rows_rejected: int = 0
    rows: tuple[Row, ...] = ()
    rejected: tuple[Reject, ...] = ()


def try_page(page: Page, registry: Registry, reader: Reader | None = None) -> Trial:
    """Read a page with a reader, or with the one that the registry would choose.

    A reader that does not recognise the page is tried all the same, and its reasons given.
    """
    claims = tuple(registry.claims(page))
    asked = [reader] if reader else list(registry.readers.values())
    if reader is None and claims:
        reader = registry.readers[claims[0]]
        asked = []
    why = {
        each.layout: tuple(each.refusals(page))
        for each in asked
        if isinstance(each, Described) and not each.recognises(page)
    }
    if reader is None:
        return Trial(None, claims, why)
    reading = checked(page, reader.read(page))
    return Trial(
        reader.layout,
        claims,
        why,
        reading.date,
        papers=len({paper_key(row) for row in reading.rows}),
        rows_read=len(reading.rows),
        rows_rejected=len(reading.rejects),
        rows=reading.rows,
        rejected=reading.rejects,
    )
