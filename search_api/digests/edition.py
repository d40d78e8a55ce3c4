"""What a digest is asked to be: its days, its filters, its layout and its languages.

Also what it has shown before, for digests of what is new; the catalogue remembers that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from embeddings.errors import BadQuery
from indexer.catalogue import Catalogue
from indexer.paper import Paper, known_date
from search_api.filters import Narrowing, as_written
from search_api.topics.sets import TopicSet

Languages = Literal["zh", "en", "both"]
DEFAULT_LAYOUT = "topic-tables"


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, ISO dates and inclusive; None leaves an end open."""

    first: str | None
    last: str | None

    def hold(self, start: str, end: str | None = None) -> bool:
        """Whether a day, or all days up to `end`, are among them."""
        after = self.first is None or self.first <= start
        return after and (self.last is None or (end or start) <= self.last)

    def precede(self, day: str) -> bool:
        """Whether they begin after a day."""
        return self.first is not None and day < self.first


def read_days(
    date: str | None = None, date_from: str | None = None, date_to: str | None = None
) -> Days:
    """The days that people name: one date, or a first and a last one; a day, month or year.

    Raises `BadQuery` for dates that are none, the wrong way round, or of both kinds.
    """
    if date is not None and (date_from is not None or date_to is not None):
        raise BadQuery("name one date, or a first and a last one, not both")
    asked = Narrowing(date_from=date or date_from, date_to=date or date_to).to_filter()
    return Days(_iso(asked.date_from), _iso(asked.date_to))


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest to be written. Filters of one kind are alternatives; empty ones let all pass.

    Papers stand under the topics that digests gave them or, where `sorted_by` names a set of
    topics, under those that classification finds among them.
    `written` is whether it prints texts that a language model wrote.
    """

    days: Days
    layout: str = DEFAULT_LAYOUT
    languages: Languages = "both"
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    sorted_by: TopicSet | None = None
    written: bool = True

    @property
    def narrowing(self) -> Narrowing:
        """Its filters on what digests said of papers; a set's topics are no such."""
        topics = () if self.sorted_by else self.topics
        return Narrowing(topics=topics, categories=self.categories, sources=self.sources)

    def holds(self, paper: Paper) -> bool:
        """Whether a paper belongs to it.

        A paper belongs to the days on which it was published or a digest showed it. One of
        which only the month is known belongs to stretches of days that hold all of it.
        """
        passes = all(
            not wanted or set(wanted) & set(has)
            for wanted, has in (
                (self.topics, paper.topics),
                (self.categories, paper.categories),
                (self.sources, paper.sources),
            )
        )
        return passes and (self.days == Days(None, None) or self._of_days(paper))

    def _of_days(self, paper: Paper) -> bool:
        if paper.date:
            published = read_days(known_date(paper.date, paper.date_precision))
            if self.days.hold(published.first or "", published.last):
                return True
        return any(at.date and self.days.hold(at.date) for at in paper.seen_in)


def as_papers_have(catalogue: Catalogue, edition: Edition) -> Edition:
    """The same digest, its filters spelt as papers have them; see `filters.as_written`."""
    meant = as_written(catalogue, edition.narrowing)
    topics = edition.topics if edition.sorted_by else meant.topics
    return replace(edition, topics=topics, categories=meant.categories, sources=meant.sources)


def shown(catalogue: Catalogue, edition: Edition) -> set[str]:
    """Ids of the papers that earlier digests of what is new have shown.

    Digests that differ in filters, layout or languages are different pages, and each
    remembers its own.
    """
    current = catalogue.decisions().current  # a paper may have been merged since
    return {current(each) for each in json.loads(catalogue.meta(_key(edition)) or "[]")}


def remember_shown(catalogue: Catalogue, edition: Edition, paper_ids: Iterable[str]) -> None:
    """Add papers to those that were shown."""
    with catalogue.transaction():  # another digest may be remembered at the same moment
        together = shown(catalogue, edition) | set(paper_ids)
        catalogue.set_meta(_key(edition), json.dumps(sorted(together)))


def _key(edition: Edition) -> str:
    filters = [sorted(set(each)) for each in (edition.topics, edition.categories, edition.sources)]
    kind = [edition.layout, edition.languages, *filters]
    kind += [edition.sorted_by] if edition.sorted_by else []
    kind += [] if edition.written else ["no texts of models"]
    return f"digest {json.dumps(kind)}"


def _iso(day: int | None) -> str | None:
    return f"{day // 10000:04}-{day // 100 % 100:02}-{day % 100:02}" if day else None
