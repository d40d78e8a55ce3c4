"""Answers questions from the archive: in its own sentences, or in a language model's.

Whether there is an answer at all is decided from the evidence, never by a model's word; and
what a model writes stands only where cited sentences support it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from embeddings.base import Embedder
from embeddings.reranker import Reranker
from indexer.catalogue import Catalogue
from search_api.answers import decision, listing, scoring
from search_api.answers.answer import Answer, Nearest, Piece
from search_api.answers.composition import quoted, written
from search_api.answers.evidence import Evidence, Finder, Gatherer
from search_api.answers.finding import Finding
from search_api.answers.model import AnswerModel, load_bundled
from search_api.answers.question import Question
from search_api.answers.reading import combined, read
from search_api.answers.subquestion import subquestions
from search_api.answers.writer import Writer
from search_api.filters import Narrowing, unknown_values
from search_api.search import checked_query

_NEAREST = 3


class Asker:
    """Answers questions, in a writer's words where one is given, from another confidence on than
    the one that ships if there is a `threshold`. Threads may share it.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        finder: Finder,
        embedder: Embedder,
        reader: Reranker,
        writer: Writer | None = None,
        *,
        threshold: float | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._gatherer = Gatherer(catalogue, finder, embedder)
        self._writer = writer
        self._threshold = threshold

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
        model = load_bundled()
        if self._threshold is not None:
            model = replace(model, threshold=self._threshold)
        findings = self._findings(question, narrowing, model)
        confidence = _confidence(findings)
        evidence = findings[0].evidence
        when = evidence.when
        answer = Answer(
            question=question,
            answerable=confidence >= model.threshold and len(findings[0].scores) > 0,
            answer="",
            citations=(),
            took_ms=0.0,
            confidence=round(confidence, 4),
            corrected={k: v for each in findings for k, v in each.evidence.found.corrected.items()},
            read_as={when.phrase: f"{when.start or ''}..{when.end or ''}"} if when else {},
            hints=tuple(unknown_values(self._catalogue, narrowing or Narrowing())),
        )
        if not answer.answerable:
            answer = replace(answer, nearest=self._nearest(evidence))
        elif quote or self._writer is None or findings[0].listed:  # a list leaves nothing to word
            answer = quoted(answer, findings, self._reader)
        else:
            answer = yield from written(self._writer, answer, findings, self._reader)
        took = round((time.perf_counter() - started) * 1000, 2)
        yield replace(answer, took_ms=took)

    def evidence(self, question: str, narrowing: Narrowing | None = None) -> Evidence:
        """The sentences that may answer, and how near they are."""
        return self._gatherer.gather(question, narrowing)

    def judge(self, evidence: Evidence, model: AnswerModel) -> Finding:
        """Score the candidates and decide whether there is an answer among them."""
        question, candidates, nearness = evidence.question, evidence.candidates, evidence.nearness
        # No sentence names authors; a list may be of papers on who wrote something.
        if not candidates or ("authors" in question.wants and "papers" not in question.wants):
            return Finding(evidence, np.empty(0), 0.0)
        scores = model.sentence.scores(scoring.features(question, candidates, nearness))
        if "papers" in question.wants:
            return self._list(evidence, scores, model)
        readings = read(self._reader, evidence, scores)
        scores = combined(scores, readings, model.reading)
        if decision.lacks_version(question, candidates, int(scores.argmax())):
            return Finding(evidence, scores, 0.0)
        row = decision.features(question, candidates, nearness, scores, readings)
        return Finding(evidence, scores, float(model.decision.chances(row[None])[0]))

    def _list(self, evidence: Evidence, scores: NDArray[np.float64], model: AnswerModel) -> Finding:
        entries = listing.entries(self._reader, evidence, scores)
        if listing.is_denied(evidence.question.text):
            return Finding(evidence, scores, 0.0)
        if evidence.question.topic.terms:
            chances = model.listing.chances(entries.rows)
        else:  # whatever was found, if time or filters say what
            chances = np.full(len(entries.places), float(evidence.narrowed))
        listed = entries.listed(chances, model.threshold, evidence)
        return Finding(evidence, scores, float(chances.max()), listed)

    def _findings(
        self, question: str, narrowing: Narrowing | None, model: AnswerModel
    ) -> list[Finding]:
        """What the archive has on each subquestion where it answers them all, or on the whole."""
        whole = self.judge(self.evidence(question, narrowing), model)
        papers = {each.paper.paper_id: each.paper for each in whole.evidence.candidates}
        apart = []
        for paper_id, about_it in subquestions(Question(question), papers.values()).items():
            found = self.judge(self.evidence(about_it, narrowing), model)
            if not len(found.scores) or found.best_paper != paper_id:
                return [whole]
            apart.append(found)
        return apart if apart and _confidence(apart) >= model.threshold else [whole]

    def _nearest(self, evidence: Evidence) -> tuple[Nearest, ...]:
        papers = (self._catalogue.paper(e.paper_id) for e in evidence.found.ranked[:_NEAREST])
        return tuple(
            Nearest(p.paper_id, p.title, p.url, p.authors, p.date, p.date_precision)
            for p in papers
            if p is not None
        )


def _confidence(findings: Sequence[Finding]) -> float:
    """The geometric mean: one that is hardly answered is not made up for by another, but two
    need not each be as sure as one alone.
    """
    return math.prod(each.confidence for each in findings) ** (1 / len(findings))
