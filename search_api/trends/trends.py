"""How often something is told of over time, and what is told of more or less than before.

Counts the papers near a query, or those of each topic, source, category or phrase, by period,
and compares the newest period with all before it. Which papers are near a query is `search`'s
to say, what a change is `change`'s; tables and pictures are made elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings.errors import BadQuery
from indexer.paper import Language
from search_api.archive import Archive
from search_api.filters import Narrowing, as_written
from search_api.search import check_score
from search_api.trends.change import FALSE_DISCOVERIES, LEAST_RATIO, p_value, q_values, ratio
from search_api.trends.counted import (
    Entry,
    Kind,
    Name,
    Of,
    counts,
    entries,
    names,
    query_name,
    tallies,
)
from search_api.trends.periods import Unit, all_periods
from search_api.trends.translation import Translator

MIN_SCORE = 0.14
"""From which a paper counts as one about a query: about as many are counted wrongly as are
missed, so that the number is about right (`archive eval trends`; figures in `eval/LOG.md`)."""
MAX_LIMIT = 100
_SAME = 0.5
"""The share of common papers from which a phrase within another says nothing of its own."""


@dataclass(frozen=True, slots=True)
class Series:
    """How many papers each period has, in the order of `Trends.periods`, and their sum."""

    name: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is told of more, or less, in the newest period than in those before.

    `recent` of `recent_papers` papers carry the name now, `before` of `before_papers` did, in
    the layouts that have both; `ratio` is the one share over the other, smoothed, and `q` the
    false discovery rate at which it is told of. A phrase is counted among the papers with a
    text in its language, and `translation` is a phrase that says it in the other.
    """

    name: str
    kind: Kind
    recent: int
    recent_papers: int
    before: int
    before_papers: int
    ratio: float
    q: float
    translation: str | None = None


@dataclass(frozen=True, slots=True)
class Trends:
    """Counts over time.

    `of` says what the series are, null where it is the query itself, and `min_score` from which
    score papers count as near it. `papers` counts all papers of each period that the filters
    let through. `undated` papers have no date and `month_only` ones a date that is too coarse
    for such periods, a month's or a year's; neither stand in a series. `incomparable` papers of
    the newest period have a layout that none before has: no change is told from them.
    """

    query: str | None
    by: Unit
    of: Of | None
    min_score: float | None
    periods: tuple[str, ...]
    papers: tuple[int, ...]
    series: tuple[Series, ...]
    rising: tuple[Change, ...]
    fading: tuple[Change, ...]
    undated: int
    month_only: int
    incomparable: int


def trends(
    archive: Archive,
    query: str | None = None,
    narrowing: Narrowing | None = None,
    *,
    by: Unit = "week",
    of: Of | None = None,
    min_score: float = MIN_SCORE,
    limit: int = 10,
) -> Trends:
    """Counts over time of the papers near a query, or of all; lists have at most `limit` items.

    Where `of` does not say what to count, it is the query, or without one the topics that the
    archive has, or else its categories or sources; and phrases are compared besides. Raises
    `BadQuery` for an empty query, a bad filter, score or limit, or for more periods than
    anybody reads.
    """
    check_score(min_score)
    if not 1 <= limit <= MAX_LIMIT:
        raise BadQuery(f"the limit must be from 1 to {MAX_LIMIT}, not {limit}")
    narrowing = as_written(archive.catalogue, narrowing or Narrowing())
    every = list(entries(archive.catalogue, narrowing.to_filter(), by))
    near = (
        {entry.paper_id for entry in every}
        if query is None
        else set(archive.searcher.near(query, min_score, narrowing))
    )
    placed = [entry for entry in every if entry.period]
    chosen = [place for place, entry in enumerate(placed) if entry.paper_id in near]
    dates = [entry.date for entry in placed if entry.date]
    periods = all_periods(min(dates), max(dates), by) if dates else ()

    shown = of or (None if query is not None else _kind_there(placed))
    first = names(shown, placed, chosen) if shown else [query_name(query or "", placed, near)]
    families = [first] if of else [first, names("terms", placed, chosen)]
    changed = [_changed(family, placed, periods) for family in families]
    told = [change for family in changed for change in _told(family)]
    # Of thousands of phrases, those that change most; of anything else, the largest.
    series = [name for name, _ in changed[0]] if shown == "terms" else first
    unplaced = [entry for entry in every if not entry.period and entry.paper_id in near]
    return Trends(
        query=query,
        by=by,
        of=shown,
        min_score=None if query is None else min_score,
        periods=periods,
        papers=counts(placed, periods),
        series=tuple(_series(name, placed, periods) for name in series[:limit]),
        rising=tuple(change for change in told if change.ratio > 1)[:limit],
        fading=tuple(change for change in told if change.ratio < 1)[:limit],
        undated=sum(entry.date is None for entry in unplaced),
        month_only=sum(entry.date is not None for entry in unplaced),
        incomparable=_incomparable(placed, periods),
    )


def _kind_there(placed: Sequence[Entry]) -> Of:
    kinds: tuple[Of, ...] = ("topics", "categories", "sources")
    return next(
        (kind for kind in kinds if any(getattr(entry.payload, kind) for entry in placed)), "topics"
    )


def _incomparable(placed: Sequence[Entry], periods: Sequence[str]) -> int:
    """How many of the newest papers have a layout that no earlier paper has."""
    earlier = {entry.layout for entry in placed if entry.period != periods[-1]}
    return sum(entry.layout not in earlier for entry in placed)


def _series(name: Name, placed: Sequence[Entry], periods: Sequence[str]) -> Series:
    own = [placed[place] for place in name.carriers]
    return Series(name.name, counts(own, periods), len(own))


def _changed(
    family: Sequence[Name], placed: Sequence[Entry], periods: Sequence[str]
) -> list[tuple[Name, Change]]:
    """Every name of a family with its change, the surest first."""
    if not periods:
        return []
    compared = tallies(family, placed, periods[-1])
    found = []
    for name, tally, q in zip(family, compared, q_values(compared), strict=True):
        change = Change(
            name=name.name,
            kind=name.kind,
            recent=sum(each.recent for each in tally),
            recent_papers=sum(each.recent_papers for each in tally),
            before=sum(each.before for each in tally),
            before_papers=sum(each.before_papers for each in tally),
            ratio=round(ratio(tally), 3),
            q=float(f"{q:.3g}"),
        )
        # Of phrases in the same papers, the longest says most.
        size = (-len(name.carriers), -len(name.name), name.name)
        order = (p_value(tally), -abs(math.log(ratio(tally))), *size)
        found.append((order, name, change))
    found.sort(key=lambda each: each[0])
    return [(name, change) for _, name, change in found]


def _told(family: Sequence[tuple[Name, Change]]) -> Iterator[Change]:
    """The changes that are no chance, each once: not again as a piece or a translation."""
    sure = [
        (name, change)
        for name, change in family
        if change.q <= FALSE_DISCOVERIES and not 1 / LEAST_RATIO < change.ratio < LEAST_RATIO
    ]
    translators = {
        language: Translator(
            {name.name: len(name.carriers) for name, _ in family if name.language == language}
        )
        for language in {name.language for name, _ in family if name.language and sure}
    }
    told: list[Name] = []
    said: set[str] = set()
    for name, change in sure:
        if name.name in said or any(_says_the_same(name, other) for other in told):
            continue
        told.append(name)
        if name.language is None:
            yield change
            continue
        other: Language = "en" if name.language == "zh" else "zh"
        translator = translators.get(other)
        translation = translator.translate(name.name) if translator else None
        said |= {name.name, translation or name.name}
        yield replace(change, translation=translation)


def _says_the_same(one: Name, other: Name) -> bool:
    """Whether one phrase is a piece of the other and of much the same papers."""
    if one.language is None or one.language != other.language:
        return False
    small, large = sorted((one.name.casefold(), other.name.casefold()), key=len)
    common = len(one.carriers & other.carriers) / len(one.carriers | other.carriers)
    return small in large and common >= _SAME
