"""The seam between the archive and whatever holds its vectors.

A store keeps points: one passage's dense vector, its sparse (BM25) vector and a small
payload to filter by. It answers with both legs of a hybrid query, each ranked by its own
score; fusing them, grouping passages into papers and reading texts happen elsewhere. All
stores give the same ids and the same scores for the same points, which
`tests/test_store_contract.py` holds them to.

Scores: the dense leg's is the cosine (vectors come with unit length); the lexical leg's
is sum over shared terms of query weight x document weight x idf, with
idf = ln(1 + (N - n + 0.5) / (n + 0.5)) over the whole collection, as Qdrant computes it:
N points have any terms, n of them this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from embeddings.lexical import SparseVector as SparseVector

Vector = NDArray[np.float32]
FacetField = Literal["topics", "categories", "sources", "language"]


def _empty(value: object) -> bool:
    return not value


@dataclass(frozen=True, slots=True)
class Payload:
    """What a point can be filtered by.

    `date` is the paper's date as an integer YYYYMMDD, 0 where unknown. `authors` holds
    the folded name keys made by `indexer.authors.author_keys`; the other strings are
    matched exactly. `page` and `section` say where a passage of a full text stands; nothing
    is filtered by them.
    """

    paper_id: str
    kind: str
    language: str
    date: int = 0
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    has_code: bool = False
    page: Annotated[int | None, Field(exclude_if=_empty)] = None
    section: Annotated[str, Field(exclude_if=_empty)] = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One passage in the store. `id` is a UUID string; `dense` has shape (dimension,)."""

    id: str
    dense: Vector
    sparse: SparseVector
    payload: Payload


@dataclass(frozen=True, slots=True)
class Filter:
    """Which points to consider. Fields are combined with AND; within a field, any value
    matches. `date_from` and `date_to` are inclusive YYYYMMDD; a bound excludes points
    without a date. Empty fields do not restrict.
    """

    date_from: int | None = None
    date_to: int | None = None
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    paper_ids: tuple[str, ...] = ()
    not_paper_ids: tuple[str, ...] = ()
    has_code: bool | None = None


@dataclass(frozen=True, slots=True)
class HybridQuery:
    """A query with one or both legs; `limit` counts points per leg."""

    dense: Vector | None = None
    sparse: SparseVector | None = None
    filter: Filter = field(default_factory=Filter)
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """One point found by one leg."""

    id: str
    score: float
    payload: Payload


@dataclass(frozen=True, slots=True)
class Legs:
    """Both ranked lists, best first, ties broken by id; a leg not asked for is empty.

    Points that share no term with the query are not in the lexical leg.
    """

    dense: tuple[Hit, ...] = ()
    lexical: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """A store's facts: `kind` is "edge", "qdrant" or "faiss", `location` a path or URL."""

    kind: str
    location: str
    points: int
    dimension: int


class Store(Protocol):
    """A vector store. Opened by its constructor; use as a context manager.

    Raises `StoreBusy` where another process owns it, `StoreUnavailable` where a server
    does not answer, `StoreError` for everything else that goes wrong.
    """

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points, replacing those with the same id. Durable after `flush`."""
        ...

    def set_payload(self, payloads: Sequence[tuple[str, Payload]]) -> None:
        """Replace the payload of existing points, leaving their vectors; other ids are ignored."""
        ...

    def delete(self, ids: Iterable[str]) -> None:
        """Delete points; ids that are not there are ignored."""
        ...

    def query(self, query: HybridQuery) -> Legs:
        """Both legs of a hybrid query."""
        ...

    def fetch(self, ids: Sequence[str]) -> list[Point]:
        """The points with these ids, in this order; missing ones are left out."""
        ...

    def ids(self) -> Iterator[str]:
        """Every point's id, in no particular order."""
        ...

    def count(self, filter: Filter | None = None) -> int:
        """How many points match, exactly."""
        ...

    def facets(self, field: FacetField, filter: Filter | None = None) -> dict[str, int]:
        """How many points carry each value of a payload field, exactly."""
        ...

    def flush(self) -> None:
        """Make everything written so far survive a loss of power."""
        ...

    def optimize(self) -> None:
        """Build or extend the search index; searches stay right without it, but slower."""
        ...

    def clear(self) -> None:
        """Delete every point."""
        ...

    def info(self) -> StoreInfo:
        """The store's facts."""
        ...

    def close(self) -> None:
        """Flush and let go of the store; closing twice is harmless."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc_info: object) -> None: ...
