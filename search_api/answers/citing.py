"""Citations: where a quoted sentence stands, and what says the same in the other language."""

from __future__ import annotations

from search_api.answers.answer import Citation, Quote, Seen
from search_api.answers.evidence import Evidence
from search_api.answers.selection import PARALLEL, translations


def cite(evidence: Evidence, place: int, marker: int) -> Citation:
    """The citation of the candidate at this place."""
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
    """The sentence of the same paper in the other language that says the same, if any."""
    for other in translations(evidence, place, PARALLEL):
        sentence = evidence.candidates[other].sentence
        return Quote(
            sentence.field, sentence.language, sentence.quote, sentence.start, sentence.end
        )
    return None
