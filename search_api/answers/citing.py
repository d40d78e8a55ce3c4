"""Citations: where a quoted sentence stands, and what says the same in the other language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.fulltexts.text import FULLTEXT
from indexer.paper import Paper
from search_api.answers.answer import Citation, Quote, Seen
from search_api.answers.scoring import Candidate
from search_api.answers.sentence import Sentence, quotable
from search_api.answers.translation import translation


def cite(chosen: Iterable[Candidate]) -> list[Citation]:
    """The citations of what is quoted, marked from 1 on in this order.

    A parallel sentence is shown once, and not where it is quoted itself.
    """
    chosen = list(chosen)
    shown = {each.sentence for each in chosen}
    citations = []
    for marker, each in enumerate(chosen, 1):
        parallel = translation(each.sentence, quotable(each.paper))
        if parallel in shown:
            parallel = None
        elif parallel is not None:
            shown.add(parallel)
        citations.append(_citation(marker, each, parallel))
    return citations


def _citation(marker: int, candidate: Candidate, parallel: Sentence | None) -> Citation:
    sentence, paper, block = candidate.sentence, candidate.paper, candidate.sentence.block
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
        tuple(_seen(sentence, paper)),
        _quote(parallel) if parallel else None,
        block.page if block else None,
        (block.section or None) if block else None,
    )


def _seen(sentence: Sentence, paper: Paper) -> Iterator[Seen]:
    """Where the archive saw the text that a sentence is from."""
    if sentence.block is None:
        for origin in paper.texts[sentence.text].origins:
            at = paper.seen_in[origin]
            yield Seen(at.source, at.file, at.line, at.date)
    elif paper.fulltext is not None:
        yield Seen(FULLTEXT, paper.fulltext.file, sentence.block.line, None)


def _quote(sentence: Sentence) -> Quote:
    at = (sentence.start, sentence.end)
    return Quote(sentence.field, sentence.language, sentence.quote, *at)
