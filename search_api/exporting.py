"""Which papers an export holds, chosen as searches are narrowed; the same for every surface.

How they are written is `indexer.exports`' business, and where to that of the surface.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from embeddings.errors import BadQuery
from indexer.catalogue import Catalogue
from indexer.exports.record import Record, records
from indexer.passages import payload_of
from search_api.filters import Narrowing, admits, as_written
from search_api.results import SearchAnswer
from search_api.search import MAX_LIMIT, find_paper

QUERY_LIMIT = 100
"""Papers that a query exports unless another number is given: every paper is somewhere in
the ranking of a search by meaning."""


class Searches(Protocol):
    """What answers a query: a searcher, or a running server."""

    def search(
        self, query: str, *, limit: int = 10, narrowing: Narrowing | None = None
    ) -> SearchAnswer:
        """See `search_api.search.Searcher.search`."""
        ...


def chosen(
    catalogue: Catalogue,
    open_searcher: Callable[[], Searches],
    *,
    query: str | None = None,
    paper_ids: Sequence[str] = (),
    narrowing: Narrowing | None = None,
    limit: int | None = None,
) -> Iterator[Record]:
    """The records asked for, sorted by id; nothing given means all.

    A `query` chooses the best `limit` papers of its search, `paper_ids` (ids or links) a
    reading list; `narrowing` holds for both. What is wrong is told at the call, before the
    first record. Raises `BadQuery` for bad arguments, `UnknownPaper` for an unknown id.
    """
    narrowing = as_written(catalogue, narrowing or Narrowing())
    filter = narrowing.to_filter()
    if limit is not None and limit < 1:
        raise BadQuery(f"the limit must be at least 1, not {limit}")
    ids: list[str] | None = None
    if paper_ids:
        if query is not None:
            raise BadQuery("give either a query or ids")
        ids = [find_paper(catalogue, each).paper_id for each in paper_ids]
    elif query is not None:
        wanted = QUERY_LIMIT if limit is None else limit
        if wanted > MAX_LIMIT:
            raise BadQuery(f"a query exports at most {MAX_LIMIT} papers, not {wanted}")
        answer = open_searcher().search(query, limit=wanted, narrowing=narrowing)
        ids = [result.paper_id for result in answer.results]
    found = (
        each
        for each in records(catalogue, ids)
        if admits(filter, payload_of(each.paper, "abstract", "en"))
    )
    return islice(found, None if limit is None else min(limit, sys.maxsize))
