"""A paper as reference managers know one: one title, one abstract, names, numbers.

The formats for reference managers have no place for several texts with their sightings;
what is chosen of them is decided here, once for all. How it is written is theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.identity import find_doi
from indexer.language import HAN
from indexer.paper import OriginText, Paper, TextKind

CODE, SEEN = "Code: ", "Seen by Paper Archive in "
"""Begin notes with what these formats have no place for; `indexer.bulk.notes` reads them.

Notes that begin with the second are dropped there: nobody else's may begin so.
"""
NOTE_END = ".\n"
"""Between notes where they stand in one field."""
_GROUP = re.compile(
    r"team\b.+|.+\b(?:team|collaboration|group|consortium|labs?|project|community|initiative)",
    re.IGNORECASE,
)
_FAMILY_FIRST = re.compile(rf"[{HAN}]+ [{HAN}]+")
_ABSTRACTS: tuple[TextKind, ...] = ("abstract", "translation", "summary", "tldr")


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference; `month` and `day` are numbers, known only as exactly as the date is.

    `notes` is whatever else a person may want: other titles, notes, where it was seen.
    """

    paper_id: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    month: int | None
    day: int | None
    doi: str | None
    url: str | None
    arxiv_id: str | None
    primary_category: str | None
    abstract: str | None
    keywords: tuple[str, ...]
    code_urls: tuple[str, ...]
    notes: tuple[str, ...]


def reference(paper: Paper) -> Reference:
    """The reference for a paper."""
    year, month, day = map(int, paper.date.split("-")) if paper.date else (None, None, None)
    return Reference(
        paper_id=paper.paper_id,
        title=one_line(paper.title),
        authors=tuple(map(one_line, paper.authors)),
        year=year,
        month=month if paper.date_precision != "year" else None,
        day=day if paper.date_precision == "day" else None,
        doi=find_doi(paper.url) if paper.url and not paper.arxiv_id else None,
        url=paper.url,
        arxiv_id=paper.arxiv_id,
        primary_category=paper.categories[0] if paper.categories else None,
        abstract=_abstract(paper),
        keywords=tuple(map(one_line, dict.fromkeys((*paper.topics, *paper.categories)))),
        code_urls=paper.code_urls,
        notes=tuple(
            dict.fromkeys(map(one_line, (*_other_titles(paper), *paper.notes, *_seen(paper))))
        ),
    )


def one_line(text: str) -> str:
    """A text with its line breaks and runs of spaces as single spaces."""
    return " ".join(text.split())


def is_group(name: str) -> bool:
    """Whether a name is that of a group, in which no word is a family name: "Qwen Team"."""
    return _GROUP.fullmatch(name) is not None


def is_family_first(name: str) -> bool:
    """Whether a name is a family name and a given one in that order: "李 明"."""
    return _FAMILY_FIRST.fullmatch(name) is not None


def _abstract(paper: Paper) -> str | None:
    """The authors' abstract, English first, or what comes nearest to one."""

    def rank(text: OriginText) -> tuple[int, bool]:
        kind = _ABSTRACTS.index(text.kind) if text.kind in _ABSTRACTS else len(_ABSTRACTS)
        return (kind, text.language != "en")

    return one_line(min(paper.texts, key=rank).text) if paper.texts else None


def _other_titles(paper: Paper) -> list[str]:
    return [f"Also: {title.text}" for title in paper.titles if title.text != paper.title]


def _seen(paper: Paper) -> list[str]:
    seen = dict.fromkeys(f"{at.source} {at.date or ''}".strip() for at in paper.seen_in)
    return [SEEN + ", ".join(seen)]
