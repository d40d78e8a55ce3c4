"""Which papers are in a feed: those of a saved search, a query, a topic or a category."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from embeddings.errors import UnknownName
from embeddings.lexical import fold
from indexer.catalogue import Catalogue
from indexer.paper import Paper
from search_api.digests.digest import Classify
from search_api.feed import Channel
from search_api.filters import Narrowing
from search_api.search import check_score, checked_query
from search_api.topics.topic import Topic
from search_api.watches import MIN_SCORE, Searches, Watch, Watches, near

DEFAULT_LIMIT = 50
_FIELDS = {"topic": "topics", "category": "categories"}


def labelled(
    catalogue: Catalogue,
    kind: Literal["topic", "category"],
    name: str,
    classify: Classify,
    limit: int = DEFAULT_LIMIT,
    topics: Callable[[], Sequence[Topic]] = tuple,
) -> Channel:
    """The newest papers of a topic or category; of a topic that no digest has by this name, by any
    name that one of `topics` has, or those that classification puts there. Raises `UnknownName`.
    """
    papers = catalogue.newest(_FIELDS[kind], name, limit)
    known = list(catalogue.facets(_FIELDS[kind]))
    if not papers and kind == "topic":
        assigned = classify("all").papers
        found = topics()
        named = {each: topic.label for topic in found for each in topic.names}
        name = named.get(fold(name), name)
        papers = catalogue.newest("topics", name, limit) or _newest(
            catalogue, (each.paper_id for each in assigned if name in each.topics), limit
        )
        known += [label for each in assigned for label in each.topics]
        known += [each for topic in found for each in (topic.en, topic.zh) if each]
    if not papers:
        close = difflib.get_close_matches(name, dict.fromkeys(known), n=3, cutoff=0.5)
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
    min_score: float = MIN_SCORE,
    limit: int = DEFAULT_LIMIT,
) -> Channel:
    """The newest papers that are near enough to a query. Raises `BadQuery`."""
    check_score(min_score)
    query = checked_query(query)
    watch = Watch(query, query, Narrowing(), min_score)
    return _found(catalogue, searcher, watch, f"query {query}", limit)


def _found(catalogue: Catalogue, searcher: Searches, watch: Watch, key: str, limit: int) -> Channel:
    papers = _newest(catalogue, (each.paper_id for each in near(watch, searcher)), limit)
    return Channel(watch.name, key, tuple(papers))


def _newest(catalogue: Catalogue, paper_ids: Iterable[str], limit: int) -> list[Paper]:
    found = (catalogue.paper(paper_id) for paper_id in paper_ids)
    papers = [paper for paper in found if paper is not None]
    papers.sort(key=lambda paper: (paper.date or "", paper.paper_id), reverse=True)
    return papers[:limit]
