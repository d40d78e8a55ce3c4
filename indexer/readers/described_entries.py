"""Reads lists and pages whose entries a layout file describes; `blocks` cuts them."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.identity import links_to_arxiv
from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.blocks import blocks, read_block
from indexer.readers.described import Described
from indexer.readers.layout import EntriesLayout
from indexer.readers.markup import EntryError, reject

_STRAY = "links to a paper, but neither begins an entry nor fits a pattern or label of the layout"


class DescribedEntries(Described):
    """Reads entries that begin with a line of a described form."""

    description: EntriesLayout

    def refusals(self, page: Page) -> Iterator[str]:
        """Why a page is not in this layout: an entry must begin somewhere."""
        start = self.description.start
        if start and not start.search(page.text):
            yield f"no line begins an entry: {start.pattern}"
        yield from super().refusals(page)

    def read(self, page: Page) -> Reading:
        """Read one row per entry."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        contexts = self.contexts(page)
        for start, end in blocks(page.lines, self.description):
            try:
                pieces, strays = read_block("\n".join(page.lines[start:end]), self.description)
                foreign = {start + at for at, line in strays if links_to_arxiv(line)}
                for at, line in strays:
                    if start + at not in foreign:
                        pieces.note(line)
                pieces = self.named(page, pieces)
                rows.append(pieces.row(start + 1, end, contexts[start]))
            except EntryError as problem:
                rejects.append(reject(page.lines, start, end, str(problem)))
                continue
            # Most likely an entry that lost its form; it must not pass for a part of this one.
            rejects += [reject(page.lines, at, at + 1, _STRAY) for at in sorted(foreign)]
        return Reading(tuple(rows), tuple(rejects), self.date(page))
