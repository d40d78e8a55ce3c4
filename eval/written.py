"""Answers that a language model wrote: ours, and LlamaIndex's with the same model and papers.

`CitationQueryEngine` is what a user would build instead. It gets our retriever, so that the
difference is what is made of the papers, and its own defaults for the rest.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eval.answers import Outcome, outcome
from eval.questions import Judged
from indexer.paper import Language
from search_api.answers.answer import Answer, Citation
from search_api.answers.draft import claims
from search_api.answers.question import Question
from search_api.answers.verification import Source, Verifier
from search_api.answers.wording import Wording
from search_api.archive import Archive

ENGINE_PAPERS = 3
"""Papers that the engine reads, for about as many words as we show; more overflow a small
model's context.
"""
_SAYS_NOTHING = re.compile(
    r"empty response|no(?:ne of the)? (?:relevant )?sources?|not (?:mentioned|provided|contain)"
    r"|do(?:es)? not (?:contain|provide|mention|answer)|cannot (?:answer|determine)"
    r"|没有提[供到]|无法回答",
    re.IGNORECASE,
)


class Support:
    """Counts the sentences of written answers and those that what they cite supports."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self.sentences = 0
        self.supported = 0
        self.with_their_numbers = 0

    def count(self, answer: Answer) -> None:
        """Count the sentences of an answer that a model wrote."""
        if answer.written_by is None:
            return
        cited = {each.marker: Source(each.quote, each.title) for each in answer.citations}
        language: Language = Question(answer.question).language
        for claim in claims(answer.answer, language):
            sources = [cited[marker] for marker in claim.cites if marker in cited]
            text = " ".join(source.quote for source in sources)
            self.sentences += 1
            self.supported += self._verifier.objection(claim.text, sources) is None
            titles = " ".join(source.titles for source in sources)
            said, there = Wording(claim.text).numbers, Wording(f"{text} {titles}").numbers
            self.with_their_numbers += said <= there

    def measures(self) -> dict[str, float]:
        """Shares of the sentences."""
        whole = max(1, self.sentences)
        return {
            "written": float(self.sentences),
            "supported": round(self.supported / whole, 4),
            "numbers cited": round(self.with_their_numbers / whole, 4),
        }


def engine_outcomes(
    archive: Archive,
    llm: Any,
    questions: Sequence[Judged],
    support: Support,
    advance: Callable[[], None],
) -> Iterator[Outcome]:
    """Ask LlamaIndex's `CitationQueryEngine` every question."""
    from llama_index.core.query_engine import CitationQueryEngine

    from search_api.retriever import ArchiveRetriever

    retriever = ArchiveRetriever(archive, limit=ENGINE_PAPERS)
    engine = CitationQueryEngine.from_args(index=None, llm=llm, retriever=retriever)
    for judged in questions:
        started = time.perf_counter()
        try:
            response = engine.query(judged.question)
        except Exception as error:  # whatever a client raises, its user has no answer
            warnings.warn(f"{judged.id}: the engine failed: {error}", stacklevel=2)
            answer = Answer(judged.question, False, "", (), 0.0, 1.0)
        else:
            answer = _as_answer(judged.question, response, llm.metadata.model_name)
        spent = time.perf_counter() - started
        support.count(answer)
        yield outcome(archive.catalogue, judged, answer, spent)
        advance()


def _as_answer(question: str, response: Any, model: str) -> Answer:
    """A response as an answer of ours, each source that it names a citation."""
    text = str(response)
    said = {int(number) for number in re.findall(r"\[(\d{1,3})\]", text)}
    citations = tuple(
        Citation(
            marker=marker,
            paper_id=str(found.node.metadata["paper_id"]),
            title=str(found.node.metadata["title"]),
            field=found.node.metadata["field"],
            language=found.node.metadata["language"],
            quote=found.node.get_content(),
            start=0,
            end=0,
            url=None,
            seen_in=(),
        )
        for marker, found in enumerate(response.source_nodes, 1)
        if marker in said
    )
    answers = bool(text.strip()) and _SAYS_NOTHING.search(text) is None
    return Answer(question, answers, text, citations, 0.0, 1.0, written_by=model)
