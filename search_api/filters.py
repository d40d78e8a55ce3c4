"""What people type to narrow a search, made into a store's filter."""

from __future__ import annotations

import calendar
import difflib
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from embeddings.errors import BadQuery
from indexer.authors import author_key
from indexer.catalogue import Catalogue
from indexer.stores.base import Filter, Payload
from indexer.stores.payload import clauses, to_dict

_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions on papers, all of which must hold; several values of one are alternatives.

    Dates are inclusive and may be a day, a month (2025-09) or a year.
    """

    date_from: str | None = None
    date_to: str | None = None
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    has_code: bool | None = None

    def to_filter(
        self, *, paper_ids: tuple[str, ...] = (), not_paper_ids: tuple[str, ...] = ()
    ) -> Filter:
        """The store's filter. Raises `BadQuery` for a date that is none."""
        start = _day(self.date_from, "start") if self.date_from else None
        end = _day(self.date_to, "end") if self.date_to else None
        if start and end and start > end:
            raise BadQuery(f"the dates are the wrong way round: {self.date_from} to {self.date_to}")
        for value in (*self.topics, *self.categories, *self.sources, *self.authors):
            try:
                value.encode()
            except UnicodeEncodeError:  # half a character, as other encodings leave behind
                raise BadQuery(f"{value!a} is no text; write filters in UTF-8") from None
        return Filter(
            date_from=start,
            date_to=end,
            topics=self.topics,
            categories=self.categories,
            sources=self.sources,
            authors=tuple(author_key(name) for name in self.authors),
            paper_ids=paper_ids,
            not_paper_ids=not_paper_ids,
            has_code=self.has_code,
        )


def admits(filter: Filter, payload: Payload) -> bool:
    """Whether a filter lets a payload through, as a store would decide it: for those who look
    at the catalogue alone.
    """
    wanted, fields = clauses(filter), to_dict(payload)

    def carries(name: str, values: tuple[str, ...]) -> bool:
        own = fields[name]
        return not set(values).isdisjoint([own] if isinstance(own, str) else own)

    first, last = wanted.dates or (0, payload.date)
    return (
        all(carries(name, values) for name, values in wanted.any_of)
        and not any(carries(name, values) for name, values in wanted.none_of)
        and first <= payload.date <= last
        and wanted.has_code in (None, payload.has_code)
    )


def unknown_values(catalogue: Catalogue, narrowing: Narrowing) -> list[str]:
    """A line for each topic, category or source that no paper has, with the nearest one."""
    asked = {
        "topic": (narrowing.topics, "topics"),
        "category": (narrowing.categories, "categories"),
        "source": (narrowing.sources, "sources"),
    }
    lines = []
    for name, (values, field) in asked.items():
        known = catalogue.facets(field) if values else {}
        for value in values:
            if value in known:
                continue
            near = difflib.get_close_matches(value, known, n=3, cutoff=0.5)
            hint = f" Did you mean {', '.join(near)}?" if near else " `archive stats` lists them."
            lines.append(f"No paper has the {name} {value!r}.{hint}")
    return lines


def _day(text: str, side: Literal["start", "end"]) -> int:
    """A date as YYYYMMDD, an incomplete one filled up to its first or last day."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise BadQuery(f"{text!r} is not a date; write 2025-09-29, 2025-09 or 2025")
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        if month is None:
            month = 1 if side == "start" else 12
        last = calendar.monthrange(year, month)[1]
        if day is None:
            day = 1 if side == "start" else last
        exact = date(year, month, day)
    except (ValueError, calendar.IllegalMonthError) as error:
        raise BadQuery(f"{text!r} is not a date: {error}") from error
    return int(exact.strftime("%Y%m%d"))
