"""Answers questions from the archive: in its own sentences, or in a language model's.

Whether there is an answer at all is decided from the evidence, never by a model's word; and
what a model writes stands only where cited sentences support it.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from embeddings.base import Embedder
from embeddings.reranker import Reranker
from indexer.catalogue import Catalogue
from search_api.answers import decision
from search_api.answers.agreement import conflicts
from search_api.answers.answer import Answer, Citation, Nearest, Piece
from search_api.answers.citing import cite
from search_api.answers.evidence import Evidence, Finder, Gatherer
from search_api.answers.reading import combined, promising, read
from search_api.answers.scoring import features
from search_api.answers.selection import best, choose
from search_api.answers.writer import Writer, source
from search_api.filters import Narrowing
from search_api.search import checked_query

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well each candidate answers (`scores`), and how probably there is an answer."""

    scores: NDArray[np.float64]
    confidence: float


class Asker:
    """Answers questions, in a writer's words where one is given. Threads may share it."""

    def __init__(
        self,
        catalogue: Catalogue,
        finder: Finder,
        embedder: Embedder,
        reader: Reranker,
        writer: Writer | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._gatherer = Gatherer(catalogue, finder, embedder)
        self._writer = writer

    def ask(
        self, question: str, narrowing: Narrowing | None = None, *, quote: bool = False
    ) -> Answer:
        """The answer, or that the archive does not answer this; `quote` asks for the
        archive's own sentences even where there is a language model.

        Raises `BadQuery` for an empty question or a bad filter. A language model that fails
        costs nothing but its words: `Answer.problem` says so, and the archive's own stand.
        """
        *_, answer = self.stream(question, narrowing, quote=quote)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, narrowing: Narrowing | None = None, *, quote: bool = False
    ) -> Generator[Piece | Answer, None, None]:
        """Pieces of a language model's draft as it writes, not checked yet; last the answer.

        Raises as `ask` does, before the first piece. Closing the iterator stops the model.
        """
        started = time.perf_counter()
        question = checked_query(question)  # as a server is asked
        evidence = self.evidence(question, narrowing)
        model = decision.load_bundled()
        judged = self.judge(evidence, model)
        when = evidence.when
        answer = Answer(
            question=question,
            answerable=judged.confidence >= model.threshold,
            answer="",
            citations=(),
            took_ms=0.0,
            confidence=round(judged.confidence, 4),
            corrected=evidence.found.corrected,
            read_as={when.phrase: f"{when.start or ''}..{when.end or ''}"} if when else {},
        )
        if not answer.answerable:
            answer = replace(answer, nearest=self._nearest(evidence))
        elif quote or self._writer is None:
            answer = _quoted(answer, evidence, judged, self._reader)
        else:
            answer = yield from _written(self._writer, answer, evidence, judged, self._reader)
        took = round((time.perf_counter() - started) * 1000, 2)
        yield replace(answer, took_ms=took)

    def evidence(self, question: str, narrowing: Narrowing | None = None) -> Evidence:
        """The sentences that may answer, and how near they are."""
        return self._gatherer.gather(question, narrowing)

    def judge(self, evidence: Evidence, model: decision.AnswerModel) -> Judgement:
        """Score the candidates and decide whether there is an answer among them."""
        question, candidates, nearness = evidence.question, evidence.candidates, evidence.nearness
        if not candidates or "authors" in question.wants:  # whom no sentence names
            return Judgement(np.empty(0), 0.0)
        scores = model.sentence.scores(features(question, candidates, nearness))
        readings = read(self._reader, evidence, promising(scores))
        scores = combined(scores, readings, model.reading)
        row = decision.features(question, candidates, nearness, scores, readings)
        return Judgement(scores, model.confidence(row))

    def _nearest(self, evidence: Evidence) -> tuple[Nearest, ...]:
        papers = (self._catalogue.paper(e.paper_id) for e in evidence.found.ranked[:_NEAREST])
        return tuple(Nearest(p.paper_id, p.title, p.url) for p in papers if p is not None)


def _quoted(answer: Answer, evidence: Evidence, judged: Judgement, reader: Reranker) -> Answer:
    """The answer in the archive's own sentences, grouped by paper."""
    citations = cite(choose(evidence, judged.scores, reader))
    papers = dict.fromkeys(each.paper_id for each in citations)
    lines = (
        " ".join(f"{each.quote} [{each.marker}]" for each in citations if each.paper_id == paper)
        for paper in papers
    )
    return _complete(answer, "\n".join(lines), citations)


def _written(
    writer: Writer, answer: Answer, evidence: Evidence, judged: Judgement, reader: Reranker
) -> Generator[Piece, None, Answer]:
    """The answer in a model's words, as far as they hold; else in the archive's."""
    offered = best(evidence, judged.scores, reader)
    if not offered:
        return _quoted(answer, evidence, judged, reader)
    sources = [source(candidate, evidence.question) for candidate in offered]
    written = yield from writer.write(evidence.question, sources)
    answer = replace(answer, dropped=written.dropped, problem=written.problem)
    if not written.sentences:
        return _quoted(answer, evidence, judged, reader)
    cited = dict.fromkeys(n for sentence in written.sentences for n in sentence.cites)
    markers = {n: marker for marker, n in enumerate(cited, 1)}
    citations = cite(offered[n] for n in markers)
    text = " ".join(
        sentence.text + " " + "".join(f"[{markers[n]}]" for n in sentence.cites)
        for sentence in written.sentences
    )
    return replace(_complete(answer, text, citations), written_by=writer.name)


def _complete(answer: Answer, text: str, citations: Sequence[Citation]) -> Answer:
    return replace(answer, answer=text, citations=tuple(citations), conflicts=conflicts(citations))
