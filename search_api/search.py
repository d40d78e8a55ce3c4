"""Search and similar-paper lookup over an archive's catalogue, store and model.

The one path that every surface uses: command line, HTTP and evaluation. Opening and
closing an archive is `archive`'s business, ranking is `ranking`'s.
"""

from __future__ import annotations

import difflib
import time
from collections import Counter

import numpy as np

from embeddings.base import Embedder
from embeddings.errors import BadQuery, UnknownPaper
from embeddings.lexical import query_vector, terms
from indexer.catalogue import Catalogue
from indexer.identity import parse_arxiv_id
from indexer.paper import Paper
from indexer.stores.base import Filter, HybridQuery, Legs, Store, Vector
from search_api.filters import Narrowing
from search_api.ranking import Ranked, rank
from search_api.results import Result, SearchAnswer, SimilarAnswer
from search_api.snippet import matched_words, snippet

MAX_QUERY_CHARACTERS = 5_000
"""Of a query; what follows is ignored, the model reads 512 tokens anyway."""
MAX_LIMIT = 1000
_PASSAGES_PER_PAPER = 4
MIN_DEPTH = 400
"""Passages that each leg gives at least."""


class Searcher:
    """Answers searches. Threads may share it."""

    def __init__(self, catalogue: Catalogue, store: Store, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._store = store
        self._embedder = embedder

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        narrowing: Narrowing | None = None,
        explain: bool = False,
    ) -> SearchAnswer:
        """Papers for a query in either language; an arXiv id or link puts its paper first.

        Raises `BadQuery` for an empty query, a bad limit or a bad filter.
        """
        started = time.perf_counter()
        text = _checked(query, limit, offset)
        narrowing = narrowing or Narrowing()
        vector = self._embedder.embed_queries([text])[0]
        wanted = offset + limit
        ranked = self._ranked(text, vector, narrowing.to_filter(), wanted)
        ranked = self._named_first(text, ranked, narrowing)
        results = self._results(ranked[offset:wanted], text, explain=explain)
        return SearchAnswer(query, _took(started), offset, results)

    def similar(
        self,
        paper_id: str | None = None,
        *,
        text: str | None = None,
        limit: int = 10,
        narrowing: Narrowing | None = None,
        explain: bool = False,
    ) -> SimilarAnswer:
        """Papers like one in the archive, or like a pasted text; the paper itself left out.

        Raises `UnknownPaper` for an id that is not there, `BadQuery` for bad arguments.
        """
        started = time.perf_counter()
        _checked_limit(limit, 0)
        if (paper_id is None) == (text is None):
            raise BadQuery("give either a paper's id or a text")
        narrowing = narrowing or Narrowing()
        if paper_id is not None:
            paper = find_paper(self._catalogue, paper_id)
            own = self._catalogue.passages_of(paper.paper_id)
            words = "\n".join(passage.text for passage in own)[:MAX_QUERY_CHARACTERS]
            points = self._store.fetch([passage.id for passage in own])
            if not points:
                raise UnknownPaper(paper_id)
            mean = np.mean([point.dense for point in points], axis=0)
            vector = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
            filter = narrowing.to_filter(not_paper_ids=(paper.paper_id,))
            paper_id = paper.paper_id
        else:
            words = _checked(text or "", limit, 0)
            # A pasted text is a passage, not a question.
            vector = self._embedder.embed_passages([words])[0]
            filter = narrowing.to_filter()
        ranked = self._ranked(words, vector, filter, limit)
        return SimilarAnswer(
            paper_id, _took(started), self._results(ranked[:limit], words, explain=explain)
        )

    def _ranked(self, text: str, vector: Vector, filter: Filter, wanted: int) -> list[Ranked]:
        """At least `wanted` papers where there are as many, best first."""
        sparse = query_vector(text)
        # Pages of one search must come from the same legs, so their depth has few steps.
        limit = MIN_DEPTH
        while limit < wanted * _PASSAGES_PER_PAPER:
            limit *= 4
        points = self._store.count()
        while True:
            legs = self._store.query(HybridQuery(vector, sparse, filter, limit))
            ranked = rank(legs, sparse, points, self._cosines(legs, vector))
            exhausted = len(legs.dense) < limit
            if len(ranked) >= wanted or exhausted:
                return ranked
            limit *= 4

    def _cosines(self, legs: Legs, vector: Vector) -> dict[str, float]:
        """Cosines of the passages that only the lexical leg found."""
        known = {hit.id for hit in legs.dense}
        missing = [hit.id for hit in legs.lexical if hit.id not in known]
        return {point.id: float(point.dense @ vector) for point in self._store.fetch(missing)}

    def _named_first(self, text: str, ranked: list[Ranked], narrowing: Narrowing) -> list[Ranked]:
        """A query that is an id means that paper, if the filters let it through."""
        parsed = parse_arxiv_id(text)
        named = parsed.key if parsed else text
        paper = self._catalogue.paper(named)
        if paper is None:
            return ranked
        only = narrowing.to_filter(paper_ids=(named,))
        if not self._store.count(only):
            return ranked
        known = [each for each in ranked if each.paper_id == named]
        passage = known[0].passage_id if known else self._catalogue.passages_of(named)[0].id
        legs = known[0].legs if known else ()
        rest = [each for each in ranked if each.paper_id != named]
        return [Ranked(named, passage, 1.0, legs), *rest]

    def _results(self, ranked: list[Ranked], query: str, *, explain: bool) -> tuple[Result, ...]:
        found = self._catalogue.passages([each.passage_id for each in ranked])
        weights = {term: 1.0 / count for term, count in Counter(terms(query)).items()}
        results = []
        for each in ranked:
            paper, passage = self._catalogue.paper(each.paper_id), found.get(each.passage_id)
            if paper is None or passage is None:
                continue  # taken out of the archive while this search ran
            results.append(
                Result(
                    paper_id=paper.paper_id,
                    score=round(min(1.0, max(0.0, each.score)), 4),
                    title=paper.title,
                    authors=paper.authors,
                    date=paper.date,
                    date_precision=paper.date_precision,
                    url=paper.url,
                    topics=paper.topics,
                    categories=paper.categories,
                    sources=paper.sources,
                    code_urls=paper.code_urls,
                    snippet=snippet(passage.body or passage.text, passage.language, weights),
                    snippet_kind=passage.kind,
                    snippet_language=passage.language,
                    matched=matched_words(passage.lexical_text, query),
                    explain=each.legs if explain else (),
                )
            )
        return tuple(results)


def find_paper(catalogue: Catalogue, paper_id: str) -> Paper:
    """A paper by its id, with or without version, or by a link to it.

    Raises `UnknownPaper` with near ids if it is not there.
    """
    parsed = parse_arxiv_id(paper_id)
    wanted = parsed.key if parsed else paper_id.strip()
    found = catalogue.paper(wanted)
    if found is None:
        near = difflib.get_close_matches(wanted, catalogue.paper_ids(), n=3, cutoff=0.7)
        raise UnknownPaper(paper_id, tuple(near))
    return found


def _checked(query: str, limit: int, offset: int) -> str:
    # Half a character, as bytes in another encoding leave behind, is no text.
    text = query.encode("utf-8", "replace").decode().strip()[:MAX_QUERY_CHARACTERS]
    if not text:
        raise BadQuery("the query is empty; write what you are looking for")
    _checked_limit(limit, offset)
    return text


def _checked_limit(limit: int, offset: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise BadQuery(f"the limit must be from 1 to {MAX_LIMIT}, not {limit}")
    if offset < 0:
        raise BadQuery(f"the offset must not be negative, but is {offset}")


def _took(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
