"""What the archive has on a question: the sentences that may answer it.

Finds papers, splits them into sentences and keeps the most promising. Which of them answer
is `scoring`'s, whether any does `decision`'s, which papers belong on a list `listing`'s, which
sentences are quoted `selection`'s. Of a list's papers no full text is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.base import Embedder
from indexer.catalogue import Catalogue
from indexer.paper import Paper
from indexer.passages import Passage
from search_api.answers.authorship import find_authorship
from search_api.answers.courtesy import without_courtesy
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.naming import meant_by_name
from search_api.answers.question import Question
from search_api.answers.scoring import Candidate
from search_api.answers.sentence import Sentence, quotable, sentences_in
from search_api.answers.sentence_vectors import SentenceVectors
from search_api.answers.when import When, find_when
from search_api.filters import Narrowing
from search_api.ranking import Ranked
from search_api.search import Found

SENTENCES = (16, 6, 3, 2)
"""Sentences taken of the best paper, of the second, and so on; embedding them takes most of the
time. Sixteen are nearly all that a digest says of a paper in both languages.
"""
FROM_FULLTEXT = (12, 8, 6, 4)
"""Sentences read besides of their full texts, where these are kept."""
PASSAGES = 4
"""Passages of a full text from which they are taken, the best for the question."""
PAPERS = 10
"""Papers that may belong on a list which a question asks for."""
_OF_EACH = 3
"""Sentences taken of each of them."""
_LOOKED_AT = 20
"""Papers, the best by words, of which some may have a name that the question has."""


class Finder(Protocol):
    """What finds papers: `search_api.search.Searcher`."""

    def find(self, query: str, wanted: int, narrowing: Narrowing | None = None) -> Found:
        """At least `wanted` papers, best first."""
        ...

    def in_fulltext(self, paper_id: str, found: Found, limit: int) -> list[Passage]:
        """The best passages of a paper's full text."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the archive has on a question.

    `vectors` (float32, shape (candidates, dimension)) and `nearness` (their cosines with the
    question) have one entry for each candidate sentence. `narrowed`: filters, or a time in the
    question, left some papers out.
    """

    question: Question
    when: When | None
    found: Found
    candidates: tuple[Candidate, ...]
    vectors: NDArray[np.float32]
    nearness: NDArray[np.float32]
    narrowed: bool = False


class Gatherer:
    """Gathers evidence. Threads may share it."""

    def __init__(self, catalogue: Catalogue, finder: Finder, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._finder = finder
        self._vectors = SentenceVectors(embedder)

    def gather(self, question: str, narrowing: Narrowing | None = None) -> Evidence:
        """The sentences that may answer, and how near they are."""
        asked_for = without_courtesy(question)
        narrowing, when, text = self._timed(asked_for, narrowing or Narrowing())
        found, narrowing, of_author = self._find(text, narrowing)
        if of_author:
            rest: str | None = found.text
        else:
            rest = None if when is None else found.text if when.rest else ""
        asked = Question(found.text, rest)
        if "papers" not in asked.wants:
            found = replace(found, ranked=self._meant_first(asked, found))
        candidates = tuple(self._candidates(asked, found))
        vectors = self._vectors.of([each.sentence.quote for each in candidates])
        narrowed = narrowing != Narrowing()
        nearness = vectors @ found.vector
        return Evidence(asked, when, found, candidates, vectors, nearness, narrowed)

    def _find(self, text: str, narrowing: Narrowing) -> tuple[Found, Narrowing, bool]:
        """What is found, by what filters, and whether they keep to an author whom the text names.

        Where the archive knows nobody of that name, the text is searched for as it stands.
        """
        if (by := find_authorship(text)) and not narrowing.authors:
            own = replace(narrowing, authors=(by.name,))
            if (found := self._finder.find(by.rest, PAPERS, own)).ranked:
                return found, own, True
        return self._finder.find(text, PAPERS, narrowing), narrowing, False

    def _meant_first(self, question: Question, found: Found) -> list[Ranked]:
        """What was found, first the papers that a name in the question means."""
        if not question.names:
            return found.ranked
        by_words = sorted(found.ranked, key=lambda each: (each.rank_in("lexical"), each.paper_id))
        looked_at = (self._catalogue.paper(each.paper_id) for each in by_words[:_LOOKED_AT])
        meant = meant_by_name(question, [paper for paper in looked_at if paper])
        return sorted(found.ranked, key=lambda each: each.paper_id not in meant)

    def _timed(self, question: str, narrowing: Narrowing) -> tuple[Narrowing, When | None, str]:
        """The question without the time it names, which narrows the search instead. One that
        is nothing but a time is searched for as it stands, among what came out then.
        """
        if narrowing.date_from or narrowing.date_to or find_when(question, date.today()) is None:
            return narrowing, None, question
        # Asked only now: it is found by a look at every paper.
        newest = self._catalogue.newest_date()
        when = find_when(question, date.fromisoformat(newest)) if newest else None
        if when is None:
            return narrowing, None, question
        narrowing = replace(narrowing, date_from=when.start, date_to=when.end)
        return narrowing, when, when.rest or question

    def _candidates(self, question: Question, found: Found) -> list[Candidate]:
        listing = "papers" in question.wants
        counts = (_OF_EACH,) * PAPERS if listing else SENTENCES
        candidates = []
        more = (0,) * PAPERS if listing else FROM_FULLTEXT
        for each, count, further in zip(found.ranked, counts, more, strict=False):
            paper = self._catalogue.paper(each.paper_id)
            if paper is None:
                continue
            own = sorted(quotable(paper), key=lambda s: -_promise(question, s))
            read = own[:count]
            if further:
                read += self._from_fulltext(question, paper, found)[:further]
            candidates += [Candidate(sentence, paper, each.score) for sentence in read]
        return candidates

    def _from_fulltext(self, question: Question, paper: Paper, found: Found) -> list[Sentence]:
        """The most promising sentences of the best passages of a paper's full text."""
        if paper.fulltext is None or (text := self._catalogue.fulltext(paper.paper_id)) is None:
            return []
        best = self._finder.in_fulltext(paper.paper_id, found, PASSAGES)
        inside = [s for each in best for s in sentences_in(paper.paper_id, each, text)]
        return sorted(inside, key=lambda s: -_promise(question, s))


def _promise(question: Question, sentence: Sentence) -> float:
    """What is worth reading closely: words in common, and numbers where one is asked for."""
    share = coverage(question, matches(question, indices(sentence.quote)))
    number = "number" in question.wants and any(char.isdigit() for char in sentence.quote)
    return share + 0.15 * number
