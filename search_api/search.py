"""Search and similar-paper lookup over an archive's catalogue, store and model.

The one path that every surface uses: command line, HTTP and evaluation. Opening and
closing an archive is `archive`'s business, ranking is `ranking`'s.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from embeddings.base import Embedder
from embeddings.errors import BadQuery, InputError, UnknownPaper
from embeddings.reranker import Reranker
from indexer.catalogue import Catalogue
from indexer.identity import looks_like_id
from indexer.paper import Paper
from indexer.passages import Passage
from indexer.stores.base import Filter, HybridQuery, Store, Vector
from search_api.depth import MIN_DEPTH, missing_cosines, ranked, ranked_to
from search_api.filters import Narrowing, as_written, unknown_values
from search_api.naming import current_id, is_full_name, named_among, whole_name, with_titles
from search_api.ranking import Ranked, passage_scores, with_fulltexts
from search_api.results import Result, SearchAnswer, SimilarAnswer
from search_api.snippet import snippet
from search_api.spelling import correct
from search_api.words import Words

MAX_QUERY_CHARACTERS = 5_000
"""Of a query; what follows is ignored, the model reads 512 tokens anyway."""
MAX_NAME_CHARACTERS = 300
"""Of a query that may be a name; the longest titles are shorter."""
MAX_LIMIT = 1000
MAX_OFFSET = 100_000
RERANK_DEPTH = 50
"""Papers that a reranker reads."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: `text` is the query with its slips put right (`corrected` says
    which) and with titles in the place of papers' ids, `vector` its unit vector, `ranked` the
    papers, best first.
    """

    text: str
    corrected: dict[str, str]
    words: Words
    vector: Vector
    ranked: list[Ranked]


class Searcher:
    """Answers searches, with a second stage where a reranker is given. Threads may share it.

    `fulltexts` gives the store of full texts, where there is one; only queries look into it.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        embedder: Embedder,
        reranker: Reranker | None = None,
        fulltexts: Callable[[], Store | None] = lambda: None,
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._embedder = embedder
        self._reranker = reranker
        self._fulltexts = fulltexts

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        narrowing: Narrowing | None = None,
        explain: bool = False,
        rerank: bool = True,
    ) -> SearchAnswer:
        """Papers for a query in either language; ids and links put their papers first. One that
        is nothing but the id of a paper that is not here finds nothing.

        Without `rerank` a reranker has no say, and scores mean the same with and without one.

        Raises `BadQuery` for an empty query, a bad limit or a bad filter.
        """
        started = time.perf_counter()
        check_limit(limit, offset)
        query = checked_query(query)
        wanted = offset + limit
        found = self.find(query, wanted, narrowing, rerank=rerank, names=True)
        hints = unknown_values(self._catalogue, narrowing or Narrowing())
        if (missing := _missing_paper(self._catalogue, query)) is not None:
            return SearchAnswer(query, _took(started), offset, (), hints=(str(missing), *hints))
        results = self._results(found.ranked[offset:wanted], found.words, explain=explain)
        return SearchAnswer(
            query, _took(started), offset, results, found.corrected, hints=tuple(hints)
        )

    def find(
        self,
        query: str,
        wanted: int,
        narrowing: Narrowing | None = None,
        *,
        rerank: bool = True,
        names: bool = False,
    ) -> Found:
        """At least `wanted` papers for a query where there are as many, best first.

        Slips in `names` are put right only if asked for: of a question, a name that the archive
        does not know is a reason to give no answer. Raises `BadQuery` for an empty query or a
        bad filter.
        """
        text, corrected = correct(checked_query(query), self._catalogue, names=names)
        named: tuple[str, ...] = ()
        if len(text) <= MAX_NAME_CHARACTERS:
            text, named = with_titles(text, self._catalogue)
        words = Words(text)
        narrowing = self._as_written(narrowing)
        vector = self._embedder.embed_queries([text])[0]
        filter = narrowing.to_filter()
        papers = ranked(self._store, words, vector, filter, wanted)
        if (texts := self._fulltexts()) is not None:
            inside, _ = ranked_to(texts, MIN_DEPTH, words, vector, filter)
            papers = with_fulltexts(papers, inside)
        if rerank:
            papers = self._reranked(text, papers)
        if len(text) <= MAX_NAME_CHARACTERS or named:
            papers = self._named_first(text, named, words, vector, papers, narrowing)
        return Found(text, corrected, words, vector, papers)

    def in_fulltext(self, paper_id: str, found: Found, limit: int) -> list[Passage]:
        """The passages of a paper's full text that are best for a query, best first."""
        if (texts := self._fulltexts()) is None:
            return []
        filter = Filter(paper_ids=(paper_id,))
        query = HybridQuery(found.vector, found.words.expanded, filter, MIN_DEPTH)
        legs = texts.query(query)
        cosines = missing_cosines(texts, legs, found.vector)
        scores = passage_scores(legs, found.words.asked, texts.count(), cosines)
        best = sorted(scores, key=lambda each: (-scores[each], each))[:limit]
        known = self._catalogue.passages(best)
        return [known[each] for each in best if each in known]

    def near(
        self, query: str, least: float, narrowing: Narrowing | None = None
    ) -> dict[str, float]:
        """Every paper that scores at least `least` for a query, with its score.

        No reranker, no name and no full text has a say, and no slip is put right, since there is
        nowhere to say so: scores are the same figure for all of them. Raises `BadQuery` for an
        empty query or a bad filter.
        """
        text = checked_query(query)
        vector = self._embedder.embed_queries([text])[0]
        filter = self._as_written(narrowing).to_filter()
        everything = max(1, self._store.count())
        found, _ = ranked_to(self._store, everything, Words(text), vector, filter)
        return {each.paper_id: each.score for each in found if each.score >= least}

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
        check_limit(limit, 0)
        check_either(paper_id, text)
        narrowing = self._as_written(narrowing)
        if paper_id is not None:
            paper = find_paper(self._catalogue, paper_id)
            own = self._catalogue.passages_of(paper.paper_id)
            words = Words("\n".join(passage.text for passage in own)[:MAX_QUERY_CHARACTERS])
            points = self._store.fetch([passage.id for passage in own])
            if not points:
                raise not_embedded(paper.paper_id)
            mean = np.mean([point.dense for point in points], axis=0)
            vector = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
            filter = narrowing.to_filter(not_paper_ids=(paper.paper_id,))
            paper_id = paper.paper_id
        else:
            pasted = checked_query(text or "")
            words = Words(pasted)
            # A pasted text is a passage, not a question.
            vector = self._embedder.embed_passages([pasted])[0]
            filter = narrowing.to_filter()
        found = ranked(self._store, words, vector, filter, limit)
        results = self._results(found[:limit], words, explain=explain)
        hints = tuple(unknown_values(self._catalogue, narrowing))
        return SimilarAnswer(paper_id, _took(started), results, hints)

    def _as_written(self, narrowing: Narrowing | None) -> Narrowing:
        narrowing = narrowing or Narrowing()
        return as_written(self._catalogue, narrowing, self._store)

    def _reranked(self, text: str, papers: list[Ranked]) -> list[Ranked]:
        """The best papers in the reranker's order, the others behind them as they were."""
        if self._reranker is None:
            return papers
        head, tail = papers[:RERANK_DEPTH], papers[RERANK_DEPTH:]
        found = self._catalogue.passages([each.passage_id for each in head])
        head = [each for each in head if each.passage_id in found]
        scores = self._reranker.scores(text, [found[each.passage_id].text for each in head])
        head = [replace(each, score=float(score)) for each, score in zip(head, scores, strict=True)]
        head.sort(key=lambda each: (-each.score, each.paper_id))
        # Behind the head, a score of the first stage must not look better than the head's.
        last = head[-1].score if head else 0.0
        return head + [replace(each, score=min(each.score, last)) for each in tail]

    def _named_first(
        self,
        text: str,
        ids: Sequence[str],
        words: Words,
        vector: Vector,
        papers: list[Ranked],
        narrowing: Narrowing,
    ) -> list[Ranked]:
        """A query that is a title, a method's or an author's name means that paper, as one that
        has the `ids` of papers means them.
        """
        known = {each.paper_id: each for each in papers}
        named = [
            known.get(paper_id) or Ranked(paper_id, self._first_passage(paper_id), 1.0, ())
            for paper_id in ids
            if self._store.count(narrowing.to_filter(paper_ids=(paper_id,)))
        ]
        by_words = sorted(papers, key=lambda each: (each.rank_in("lexical"), each.paper_id))
        likely = [each.paper_id for each in by_words[:MIN_DEPTH]]
        found = named_among(likely, text, self._catalogue)
        named += [known[paper_id] for paper_id in found]
        if not named and is_full_name(text) and not narrowing.authors:
            own = replace(narrowing, authors=(text,)).to_filter()
            if self._store.count(own):
                named = ranked(self._store, words, vector, own, MAX_LIMIT)
        first = {each.paper_id: replace(each, score=1.0) for each in named}
        return [*first.values(), *(each for each in papers if each.paper_id not in first)]

    def _first_passage(self, paper_id: str) -> str:
        return self._catalogue.passages_of(paper_id)[0].id

    def _results(self, papers: list[Ranked], words: Words, *, explain: bool) -> tuple[Result, ...]:
        found = self._catalogue.passages([each.passage_id for each in papers])
        results = []
        for each in papers:
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
                    snippet=snippet(passage.body or passage.text, passage.language, words),
                    snippet_kind=passage.kind,
                    snippet_language=passage.language,
                    matched=words.matched_in(passage.lexical_text),
                    explain=each.legs if explain else (),
                    snippet_by=_writer_of(paper, passage),
                    snippet_page=passage.payload.page,
                    snippet_section=passage.payload.section or None,
                )
            )
        return tuple(results)


def _writer_of(paper: Paper, passage: Passage) -> str | None:
    """The language model that wrote a passage: all of its lines are texts of the model's."""
    if passage.kind != "summary" or not passage.body:
        return None
    models = {
        text.text: model
        for text in paper.texts
        if text.language == passage.language and (model := paper.written_by(text))
    }
    found = {models.get(line) for line in passage.body.split("\n")}
    return found.pop() if len(found) == 1 else None


def find_paper(catalogue: Catalogue, paper_id: str) -> Paper:
    """A paper by its id, with or without version, or by a link or a DOI; also by the id of one
    that was merged into it.

    Raises `BadQuery` for a blank id, `UnknownPaper` with near ids if it is not there.
    """
    if not paper_id.strip():
        raise BadQuery("the id is empty; write a paper's id or a link to it")
    wanted = current_id(catalogue, paper_id)
    found = catalogue.paper(wanted)
    if found is None:
        near = difflib.get_close_matches(wanted, catalogue.paper_ids(), n=3, cutoff=0.7)
        raise UnknownPaper(paper_id, tuple(near))
    return found


def _missing_paper(catalogue: Catalogue, query: str) -> UnknownPaper | None:
    """That the paper which a whole query names is not here; None if it is, or names none."""
    if whole_name(query) is None and not looks_like_id(query):
        return None
    try:
        find_paper(catalogue, query)
    except UnknownPaper as error:
        return error
    return None


def not_embedded(paper_id: str) -> InputError:
    """That a paper is there, but cannot be compared yet."""
    return InputError(f"{paper_id} is not embedded yet; run `archive embed`.")


def checked_query(query: str) -> str:
    """A query as it is searched for. Raises `BadQuery` for an empty one."""
    # Half a character, as bytes in another encoding leave behind, is no text.
    text = query.encode("utf-8", "replace").decode().strip()[:MAX_QUERY_CHARACTERS].rstrip()
    if not text:
        raise BadQuery("the query is empty; write what you are looking for")
    return text


def check_either(paper_id: str | None, text: str | None) -> None:
    """Raise `BadQuery` unless just one of both is given."""
    if (paper_id is None) == (text is None):
        raise BadQuery("give either a paper's id or a text")


def check_score(score: float) -> None:
    """Raise `BadQuery` for a score that no paper can have."""
    if not 0 <= score <= 1:
        raise BadQuery(f"the score must be from 0 to 1, not {score}")


def check_limit(limit: int, offset: int) -> None:
    """Raise `BadQuery` for a page of results that there cannot be."""
    if not 1 <= limit <= MAX_LIMIT:
        raise BadQuery(f"the limit must be from 1 to {MAX_LIMIT}, not {limit}")
    if not 0 <= offset <= MAX_OFFSET:
        raise BadQuery(f"the offset must be from 0 to {MAX_OFFSET}, not {offset}")


def _took(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
