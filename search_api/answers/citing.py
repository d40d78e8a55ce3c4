"""Citations: where a quoted sentence stands, and what says the same in the other language."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.fulltexts.text import FULLTEXT
from indexer.paper import Paper
from search_api.answers.answer import Citation, Quote, Seen
from search_api.answers.evidence import Evidence
from search_api.answers.selection import PARALLEL, translations
from search_api.answers.sentence import Sentence


def cite(evidence: Evidence, place: int, marker: int) -> Citation:
    """The citation of the candidate at this place."""
    candidate = evidence.candidates[place]
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
        _parallel(evidence, place),
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


def _parallel(evidence: Evidence, place: int) -> Quote | None:
    """The sentence of the same paper in the other language that says the same, if any."""
    for other in translations(evidence, place, PARALLEL):
        sentence = evidence.candidates[other].sentence
        return Quote(
            sentence.field, sentence.language, sentence.quote, sentence.start, sentence.end
        )
    return None
