"""The papers of an archive as they are counted over time, and the names that they carry.

A name is a topic, a source, a category, a phrase, or the query that papers are near to. What
its numbers say is `trends`' and `change`'s to tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.catalogue import Catalogue
from indexer.paper import Language
from indexer.stores.base import Filter, Payload
from search_api.filters import admits
from search_api.phrases import phrases
from search_api.trends.change import Tally
from search_api.trends.periods import Unit, period_of

Of = Literal["topics", "sources", "categories", "terms"]
Kind = Literal["query", "topics", "sources", "categories", "terms"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper as it is counted; `period` is None where its date is unknown or too coarse, and
    `layout` that in which a digest first showed it.
    """

    paper_id: str
    date: str | None
    period: str | None
    layout: str
    payload: Payload
    texts: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Name:
    """A name, the places of the entries that carry it and of all that could; `language` is that
    of a phrase.
    """

    name: str
    kind: Kind
    carriers: frozenset[int]
    among: frozenset[int]
    language: Language | None = None


def counts(placed: Iterable[Entry], periods: Sequence[str]) -> tuple[int, ...]:
    """How many papers each period has."""
    found = Counter(entry.period for entry in placed)
    return tuple(found[period] for period in periods)


def tallies(
    family: Iterable[Name], placed: Sequence[Entry], newest: str
) -> list[tuple[Tally, ...]]:
    """For each name the newest period beside all others, layout by layout.

    A digest that starts or stops would otherwise bring its own set phrases, topics and language
    as news. Layouts without papers on both sides compare nothing and are left out.
    """
    sides = [(entry.layout, entry.period == newest) for entry in placed]
    # Sources are few, and each has its own layout: within one there is nothing to compare.
    plain = [("", new) for _, new in sides]
    totals: dict[tuple[frozenset[int], bool], Counter[tuple[str, bool]]] = {}
    found = []
    for name in family:
        where = plain if name.kind == "sources" else sides
        key = (name.among, name.kind == "sources")
        if key not in totals:
            totals[key] = Counter(where[place] for place in name.among)
        papers, own = totals[key], Counter(where[place] for place in name.carriers)
        layouts = dict.fromkeys(layout for layout, _ in papers)
        both = [each for each in layouts if papers[each, True] and papers[each, False]]
        found.append(
            tuple(
                Tally(own[at, True], papers[at, True], own[at, False], papers[at, False])
                for at in both
            )
        )
    return found


def entries(catalogue: Catalogue, filter: Filter, by: Unit) -> Iterator[Entry]:
    """Every paper that a filter lets through."""
    for paper_id in catalogue.paper_ids():
        paper, own = catalogue.paper(paper_id), catalogue.passages_of(paper_id)
        if paper is None or not own:
            continue  # taken out of the archive while this ran
        # A paper's passages differ in kind and language alone.
        payload = own[0].payload
        if not admits(filter, payload):
            continue
        period = period_of(paper.date, paper.date_precision, by) if paper.date else None
        texts: dict[Language, str] = {}
        for passage in own:
            texts[passage.language] = f"{texts.get(passage.language, '')}\n{passage.text}"
        layout = paper.seen_in[0].layout
        yield Entry(paper_id, paper.date, period, layout, payload, texts)


def query_name(query: str, placed: Sequence[Entry], near: Collection[str]) -> Name:
    """A query as a name, which the papers near it carry."""
    places = {place for place, entry in enumerate(placed) if entry.paper_id in near}
    return Name(query, "query", frozenset(places), frozenset(range(len(placed))))


def names(kind: Of, placed: Sequence[Entry], chosen: Sequence[int]) -> list[Name]:
    """The names of one kind that chosen entries carry, the most frequent first."""
    found = _phrases(placed, chosen) if kind == "terms" else _values(kind, placed, chosen)
    return sorted(found, key=lambda each: (-len(each.carriers), each.name))


def _values(kind: Of, placed: Sequence[Entry], chosen: Sequence[int]) -> Iterator[Name]:
    carriers: dict[str, set[int]] = defaultdict(set)
    for place in chosen:
        for value in getattr(placed[place].payload, kind):
            carriers[value].add(place)
    among = frozenset(chosen)
    for value, places in carriers.items():
        yield Name(value, kind, frozenset(places), among)


def _phrases(placed: Sequence[Entry], chosen: Sequence[int]) -> Iterator[Name]:
    """Phrases language by language: a paper without a Chinese text lacks no Chinese phrase."""
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        among = [place for place in chosen if language in placed[place].texts]
        whole = frozenset(among)  # one for all: each is as large as the archive
        found = phrases([placed[place].texts[language] for place in among])
        for phrase, places in found.items():
            own = frozenset(among[place] for place in places)
            yield Name(phrase, "terms", own, whole, language)
