"""Which papers are in a feed: those of a saved search, a query, a topic or a category."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Literal

from embeddings.errors import UnknownName
from embeddings.lexical import fold
from indexer.arrivals import newest_among, newest_under
from indexer.catalogue import Catalogue
from search_api.digests.digest import Classify
from search_api.feed import Channel
from search_api.filters import Narrowing
from search_api.likeness import alike
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
    known = list(catalogue.facets(_FIELDS[kind]))
    if name not in known:
        name = next((each for each in known if fold(each) == fold(name)), name)
    papers = newest_under(catalogue, _FIELDS[kind], name, limit)
    if not papers and kind == "topic":
        assigned = classify("all").papers
        found = topics()
        named = {each: topic.label for topic in found for each in topic.names}
        name = named.get(fold(name), name)
        papers = newest_under(catalogue, "topics", name, limit) or newest_among(
            catalogue, (each.paper_id for each in assigned if name in each.topics), limit
        )
        known += [label for each in assigned for label in each.topics]
        known += [each for topic in found for each in (topic.en, topic.zh) if each]
    if not papers:
        close = alike(name, known)
        raise UnknownName(kind, name, tuple(close))
    return Channel(name, f"{kind} {name}", papers)


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
    narrowing: Narrowing | None = None,
) -> Channel:
    """The newest papers that are near enough to a query and pass filters. Raises `BadQuery`."""
    check_score(min_score)
    query = checked_query(query)
    watch = Watch(query, query, narrowing or Narrowing(), min_score)
    given = {name: each for name, each in asdict(watch.narrowing).items() if each not in (None, ())}
    key = f"query {query} {given}" if given else f"query {query}"
    return _found(catalogue, searcher, watch, key, limit)


def _found(catalogue: Catalogue, searcher: Searches, watch: Watch, key: str, limit: int) -> Channel:
    papers = newest_among(catalogue, (each.paper_id for each in near(watch, searcher)), limit)
    return Channel(watch.name, key, papers)
