"""Dates the entries of a page by the headings that name its days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from indexer.paper import Row


def by_day(rows: Iterable[Row], days: Sequence[tuple[int, str]]) -> tuple[Row, ...]:
    """Rows with the day they stand under, where that is not the page's first.

    `days` are the 1-based lines of the headings, in order, and their ISO dates.
    """

    def day_of(row: Row) -> str | None:
        above = [day for line, day in days if line <= row.line]
        return above[-1] if above and above[-1] != days[0][1] else None

    return tuple(replace(row, shown=day) if (day := day_of(row)) else row for row in rows)
