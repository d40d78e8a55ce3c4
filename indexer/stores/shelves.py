"""Two stores as one for who writes: passages of full texts stand on a shelf of their own.

What compares papers, by their vectors or by how rare their words are, asks the first store
alone, and so gives the same whether full texts are there or not. The second one is made with
the first full text, and asked by who looks into full texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Self

from indexer.fulltexts.text import FULLTEXT
from indexer.stores.base import (
    FacetField,
    Filter,
    HybridQuery,
    Legs,
    Payload,
    Point,
    Store,
    StoreInfo,
)


class Shelves:
    """A `Store`; `fulltexts` is the second one, None while there is none.

    `make` makes it when the first passage of a full text is written.
    """

    def __init__(self, papers: Store, fulltexts: Store | None, make: Callable[[], Store]) -> None:
        self._papers = papers
        self.fulltexts = fulltexts
        self._make = make

    def upsert(self, points: Sequence[Point]) -> None:
        """Write each point where it belongs."""
        own = [point for point in points if point.payload.kind == FULLTEXT]
        self._papers.upsert([point for point in points if point.payload.kind != FULLTEXT])
        if own and self.fulltexts is None:
            self.fulltexts = self._make()
        if own and self.fulltexts is not None:
            self.fulltexts.upsert(own)

    def set_payload(self, payloads: Sequence[tuple[str, Payload]]) -> None:
        """Replace payloads wherever the points are."""
        for store in self._all():
            store.set_payload(payloads)

    def delete(self, ids: Iterable[str]) -> None:
        """Delete points wherever they are."""
        gone = list(ids)
        for store in self._all():
            store.delete(gone)

    def query(self, query: HybridQuery) -> Legs:
        """Ask the first store."""
        return self._papers.query(query)

    def fetch(self, ids: Sequence[str]) -> list[Point]:
        """Points of the first store."""
        return self._papers.fetch(ids)

    def ids(self) -> Iterator[str]:
        """Every point's id."""
        return chain.from_iterable(store.ids() for store in self._all())

    def count(self, filter: Filter | None = None) -> int:
        """How many points of the first store match."""
        return self._papers.count(filter)

    def facets(self, field: FacetField, filter: Filter | None = None) -> dict[str, int]:
        """How many points of the first store carry each value."""
        return self._papers.facets(field, filter)

    def flush(self) -> None:
        """Make everything written survive a loss of power."""
        for store in self._all():
            store.flush()

    def optimize(self) -> None:
        """Build or extend both search indexes."""
        for store in self._all():
            store.optimize()

    def clear(self) -> None:
        """Delete every point."""
        for store in self._all():
            store.clear()

    def info(self) -> StoreInfo:
        """The first store's facts."""
        return self._papers.info()

    def close(self) -> None:
        """Let go of both; closing twice is harmless."""
        for store in self._all():
            store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _all(self) -> list[Store]:
        return [self._papers] + ([self.fulltexts] if self.fulltexts is not None else [])
