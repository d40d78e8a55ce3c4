"""What searches answer: the records that the command line prints and HTTP sends.

Field names are fixed by the product's interface. How results are found is unknown here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from indexer.paper import DatePrecision, Language


@dataclass(frozen=True, slots=True)
class LegRank:
    """Where one leg of a search ranked a paper's best passage, and with which score."""

    leg: Literal["dense", "lexical"]
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Result:
    """A paper that was found.

    `score` is between 0 and 1, comparable between queries: how near the best passage is in
    meaning, raised by shared informative words. `snippet` quotes that passage; `matched`
    names the query's words that stand in it. `explain` is filled on request. `snippet_by` names the
    language model that wrote the passage, where one did. `snippet_page` and `snippet_section` say
    where it stands in the paper's full text, where it is from there.
    """

    paper_id: str
    score: float
    title: str
    authors: tuple[str, ...]
    date: str | None
    date_precision: DatePrecision | None
    url: str | None
    topics: tuple[str, ...]
    categories: tuple[str, ...]
    sources: tuple[str, ...]
    code_urls: tuple[str, ...]
    snippet: str
    snippet_kind: str
    snippet_language: Language
    matched: tuple[str, ...] = ()
    explain: tuple[LegRank, ...] = field(default=())
    snippet_by: str | None = None
    snippet_page: int | None = None
    snippet_section: str | None = None


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The answer to a search; `offset` counts the papers on earlier pages, `corrected` says
    which mistyped words of the query were read as which. `hints` are lines on what was asked
    for that the archive does not have: the paper whose id the query is, values of filters.
    """

    query: str
    took_ms: float
    offset: int
    results: tuple[Result, ...]
    corrected: dict[str, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SimilarAnswer:
    """Papers like a given one or a given text; `paper_id` is null for a text. `hints` are
    lines on values of filters that no paper has.
    """

    paper_id: str | None
    took_ms: float
    results: tuple[Result, ...]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """The vector store in use."""

    kind: str
    location: str
    points: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What the archive holds. `topics`, `categories` and `sources` count papers."""

    papers: int
    passages: int
    files: int
    rows: int
    rejects: int
    topics: dict[str, int]
    categories: dict[str, int]
    sources: dict[str, int]
    languages: dict[str, int]
    model: str | None
    store: StoreFacts
    home: str
