"""Saved searches by meaning, and what is new for each since it was last run.

They are kept in the archive's catalogue, with the ids of the papers that were shown: new is
what no run has shown yet. How papers are found is `search`'s, how they are printed the
command line's.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from pydantic import TypeAdapter

from embeddings.errors import BadQuery, UnknownName
from indexer.catalogue import Catalogue
from search_api.filters import Narrowing
from search_api.likeness import alike
from search_api.results import Result, SearchAnswer
from search_api.search import check_score, checked_query

MIN_SCORE = 0.28
"""Score from which a paper is near enough to be shown unasked; `eval/LOG.md` has the figures."""
MAX_NAME = 100
_PAGE = 100
_NARROWING = TypeAdapter(Narrowing)


class Searches(Protocol):
    """What answers searches: `search.Searcher`, or a running server."""

    def search(
        self,
        query: str,
        *,
        limit: int,
        offset: int,
        narrowing: Narrowing | None,
        rerank: bool,
    ) -> SearchAnswer:
        """Papers for a query, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Watch:
    """A saved search. `last_run` is a time in UTC (ISO 8601), None before the first run;
    `shown` counts the papers that runs have shown.
    """

    name: str
    query: str
    narrowing: Narrowing
    min_score: float
    last_run: str | None = None
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What is new for a saved search, the nearest first, since its last run (None: ever)."""

    name: str
    query: str
    since: str | None
    took_ms: float
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What is new for several saved searches."""

    watches: tuple[Run, ...]


class Watches:
    """The saved searches of one archive."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def add(
        self,
        query: str,
        *,
        name: str | None = None,
        narrowing: Narrowing | None = None,
        min_score: float = MIN_SCORE,
    ) -> Watch:
        """Save a search, named as its query unless told otherwise.

        Raises `BadQuery` for a query, name, filter or score that cannot be used, and for a
        name that is taken.
        """
        query = checked_query(query)
        narrowing = narrowing or Narrowing()
        narrowing.to_filter()
        check_score(min_score)
        name = (query if name is None else name).strip()
        if not 0 < len(name) <= MAX_NAME or not name.isprintable():
            raise BadQuery(f"a name is one line of at most {MAX_NAME} characters; give --name")
        watch = Watch(name, query, narrowing, min_score)
        with self._catalogue.transaction() as db:
            added = db.execute(
                "INSERT OR IGNORE INTO watch VALUES (?, ?, ?, ?, NULL)",
                (name, query, _NARROWING.dump_json(narrowing).decode(), min_score),
            )
            if not added.rowcount:
                raise BadQuery(f"there is a saved search {name!r} already; choose another --name")
        return watch

    def all(self) -> list[Watch]:
        """Every saved search, by name."""
        found = self._catalogue.query(
            "SELECT *, (SELECT count(*) FROM shown WHERE watch = name) AS shown FROM watch "
            "ORDER BY name"
        )
        return [
            Watch(
                row["name"],
                row["query"],
                _NARROWING.validate_json(row["narrowing"]),
                row["min_score"],
                row["last_run"],
                row["shown"],
            )
            for row in found
        ]

    def get(self, name: str) -> Watch:
        """A saved search. Raises `UnknownName`."""
        known = {watch.name: watch for watch in self.all()}
        if name not in known:
            near = alike(name, known)
            raise UnknownName("saved search", name, tuple(near))
        return known[name]

    def remove(self, name: str) -> None:
        """Forget a saved search and what it has shown. Raises `UnknownName`."""
        self.get(name)
        with self._catalogue.transaction() as db:
            db.execute("DELETE FROM watch WHERE name = ?", (name,))

    def run(self, watch: Watch, searcher: Searches) -> Run:
        """What is new for a saved search; `mark` it once it has been shown."""
        current = self._catalogue.decisions().current
        shown = {
            current(row["paper_id"])
            for row in self._catalogue.query(
                "SELECT paper_id FROM shown WHERE watch = ?", (watch.name,)
            )
        }
        started = time.perf_counter()
        new = tuple(each for each in near(watch, searcher) if each.paper_id not in shown)
        took = round((time.perf_counter() - started) * 1000, 2)
        return Run(watch.name, watch.query, watch.last_run, took, new)

    def mark(self, runs: Iterable[Run]) -> None:
        """Remember that what these runs found was shown, all of it or, on an error, nothing."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._catalogue.transaction() as db:
            for run in runs:
                db.execute("UPDATE watch SET last_run = ? WHERE name = ?", (now, run.name))
                # It may have been removed meanwhile.
                db.executemany(
                    "INSERT OR IGNORE INTO shown SELECT name, ? FROM watch WHERE name = ?",
                    [(result.paper_id, run.name) for result in run.results],
                )


def near(watch: Watch, searcher: Searches) -> Iterator[Result]:
    """Every paper that is near enough to a saved search, the nearest first."""
    offset = 0
    while results := searcher.search(
        watch.query, limit=_PAGE, offset=offset, narrowing=watch.narrowing, rerank=False
    ).results:
        for result in results:
            if result.score < watch.min_score:
                return
            yield result
        offset += _PAGE
