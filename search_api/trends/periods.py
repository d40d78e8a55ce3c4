"""Days put into days, weeks and months, and the names that these have.

A paper whose month alone is known has a place among months only, one of a year none. What is
counted in a period is unknown here.
"""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Literal

from embeddings.errors import BadQuery
from indexer.paper import DatePrecision

Unit = Literal["day", "week", "month"]
MAX_PERIODS = 5_000
"""More of them are a slip in a date, or a table that nobody reads."""


def period_of(day: str, precision: DatePrecision | None, by: Unit) -> str | None:
    """The period of an ISO date: "2025-09-29", "2025-W40" (ISO 8601) or "2025-09".

    None where less is known than that.
    """
    if precision == "year" or (precision == "month" and by != "month"):
        return None
    return _name(date.fromisoformat(day), by)


def all_periods(first: str, last: str, by: Unit) -> tuple[str, ...]:
    """Every period from one ISO date to another, both inclusive, none left out.

    Raises `BadQuery` where they are more than `MAX_PERIODS`.
    """
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = {"day": 1, "week": 7, "month": 28}[by]
    if (end - start).days > MAX_PERIODS * days:
        raise BadQuery(
            f"from {first} to {last} is too long to count by {by}; choose a coarser --by, or "
            "narrow the time with --from and --to"
        )
    # A step that no period can be jumped over with; the names say which are new.
    step = min(days, 7)
    names = (_name(start + timedelta(n), by) for n in range(0, (end - start).days, step))
    return tuple(name for name, _ in itertools.groupby([*names, _name(end, by)]))


def _name(day: date, by: Unit) -> str:
    if by == "day":
        return day.isoformat()
    if by == "month":
        return day.isoformat()[:7]
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
