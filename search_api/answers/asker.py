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
from search_api.answers.parts import parts
from search_api.answers.question import Question
from search_api.answers.reading import combined, promising, read
from search_api.answers.scoring import features
from search_api.answers.selection import SOURCES, best, choose
from search_api.answers.writer import Writer, source
from search_api.filters import Narrowing
from search_api.search import checked_query

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well each candidate answers (`scores`), and how probably there is an answer."""

    scores: NDArray[np.float64]
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The evidence on a question, or on a part of it, with what is thought of it."""

    evidence: Evidence
    judged: Judgement

    @property
    def best_paper(self) -> str:
        """The id of the paper whose sentence answers best."""
        return self.evidence.candidates[int(np.argmax(self.judged.scores))].paper.paper_id


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
        model = decision.load_bundled()
        findings = self._findings(question, narrowing, model)
        confidence = min(each.judged.confidence for each in findings)
        evidence = findings[0].evidence
        when = evidence.when
        answer = Answer(
            question=question,
            answerable=confidence >= model.threshold,
            answer="",
            citations=(),
            took_ms=0.0,
            confidence=round(confidence, 4),
            corrected=evidence.found.corrected,
            read_as={when.phrase: f"{when.start or ''}..{when.end or ''}"} if when else {},
        )
        if not answer.answerable:
            answer = replace(answer, nearest=self._nearest(evidence))
        elif quote or self._writer is None:
            answer = _quoted(answer, findings, self._reader)
        else:
            answer = yield from _written(self._writer, answer, findings, self._reader)
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

    def _findings(
        self, question: str, narrowing: Narrowing | None, model: decision.AnswerModel
    ) -> list[Finding]:
        """What the archive has on each part of a question where it answers them all, or on
        the whole.
        """
        evidence = self.evidence(question, narrowing)
        whole = [Finding(evidence, self.judge(evidence, model))]
        papers = {each.paper.paper_id: each.paper for each in evidence.candidates}
        apart = []
        for paper_id, part in parts(Question(question), papers.values()).items():
            evidence = self.evidence(part, narrowing)
            finding = Finding(evidence, self.judge(evidence, model))
            if finding.judged.confidence < model.threshold or finding.best_paper != paper_id:
                return whole
            apart.append(finding)
        return apart or whole

    def _nearest(self, evidence: Evidence) -> tuple[Nearest, ...]:
        papers = (self._catalogue.paper(e.paper_id) for e in evidence.found.ranked[:_NEAREST])
        return tuple(Nearest(p.paper_id, p.title, p.url) for p in papers if p is not None)


def _quoted(answer: Answer, findings: Sequence[Finding], reader: Reranker) -> Answer:
    """The answer in the archive's own sentences, grouped by paper."""
    each_part = [choose(found.evidence, found.judged.scores, reader) for found in findings]
    chosen = each_part[0] if len(each_part) == 1 else [part[0] for part in each_part]
    citations = cite(chosen)
    papers = dict.fromkeys(each.paper_id for each in citations)
    lines = (
        " ".join(f"{each.quote} [{each.marker}]" for each in citations if each.paper_id == paper)
        for paper in papers
    )
    return _complete(answer, "\n".join(lines), citations)


def _written(
    writer: Writer, answer: Answer, findings: Sequence[Finding], reader: Reranker
) -> Generator[Piece, None, Answer]:
    """The answer in a model's words, as far as they hold; else in the archive's."""
    question = Question(answer.question) if len(findings) > 1 else findings[0].evidence.question
    each_part = [best(found.evidence, found.judged.scores, reader) for found in findings]
    offered = [c for part in each_part for c in part[: SOURCES // len(findings)]]
    if not offered:
        return _quoted(answer, findings, reader)
    sources = [source(candidate, question) for candidate in offered]
    written = yield from writer.write(question, sources)
    answer = replace(answer, dropped=written.dropped, problem=written.problem)
    if not written.sentences:
        return _quoted(answer, findings, reader)
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
