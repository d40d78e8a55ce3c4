"""What the archive knows about one paper, and what one digest said about it.

A reader turns each entry of a page into a `Row`: one digest's words about one paper.
The catalogue keeps every row as it was read; `indexer.merge` folds all rows of one paper
into a `Paper`. These are plain records: no reading, merging or storing happens here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from indexer.fulltexts.text import FULLTEXT, FullText, FullTextFacts

TextKind = Literal[
    "abstract", "translation", "tldr", "motivation", "method", "result", "conclusion", "summary"
]
PassageKind = Literal[TextKind, "fulltext"]
"""What a passage is taken from: a text, or the paper itself."""
Language = Literal["zh", "en"]
DatePrecision = Literal["day", "month", "year"]
PRECISIONS: dict[DatePrecision, int] = {"year": 4, "month": 7, "day": 10}
"""How many characters of an ISO date are known."""
WRITTEN = "written"
"""The layout of what a language model wrote about papers: of files, rows and sightings."""
BESIDE = frozenset((WRITTEN, FULLTEXT))
"""The layouts of what the archive keeps beside pages: none of it makes a paper known."""


def known_date(day: str | None, precision: DatePrecision | None) -> str:
    """As much of an ISO date as is known; empty where there is none."""
    return day[: PRECISIONS[precision or "day"]] if day else ""


def _none(value: object) -> bool:
    return value is None


@dataclass(frozen=True, slots=True)
class Text:
    """One text about a paper, as a digest printed it.

    `abstract` is the authors' abstract in its own language, `translation` a translated
    abstract, `summary` a digest's free summary; the rest are the parts of a structured
    summary.
    """

    kind: TextKind
    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of one digest page.

    `line` and `end_line` are 1-based and inclusive: together the rows and rejects of a
    page cover everything on it that names a paper. `title` is free of markup and of
    translator's notes, which go to `notes`. `arxiv_id` is versionless. `published` is an
    ISO date (YYYY-MM-DD) only if the page states one for this entry (records may state a month,
    YYYY-MM, or a year alone), and so is `updated`, the day of the version that the page shows.
    `shown` is the ISO date of the part of the page that the entry stands in, where the page has
    several days. `fulltext` is the paper itself.
    """

    line: int
    end_line: int
    title: str
    title_language: Language
    arxiv_id: str | None = None
    version: int | None = None
    url: str | None = None
    published: str | None = None
    texts: tuple[Text, ...] = ()
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    code_urls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    updated: str | None = None
    upvotes: int | None = None
    shown: Annotated[str | None, Field(exclude_if=_none)] = None
    fulltext: Annotated[FullText | None, Field(exclude_if=_none)] = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A piece of a page that looked like an entry and could not be understood."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where and when the archive saw a paper."""

    source: str
    file: str
    line: int
    layout: str
    date: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class OriginText:
    """A text with the sightings it came from (indices into `Paper.seen_in`)."""

    kind: TextKind
    language: Language
    text: str
    origins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OriginTitle:
    """A title with the sightings it came from (indices into `Paper.seen_in`)."""

    language: Language
    text: str
    origins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, merged from every row about it; nothing that a row said is lost.

    `title` is the paper's id where no row gives a title. `date` is an ISO date: the earliest
    day of publication any row states; else the day a digest first showed it, if that was while it
    was news (what a repository gives never is); else the month in its arXiv id, or else the month
    or the year that a row states (its first day, and then `date_precision` is "month" or
    "year"). `sources` are the digests that showed it. `updated` is
    the latest day any row states for a version, `upvotes` the most readers any row counts.
    `fulltext` tells of the full text that is kept, and is no part of the record where there is
    none.
    """

    paper_id: str
    title: str
    titles: tuple[OriginTitle, ...]
    authors: tuple[str, ...]
    date: str | None
    date_precision: DatePrecision | None
    url: str | None
    arxiv_id: str | None = None
    versions: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    code_urls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    texts: tuple[OriginText, ...] = ()
    seen_in: tuple[Sighting, ...] = field(default=())
    updated: str | None = None
    upvotes: int | None = None
    fulltext: Annotated[FullTextFacts | None, Field(exclude_if=_none)] = None

    def written_by(self, text: OriginText) -> str | None:
        """The source that names the language model which wrote a text; None if none did.

        A text that a model wrote stays the model's, even where a page repeats it word for word.
        """
        written = (place for place, at in enumerate(self.seen_in) if at.layout == WRITTEN)
        return next(
            (self.seen_in[place].source for place in written if place in text.origins), None
        )
