"""Whether summaries agree with the abstracts that they summarise.

Every sentence of a summary or translation is held against the paper's English abstract: its
numbers with units, its names, direction and denial must be there. What merely leaves
something out agrees. A summary that another digest made, perhaps of the whole paper, is only
held against the sentence that means the same. What is flagged comes with the sentence that it
should agree with, beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from embeddings.base import Embedder
from indexer.paper import Language, Paper, PassageKind
from search_api.answers.agreement import disagreement
from search_api.answers.answer import Seen
from search_api.answers.sentence import Sentence, sentences
from search_api.checks import names, numbers, polarity
from search_api.checks.reference import Doubt, Kind, Reference

SAME_MATTER = 0.75
"""Cosine from which two digests' sentences are taken to speak of the same."""
NEARNESS = 8.0
"""What a difference of cosines weighs beside a share of information."""
ENOUGH = {"direction": 0.28, "denial": 0.3}
"""Evidence from which a sentence that says the opposite is flagged."""


@dataclass(frozen=True, slots=True)
class Against:
    """The sentence that a flagged one should agree with."""

    field: PassageKind
    language: Language
    sentence: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A sentence that disagrees with its paper's abstract, and where the archive saw it."""

    paper_id: str
    title: str
    kind: Kind
    reason: str
    field: PassageKind
    language: Language
    sentence: str
    against: Against
    seen_in: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class SummaryReport:
    """How many papers had a summary that could be checked, and what disagrees."""

    checked: int
    flagged: tuple[Flag, ...]


class SummaryChecker:
    """Checks summaries; threads may share it. The embedder is asked only where it must be."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def flags(self, paper: Paper) -> list[Flag] | None:
        """What disagrees in a paper's summaries; None where there is nothing to hold against."""
        titles = "\n".join(title.text for title in paper.titles)
        by_text = {
            number: list(found)
            for number, found in groupby(sentences(paper), lambda sentence: sentence.text)
        }
        flagged, checked = list[Flag](), False
        for number, own in by_text.items():
            chosen = _reference(paper, number)
            if chosen is None or chosen not in by_text:
                continue
            checked = True
            reference = Reference(by_text[chosen], titles, self._embedder)
            look = _unfounded if _is_source(paper, chosen, number) else _contradicted
            for sentence in own:
                for doubt, place in look(sentence.quote, reference):
                    flagged.append(_flag(paper, sentence, doubt, reference.sentences[place]))
        return flagged if checked else None


def check(
    papers: Iterable[Paper], embedder: Embedder, advance: Callable[[], None]
) -> SummaryReport:
    """Check papers; `advance` is called after each."""
    checker, checked, flagged = SummaryChecker(embedder), 0, list[Flag]()
    for paper in papers:
        found = checker.flags(paper)
        checked += found is not None
        flagged += found or []
        advance()
    return SummaryReport(checked, tuple(flagged))


def _unfounded(quote: str, reference: Reference) -> Iterator[tuple[Doubt, int]]:
    """What a sentence says that its source does not say so."""
    found = [
        *numbers.doubts(quote, reference),
        *names.doubts(quote, reference),
        *polarity.doubts(quote, reference),
    ]
    if not found:
        return
    cosines = reference.cosines(quote)
    for doubt in found:
        if doubt.turned is not None:
            nearer = float(reference.cosines(doubt.turned).max() - cosines.max())
            if doubt.evidence + NEARNESS * nearer < ENOUGH[doubt.kind]:
                continue
        places = doubt.against or range(len(cosines))
        yield doubt, max(places, key=lambda place: float(cosines[place]))


def _contradicted(quote: str, reference: Reference) -> Iterator[tuple[Doubt, int]]:
    """Where a sentence says otherwise than the one that means the same."""
    reasons = [disagreement(quote, other.quote) for other in reference.sentences]
    if not any(reasons):
        return
    cosines = reference.cosines(quote)
    place = int(cosines.argmax())
    if cosines[place] >= SAME_MATTER and (reason := reasons[place]):
        yield Doubt("contradiction", reason), place


def _reference(paper: Paper, number: int) -> int | None:
    """The place of the text that another text of the paper is held against, if there is one."""
    own = paper.texts[number]
    if own.kind == "abstract":
        return None
    for place, text in enumerate(paper.texts):
        if text.kind == "abstract" and text.language == "en":
            return place
    for place, text in enumerate(paper.texts):
        whole = text.kind in ("abstract", "translation") and place != number
        if whole and not set(text.origins) & set(own.origins):
            return place
    return None


def _is_source(paper: Paper, abstract: int, number: int) -> bool:
    """Whether a text was made from this abstract: it is a translation, a model wrote it from
    there, or it stood beside it.

    Another digest's summary may be of the whole paper, and tell more.
    """
    one, other = paper.texts[abstract], paper.texts[number]
    if one.language != "en":
        return False
    made = other.kind == "translation" or paper.written_by(other) is not None
    return made or bool(set(one.origins) & set(other.origins))


def _flag(paper: Paper, sentence: Sentence, doubt: Doubt, against: Sentence) -> Flag:
    origins = paper.texts[sentence.text].origins
    seen = (paper.seen_in[origin] for origin in origins)
    return Flag(
        paper.paper_id,
        paper.title,
        doubt.kind,
        doubt.reason,
        sentence.field,
        sentence.language,
        sentence.quote,
        Against(against.field, against.language, against.quote),
        tuple(Seen(at.source, at.file, at.line, at.date) for at in seen),
    )
