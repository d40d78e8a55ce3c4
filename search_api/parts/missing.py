"""What is missing: which parts of which papers a language model is to be asked for.

Asking is `writing`'s business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from indexer.catalogue import Catalogue
from indexer.identity import paper_key
from indexer.paper import Language, OriginText, Paper, TextKind
from indexer.passages import STRUCTURED, payload_of
from indexer.readers.written import about
from search_api.filters import Narrowing, admits, as_written
from search_api.parts.kept import Asked, asked
from search_api.parts.part import abstract_of, kinds_of
from search_api.search import find_paper


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parts, in which languages, of which papers: those named, else those admitted.

    `limit` bounds the papers that the model is asked about; `again` asks also for what it was
    asked for before and did not get right.
    """

    paper_ids: tuple[str, ...] = ()
    kinds: tuple[TextKind, ...] = STRUCTURED
    languages: tuple[Language, ...] = ("zh", "en")
    narrowing: Narrowing = field(default_factory=Narrowing)
    limit: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """The parts of one paper to be asked for in one language."""

    paper: Paper
    abstract: OriginText
    language: Language
    kinds: tuple[TextKind, ...]


@dataclass(slots=True)
class Missing:
    """The tasks paper by paper, the newest first, and what is not asked for.

    `known` counts parts of which nothing held before. `without_abstract` counts papers from which
    nothing can be written, `unnamed` lists those whose id no file can state, so that nothing
    can be kept about them.
    """

    papers: list[list[Task]] = field(default_factory=list)
    known: int = 0
    without_abstract: int = 0
    unnamed: list[str] = field(default_factory=list)


def find_missing(catalogue: Catalogue, wanted: Wanted, before: Collection[Asked]) -> Missing:
    """What is missing and not among what was asked for `before`.

    Raises `UnknownPaper`, and `BadQuery` for a bad filter.
    """
    missing = Missing()
    papers = sorted(_papers(catalogue, wanted), key=lambda paper: paper.date or "", reverse=True)
    for paper in papers:
        abstract = abstract_of(paper)
        if abstract is None:
            missing.without_abstract += 1
        elif paper_key(about(paper.paper_id, paper.title)) != paper.paper_id:
            missing.unnamed.append(paper.paper_id)
        elif tasks := list(_tasks(paper, abstract, wanted, before, missing)):
            missing.papers.append(tasks)
    missing.papers = missing.papers[: wanted.limit]
    return missing


def _tasks(
    paper: Paper,
    abstract: OriginText,
    wanted: Wanted,
    before: Collection[Asked],
    missing: Missing,
) -> Iterator[Task]:
    for language in wanted.languages:
        own = kinds_of(paper, language)
        lacks = [kind for kind in wanted.kinds if kind not in own]
        new = [kind for kind in lacks if asked(paper, language, kind, abstract) not in before]
        missing.known += len(lacks) - len(new)
        if new:
            yield Task(paper, abstract, language, tuple(new))


def _papers(catalogue: Catalogue, wanted: Wanted) -> Iterator[Paper]:
    if wanted.paper_ids:
        named = [find_paper(catalogue, each) for each in wanted.paper_ids]
        yield from {paper.paper_id: paper for paper in named}.values()
        return
    filter = as_written(catalogue, wanted.narrowing).to_filter()
    for paper_id in catalogue.paper_ids():
        paper = catalogue.paper(paper_id)
        if paper is not None and admits(filter, payload_of(paper, "abstract", "en")):
            yield paper
