"""Natural queries over real archives, through the code that serves users.

260 queries written for papers of the five real archives, never in their words; the archives
themselves are not published. A paper known in both languages keeps only its text in the
language that its query names, so that each direction is really crossed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from eval.measures import Qrels, Run
from search_api.archive import Archive
from search_api.search import Searcher

DEPTH = 100


@dataclass(frozen=True, slots=True)
class NaturalQuery:
    """A query, the papers that answer it, and the language in which they may be read."""

    id: str
    query: str
    language: Literal["zh", "en"]
    text_language: Literal["zh", "en"]
    kind: Literal["natural", "name"]
    relevant: tuple[str, ...]
    split: Literal["dev", "test"]

    @property
    def group(self) -> str:
        """The direction, such as "zh→en", or "names"."""
        return "names" if self.kind == "name" else f"{self.language}→{self.text_language}"


def load_queries(split: str | None = None) -> list[NaturalQuery]:
    """The queries of a split, or all."""
    text = (files("eval") / "data" / "natural_queries.jsonl").read_text(encoding="utf-8")
    records = [json.loads(line) for line in text.splitlines()]
    queries = [
        NaturalQuery(**record | {"relevant": tuple(record["relevant"])}) for record in records
    ]
    return [query for query in queries if split in (None, query.split)]


def prepare(archive: Archive, archives: Path) -> None:
    """Index the archives and hide what the queries may not read."""
    archive.index([archives])
    hidden = [
        passage.id
        for query in load_queries()
        if query.kind == "natural"
        for paper_id in query.relevant
        for passage in archive.catalogue.passages_of(paper_id)
        if passage.language != query.text_language
    ]
    archive.store.delete(hidden)


def qrels(queries: Iterable[NaturalQuery]) -> Qrels:
    """The judgements of some queries."""
    return {query.id: dict.fromkeys(query.relevant, 1) for query in queries}


def run(queries: Iterable[NaturalQuery], search: Callable[[str], dict[str, float]]) -> Run:
    """The answers to some queries."""
    return {query.id: search(query.query) for query in queries}


def through(searcher: Searcher) -> Callable[[str], dict[str, float]]:
    """A search as users get it: paper id to score, which falls with the rank."""

    def search(query: str) -> dict[str, float]:
        results = searcher.search(query, limit=DEPTH).results
        # The rank as score: measures must not break ties in another order than users see.
        return {result.paper_id: -float(rank) for rank, result in enumerate(results)}

    return search
