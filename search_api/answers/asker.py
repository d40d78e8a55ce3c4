"""Answers questions from the archive: evidence, decision, and the sentences that answer.

Without a language model the answer is made of exact sentences. Whether there is an answer at
all is decided from the evidence, never by a model's word.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.base import Embedder
from indexer.catalogue import Catalogue
from search_api.answers import decision
from search_api.answers.answer import Answer, Citation, Nearest, Quote, Seen
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.question import Question
from search_api.answers.scoring import Candidate, features
from search_api.answers.sentence import Sentence, sentences
from search_api.answers.when import When, find_when
from search_api.filters import Narrowing
from search_api.ranking import Ranked
from search_api.search import Found, checked_query

SENTENCES = (16, 10, 8, 6)
"""Sentences read of the best paper, of the second, and so on: reading takes most of the time."""
LISTED = 6
"""Papers of an answer to "which papers …"."""
_LISTED_SHARE = 0.6
_SAME = 0.85
"""Cosine above which two sentences say the same, in one language or two."""
_PARALLEL = 0.45
"""Cosine from which a sentence in the other language is taken for a translation."""
_TRANSLATED = 0.75
"""Cosine from which a sentence in the other language is quoted in its place."""
_SECOND = 2.5
"""How much worse a second sentence may score to be quoted."""
_NEAREST = 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Finder(Protocol):
    """What finds papers: `search_api.search.Searcher`."""

    def find(self, query: str, wanted: int, narrowing: Narrowing | None = None) -> Found:
        """At least `wanted` papers, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the archive has on a question.

    `vectors` (float32, shape (candidates, dimension)) and `nearness` (their cosines with the
    question) have one entry for each candidate sentence.
    """

    question: Question
    when: When | None
    found: Found
    candidates: tuple[Candidate, ...]
    vectors: NDArray[np.float32]
    nearness: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well each candidate answers (`scores`), and how probably there is an answer."""

    scores: NDArray[np.float64]
    confidence: float


class Asker:
    """Answers questions. Threads may share it."""

    def __init__(self, catalogue: Catalogue, finder: Finder, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._finder = finder
        self._embedder = embedder

    def ask(self, question: str, narrowing: Narrowing | None = None) -> Answer:
        """The answer in the archive's own sentences, or that it does not answer this.

        Raises `BadQuery` for an empty question or a bad filter.
        """
        started = time.perf_counter()
        question = checked_query(question)  # as a server is asked
        evidence = self.evidence(question, narrowing)
        model = decision.load_bundled()
        judged = judge(evidence, model)
        text = ""
        citations: tuple[Citation, ...] = ()
        nearest: tuple[Nearest, ...] = ()
        if judged.confidence >= model.threshold:
            chosen = choose(evidence, judged.scores)
            citations = tuple(_cite(evidence, place, n) for n, place in enumerate(chosen, 1))
            text = _written(citations)
        else:
            nearest = self._nearest(evidence)
        when = evidence.when
        return Answer(
            question=question,
            answerable=bool(citations),
            answer=text,
            citations=citations,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
            confidence=round(judged.confidence, 4),
            nearest=nearest,
            corrected=evidence.found.corrected,
            read_as={when.phrase: f"{when.start}..{when.end or ''}"} if when else {},
        )

    def evidence(self, question: str, narrowing: Narrowing | None = None) -> Evidence:
        """The sentences that may answer, and how near they are."""
        narrowing, when, text = self._timed(question, narrowing or Narrowing())
        found = self._finder.find(text, max(LISTED, len(SENTENCES)), narrowing)
        asked = Question(found.text)
        candidates = tuple(self._candidates(asked, found.ranked))
        vectors = self._embedder.embed_passages([each.sentence.quote for each in candidates])
        return Evidence(asked, when, found, candidates, vectors, vectors @ found.vector)

    def _timed(self, question: str, narrowing: Narrowing) -> tuple[Narrowing, When | None, str]:
        """The question without the time it names, which narrows the search instead."""
        if narrowing.date_from or narrowing.date_to or find_when(question, date.today()) is None:
            return narrowing, None, question
        # Asked only now: it is found by a look at every paper.
        newest = self._catalogue.newest_date()
        when = find_when(question, date.fromisoformat(newest)) if newest else None
        if when is None or not when.rest:
            return narrowing, None, question
        return replace(narrowing, date_from=when.start, date_to=when.end), when, when.rest

    def _candidates(self, question: Question, ranked: Sequence[Ranked]) -> list[Candidate]:
        listing = "papers" in question.wants
        counts = (4,) * LISTED if listing else SENTENCES
        found = []
        for each, count in zip(ranked, counts, strict=False):
            paper = self._catalogue.paper(each.paper_id)
            if paper is None:
                continue
            own = list(sentences(paper))
            own.sort(key=lambda s: -_promise(question, s))
            found += [Candidate(sentence, paper, each.score) for sentence in own[:count]]
        return found

    def _nearest(self, evidence: Evidence) -> tuple[Nearest, ...]:
        papers = (self._catalogue.paper(e.paper_id) for e in evidence.found.ranked[:_NEAREST])
        return tuple(Nearest(p.paper_id, p.title, p.url) for p in papers if p is not None)


def _promise(question: Question, sentence: Sentence) -> float:
    """What is worth reading closely: words in common, and numbers where one is asked for."""
    share = coverage(question, matches(question, indices(sentence.quote)))
    number = "number" in question.wants and any(char.isdigit() for char in sentence.quote)
    return share + 0.15 * number


def judge(evidence: Evidence, model: decision.AnswerModel) -> Judgement:
    """Score the candidates and decide whether there is an answer among them."""
    question, candidates, nearness = evidence.question, evidence.candidates, evidence.nearness
    if not candidates:
        return Judgement(np.empty(0), 0.0)
    scores = model.sentence.scores(features(question, candidates, nearness))
    row = decision.features(question, candidates, nearness, scores)
    return Judgement(scores, model.confidence(row))


def choose(evidence: Evidence, scores: NDArray[np.float64]) -> list[int]:
    """The places of the candidates that are quoted, best first."""
    order = [int(place) for place in np.argsort(-scores, kind="stable")]
    if "papers" in evidence.question.wants:
        return [_in_own_language(evidence, place) for place in _one_each(evidence, order)]
    first = order[0]
    chosen = [first]
    for place in order[1:]:
        if scores[first] - scores[place] > _SECOND:
            break
        if float(evidence.vectors[first] @ evidence.vectors[place]) <= _SAME:
            chosen.append(place)
            break
    return list(dict.fromkeys(_in_own_language(evidence, place) for place in chosen))


def _in_own_language(evidence: Evidence, place: int) -> int:
    """The same sentence in the question's language, where the paper says it in both.

    It must have the same numbers: a summary that leaves one out may leave out the answer.
    """
    chosen = evidence.candidates[place].sentence
    if chosen.language == evidence.question.language:
        return place
    for other in _translations(evidence, place, _TRANSLATED):
        sentence = evidence.candidates[other].sentence
        if _numbers(sentence.quote) >= _numbers(chosen.quote):
            return other
    return place


def _translations(evidence: Evidence, place: int, least: float) -> Iterator[int]:
    """The same paper's sentences in the other language from this cosine on, nearest first."""
    own = evidence.candidates[place].sentence
    cosines = evidence.vectors @ evidence.vectors[place]
    for other in np.argsort(-cosines, kind="stable"):
        if cosines[other] < least:
            return
        sentence = evidence.candidates[other].sentence
        if sentence.paper_id == own.paper_id and sentence.language != own.language:
            yield int(other)


def _numbers(quote: str) -> set[str]:
    return set(_NUMBER.findall(quote))


def _one_each(evidence: Evidence, order: list[int]) -> list[int]:
    """The best sentence of every paper that is nearly as good as the best paper."""
    best = max(each.paper_score for each in evidence.candidates)
    chosen: dict[str, int] = {}
    for place in order:
        candidate = evidence.candidates[place]
        if candidate.paper_score >= _LISTED_SHARE * best:
            chosen.setdefault(candidate.paper.paper_id, place)
    return sorted(chosen.values(), key=lambda p: -evidence.candidates[p].paper_score)


def _cite(evidence: Evidence, place: int, marker: int) -> Citation:
    candidate = evidence.candidates[place]
    sentence, paper = candidate.sentence, candidate.paper
    seen = (paper.seen_in[origin] for origin in paper.texts[sentence.text].origins)
    return Citation(
        marker,
        paper.paper_id,
        paper.title,
        sentence.field,
        sentence.language,
        sentence.quote,
        sentence.start,
        sentence.end,
        paper.url,
        tuple(Seen(at.source, at.file, at.line, at.date) for at in seen),
        _parallel(evidence, place),
    )


def _parallel(evidence: Evidence, place: int) -> Quote | None:
    """The sentence of the same paper in the other language that says the same."""
    for other in _translations(evidence, place, _PARALLEL):
        sentence = evidence.candidates[other].sentence
        return Quote(
            sentence.field, sentence.language, sentence.quote, sentence.start, sentence.end
        )
    return None


def _written(citations: Sequence[Citation]) -> str:
    """The quotes one after another, each with its marker, grouped by paper."""
    papers = dict.fromkeys(each.paper_id for each in citations)
    grouped = [
        " ".join(f"{each.quote} [{each.marker}]" for each in citations if each.paper_id == paper)
        for paper in papers
    ]
    return "\n".join(grouped)
