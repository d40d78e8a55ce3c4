"""What classification answers: the records that the command line prints and HTTP sends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Because:
    """An example paper that pulled a text towards a topic; `strength` is how much like it
    the text is, in meaning and words.
    """

    paper_id: str
    title: str
    strength: float


@dataclass(frozen=True, slots=True)
class Label:
    """A topic, how surely a text belongs to it (`score`, 0 to 1), and why: the topic's
    examples that are most like the text, and the text's own phrases that speak for it.
    """

    topic: str
    score: float
    accepted: bool
    because: tuple[Because, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Classified:
    """A paper's or a text's labels, best first; `none_of_them` where none is accepted.

    `paper_id` is null for a text; `filed_under` are the topics that digests give the paper,
    which are not looked at: its labels are what the others' say.
    """

    paper_id: str | None
    labels: tuple[Label, ...]
    none_of_them: bool
    filed_under: tuple[str, ...]
    took_ms: float


@dataclass(frozen=True, slots=True)
class Assigned:
    """A paper of the archive with the topics that were accepted for it, best first."""

    paper_id: str
    title: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllClassified:
    """Every paper of the archive, classified; `counts` has the papers of each topic."""

    papers: tuple[Assigned, ...]
    counts: dict[str, int]
    none_of_them: int
    took_ms: float
