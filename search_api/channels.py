"""Which papers are in a feed: those of a saved search, a query, a topic or a category."""

from __future__ import annotations

import difflib
from typing import Literal

from embeddings.errors import UnknownName
from indexer.catalogue import Catalogue
from search_api.feed import Channel
from search_api.filters import Narrowing
from search_api.search import checked_query
from search_api.watches import MIN_SCORE, Searches, Watch, Watches, near

DEFAULT_LIMIT = 50
_FIELDS = {"topic": "topics", "category": "categories"}


def labelled(
    catalogue: Catalogue, kind: Literal["topic", "category"], name: str, limit: int = DEFAULT_LIMIT
) -> Channel:
    """The newest papers of a topic or category. Raises `UnknownName`."""
    papers = catalogue.newest(_FIELDS[kind], name, limit)
    if not papers:
        known = catalogue.facets(_FIELDS[kind])
        close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        raise UnknownName(kind, name, tuple(close))
    return Channel(name, f"{kind} {name}", tuple(papers))


def watched(
    catalogue: Catalogue, searcher: Searches, name: str, limit: int = DEFAULT_LIMIT
) -> Channel:
    """The newest papers for a saved search; none is marked as shown. Raises `UnknownName`."""
    watch = Watches(catalogue).get(name)
    return _found(catalogue, searcher, watch, f"watch {name}", limit)


def searched(
    catalogue: Catalogue,
    searcher: Searches,
    query: str,
    narrowing: Narrowing | None = None,
    min_score: float = MIN_SCORE,
    limit: int = DEFAULT_LIMIT,
) -> Channel:
    """The newest papers that are near enough to a query. Raises `BadQuery`."""
    query, narrowing = checked_query(query), narrowing or Narrowing()
    watch = Watch(query, query, narrowing, min_score)
    return _found(catalogue, searcher, watch, f"query {query} {narrowing}", limit)


def _found(catalogue: Catalogue, searcher: Searches, watch: Watch, key: str, limit: int) -> Channel:
    found = (catalogue.paper(result.paper_id) for result in near(watch, searcher))
    papers = [paper for paper in found if paper is not None]
    papers.sort(key=lambda paper: (paper.date or "", paper.paper_id), reverse=True)
    return Channel(watch.name, key, tuple(papers[:limit]))
