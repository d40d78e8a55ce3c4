"""A part of a structured summary as a language model wrote it, with what supports it.

Also what was dropped or failed on the way. How parts are written is `author`'s, how they are
kept `kept`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from indexer.paper import Language, OriginText, Paper, TextKind
from indexer.passages import FAILED


@dataclass(frozen=True, slots=True)
class Supported:
    """A sentence, and the sentences of the abstract that it was verified against."""

    text: str
    support: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The sentences of one part that hold."""

    kind: TextKind
    sentences: tuple[Supported, ...]


@dataclass(frozen=True, slots=True)
class DroppedSentence:
    """A sentence that does not hold, and why; a model that says nothing has an empty one."""

    paper_id: str
    kind: TextKind
    language: Language
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class FailedPart:
    """A part that the model did not give, and why; the next run asks for it again."""

    paper_id: str
    kind: TextKind
    language: Language
    reason: str


def abstract_of(paper: Paper) -> OriginText | None:
    """The abstract from which a paper's parts are written, the English one if there are two."""
    own = [text for text in paper.texts if text.kind == "abstract" and _says(paper, text)]
    return min(own, key=lambda text: text.language != "en", default=None)


def kinds_of(paper: Paper, language: Language) -> set[TextKind]:
    """Which texts a paper has in a language, whoever wrote them."""
    return {
        text.kind
        for text in paper.texts
        if text.language == language and text.text.casefold() not in FAILED
    }


def _says(paper: Paper, text: OriginText) -> bool:
    return text.text.casefold() not in FAILED and paper.written_by(text) is None
