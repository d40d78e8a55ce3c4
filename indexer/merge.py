"""Folds every row about one paper into one record.

A pure function of the rows: the same rows in any order give the same `Paper`, so an archive
that grew day by day equals one built at once. Where rows disagree both sides stay, each
with the sightings it came from. How rows are found or kept is unknown here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from indexer.authors import author_key
from indexer.fulltexts.text import FullText, FullTextFacts, newest
from indexer.identity import SPLIT, arxiv_month, links_to_arxiv, parse_arxiv_id
from indexer.paper import (
    PRECISIONS,
    WRITTEN,
    DatePrecision,
    Language,
    OriginText,
    OriginTitle,
    Paper,
    Row,
    Sighting,
    Text,
    TextKind,
)

HARVESTED = frozenset(("oaipmh", "bibtex", "ris", "csl-json", "csv", "arxiv-metadata"))
"""Layouts whose papers are of any age: the day on which they came says nothing about them."""
DAILY = range(45)
"""Days after the start of the month in its id in which a digest shows a paper as news; the
day of a later sighting says nothing about the paper."""

Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row and where it was seen."""

    row: Row
    sighting: Sighting


def merge(paper_id: str, seen: Sequence[SeenRow]) -> Paper:
    """One record from all rows about one paper; `seen` must not be empty.

    The same row seen at the same place counts once, however often it was brought.
    """
    kept = [item for item in seen if item.row.fulltext is not None]
    seen = [item for item in seen if item.row.fulltext is None]  # it says nothing else
    seen = sorted(set(seen), key=order) if len(seen) > 1 else seen
    rows = [item.row for item in seen]
    titles = _titles(rows)
    arxiv, urls = _arxiv_id(paper_id, rows), [row.url for row in rows if row.url]
    if paper_id.startswith(SPLIT):  # somebody said that the id in its rows is another paper's
        urls = [url for url in urls if not links_to_arxiv(url)]
    day, precision = _date(seen, arxiv)
    return Paper(
        paper_id=paper_id,
        title=_best_title(titles) or paper_id,
        titles=titles,
        authors=_authors(rows),
        date=day,
        date_precision=precision,
        url=f"https://arxiv.org/abs/{arxiv}" if arxiv else next(iter(urls), None),
        arxiv_id=arxiv,
        versions=tuple(sorted({row.version for row in rows if row.version})),
        topics=_union(row.topics for row in rows),
        categories=_union(row.categories for row in rows),
        sources=_union((item.sighting.source,) for item in seen if item.sighting.layout != WRITTEN),
        code_urls=_union(row.code_urls for row in rows),
        notes=_union(row.notes for row in rows),
        texts=_texts(rows),
        seen_in=tuple(item.sighting for item in seen),
        updated=max((row.updated for row in rows if row.updated), default=None),
        upvotes=max((row.upvotes for row in rows if row.upvotes is not None), default=None),
        fulltext=_facts(kept),
    )


def fulltext_of(seen: Iterable[SeenRow]) -> FullText | None:
    """The full text that counts among a paper's rows."""
    return newest(item.row.fulltext for item in seen if item.row.fulltext is not None)


def _facts(kept: Sequence[SeenRow]) -> FullTextFacts | None:
    if (text := fulltext_of(kept)) is None:
        return None
    file = next(item.sighting.file for item in kept if item.row.fulltext == text)
    characters = sum(len(block.text) for block in text.blocks)
    return FullTextFacts(file, text.source, len(text.blocks), characters)


def order(item: SeenRow) -> tuple[str, str, str, int, str, str]:
    """The order in which a paper's rows count and are listed."""
    at = item.sighting
    return (at.date or "9999", at.source, at.file, at.line, at.layout, repr(item.row))


def _arxiv_id(paper_id: str, rows: Sequence[Row]) -> str | None:
    """The paper's own id if that is arXiv's, else the first that a row gives."""
    if paper_id.startswith(SPLIT):
        return None
    given = (text for text in (paper_id, *(row.arxiv_id for row in rows)) if text)
    return next((found.key for text in given if (found := parse_arxiv_id(text))), None)


def _titles(rows: Sequence[Row]) -> tuple[OriginTitle, ...]:
    # A page may name a paper by its id alone; that is no title beside others' titles.
    titled = any(row.title for row in rows)

    def keys(row: Row) -> list[tuple[Language, str]]:
        return [(row.title_language, row.title)] if row.title or not titled else []

    origins = _origins(rows, keys)
    return tuple(OriginTitle(*key, places) for key, places in origins.items())


def _texts(rows: Sequence[Row]) -> tuple[OriginText, ...]:
    # Texts that differ in white space alone are one, and what records call an abstract is one
    # with what a page knows for its translation.
    same: dict[tuple[str, Language, str], Text] = {}
    every = (text for row in rows for text in row.texts)
    for text in sorted(every, key=lambda text: text.kind != "translation"):
        same.setdefault(_essence(text), text)

    def keys(row: Row) -> list[tuple[TextKind, Language, str]]:
        found = (same[_essence(text)] for text in row.texts)
        return [(text.kind, text.language, text.text) for text in found]

    return tuple(OriginText(*key, places) for key, places in _origins(rows, keys).items())


def _essence(text: Text) -> tuple[str, Language, str]:
    kind = "abstract" if text.kind == "translation" else text.kind
    return (kind, text.language, " ".join(text.text.split()))


def _best_title(titles: Sequence[OriginTitle]) -> str:
    """The paper's own title rather than a translation, and what most digests print."""
    return max(titles, key=lambda title: (title.language == "en", len(title.origins))).text


def _authors(rows: Sequence[Row]) -> tuple[str, ...]:
    """The longest list, since digests cut lists short, then whoever only others name."""
    lists = sorted((row.authors for row in rows), key=len, reverse=True)
    named: dict[str, str] = {}
    for name in (name for authors in lists for name in authors):
        named.setdefault(author_key(name) or name, name)
    return tuple(named.values())


def _date(seen: Sequence[SeenRow], arxiv: str | None) -> tuple[str | None, DatePrecision | None]:
    stated = sorted({item.row.published for item in seen if item.row.published})
    if days := [each for each in stated if len(each) == PRECISIONS["day"]]:
        return days[0], "day"
    sightings = [item.sighting for item in seen if item.sighting.layout not in HARVESTED]
    first_shown = min((each.date for each in sightings if each.date), default=None)
    if arxiv and (month := arxiv_month(arxiv)):
        start = f"{month}-01"
        if first_shown and _days(start, first_shown) in DAILY:
            return first_shown, "day"
        return start, "month"
    if first_shown and (not stated or first_shown.startswith(tuple(stated))):
        return first_shown, "day"
    # "2015-05" goes before "2015", which says less, and "2014" before both.
    known = min(stated, key=lambda each: each.ljust(PRECISIONS["day"], "~"), default=None)
    if known is None:
        return None, None
    if len(known) == PRECISIONS["month"]:
        return f"{known}-01", "month"
    return f"{known}-01-01", "year"


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def _union(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All values, the most frequent first, ties in the order seen."""
    counts = Counter(value for group in groups for value in group)
    return tuple(value for value, _ in counts.most_common())


def _origins(
    rows: Sequence[Row], keys: Callable[[Row], Iterable[Item]]
) -> dict[Item, tuple[int, ...]]:
    places: dict[Item, list[int]] = {}
    for index, row in enumerate(rows):
        for key in dict.fromkeys(keys(row)):
            places.setdefault(key, []).append(index)
    return {key: tuple(found) for key, found in places.items()}
