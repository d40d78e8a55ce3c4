"""Which papers are the newest here, and since when: for what shows new papers first.

A paper is new on the day of its publication or, where it came later, on the day on which it was
added. Neither changes with pages that show it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter

from indexer.catalogue import Catalogue
from indexer.paper import Paper

_PAPER = TypeAdapter(Paper)
_DATE = "json_extract(data, '$.date')"
_DAY = f"nullif(max(coalesce({_DATE}, ''), coalesce(added, '')), '')"
_NEWEST = f"ORDER BY day DESC, {_DATE} DESC, paper.id DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A paper, and the ISO day on which it was new here; None where neither day is known."""

    paper: Paper
    day: str | None = None


def newest_under(catalogue: Catalogue, field: str, value: str, limit: int) -> tuple[Arrival, ...]:
    """The newest papers that carry a value of `topics`, `categories` or `sources`."""
    carrying = "paper, json_each(paper.data, ?) AS each WHERE each.value = ?"
    return _newest(catalogue, carrying, f"$.{field}", value, limit)


def newest_among(catalogue: Catalogue, paper_ids: Iterable[str], limit: int) -> tuple[Arrival, ...]:
    """The newest of these papers."""
    among = "paper WHERE id IN (SELECT value FROM json_each(?))"
    return _newest(catalogue, among, json.dumps(list(paper_ids)), limit)


def _newest(catalogue: Catalogue, which: str, *values: object) -> tuple[Arrival, ...]:
    found = catalogue.query(f"SELECT data, {_DAY} AS day FROM {which} {_NEWEST}", values)
    return tuple(Arrival(_PAPER.validate_json(row["data"]), row["day"]) for row in found)
