"""What people type to narrow a search, made into a store's filter."""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from embeddings.errors import BadQuery
from embeddings.lexical import fold
from indexer.authors import author_key
from indexer.catalogue import Catalogue
from indexer.stores.base import Filter, Payload, Store
from indexer.stores.payload import clauses, to_dict
from search_api.likeness import alike

FIELDS = {"topic": "topics", "category": "categories", "source": "sources"}
"""What papers carry and people name one value of, and the field in which it is."""
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions on papers, all of which must hold; several values of one are alternatives.

    Dates are inclusive and may be a day, a month (2025-09) or a year; a paper known to the month
    or year counts as of its first day. Blank values are none; one value may be given as it is, and
    None for no values.
    """

    date_from: str | None = None
    date_to: str | None = None
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    has_code: bool | None = None

    def __post_init__(self) -> None:
        # Taken for a list, a name would be its letters, and each a filter.
        for name in (*FIELDS.values(), "authors"):
            given = getattr(self, name)
            values = (given,) if isinstance(given, str) else tuple(given or ())
            object.__setattr__(self, name, values)

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
            topics=_given(self.topics),
            categories=_given(self.categories),
            sources=_given(self.sources),
            authors=tuple(author_key(name) for name in _given(self.authors)),
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


def as_written(catalogue: Catalogue, narrowing: Narrowing, store: Store | None = None) -> Narrowing:
    """The same filters, with topics, categories and sources spelt as papers have them, whatever
    case or kind of Chinese characters they were given in.

    A `store` tells quickly that a value is right as it stands. Raises `BadQuery` as `to_filter`.
    """
    narrowing.to_filter()
    meant: dict[str, Any] = {}
    for field in FIELDS.values():
        values = _given(getattr(narrowing, field))
        new = {each for each in values if not (store and _carried(store, field, each))}
        known = catalogue.facets(field) if new else {}
        alike: dict[str, list[str]] = {}
        for each in known:
            alike.setdefault(fold(each), []).append(each)
        right = ([v] if v not in new or v in known else alike.get(fold(v), [v]) for v in values)
        meant[field] = tuple(dict.fromkeys(itertools.chain.from_iterable(right)))
    return replace(narrowing, **meant)


def unknown_values(catalogue: Catalogue, narrowing: Narrowing) -> list[str]:
    """A line for each topic, category, source or author that no paper has, with the nearest."""
    narrowing = as_written(catalogue, narrowing)
    lines = []
    for name, field in FIELDS.items():
        values = getattr(narrowing, field)
        known = {each: each for each in catalogue.facets(field)} if values else {}
        lines += [_unknown(name, each, each, known) for each in values if each not in known]
    asked = {name: author_key(name) for name in _given(narrowing.authors)}
    new = {name: key for name, key in asked.items() if not _wrote(catalogue, key)}
    known = {author_key(each): each for each in catalogue.facets("authors")} if new else {}
    lines += [_unknown("author", name, key, known) for name, key in new.items()]
    return lines


def _unknown(name: str, value: str, key: str, known: Mapping[str, str]) -> str:
    near = [known[each] for each in alike(key, known)]
    listed = "" if name == "author" else " `archive stats` lists them."
    hint = f" Did you mean {', '.join(near)}?" if near else listed
    return f"No paper has the {name} {value!r}.{hint}"


def _carried(store: Store, field: str, value: str) -> bool:
    only: dict[str, Any] = {field: (value,)}
    return store.count(Filter(**only)) > 0


def _wrote(catalogue: Catalogue, key: str) -> bool:
    sql = "SELECT 1 FROM passage, json_each(payload, '$.authors') WHERE value = ? LIMIT 1"
    return bool(catalogue.query(sql, (key,)))


def _given(values: Iterable[str]) -> tuple[str, ...]:
    """Values without the space around them, and without the blank ones of empty form fields."""
    return tuple(value.strip() for value in values if value.strip())


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
