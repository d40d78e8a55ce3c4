"""Which records of a bulk file are wanted."""

from __future__ import annotations

import calendar
from dataclasses import dataclass

from indexer.identity import arxiv_month
from indexer.paper import Row


@dataclass(frozen=True, slots=True)
class Selection:
    """Records in any of `categories` (`cs.CL`, or `cs` for all of it), from and up to a day.

    Days are inclusive, YYYYMMDD. A record without a day counts by the month in its arXiv id,
    one without either is wanted only where no days are asked for.
    """

    categories: tuple[str, ...] = ()
    date_from: int | None = None
    date_to: int | None = None

    def admits(self, row: Row) -> bool:
        """Whether a record is wanted."""
        return self._in_category(row) and self._in_time(row)

    def _in_category(self, row: Row) -> bool:
        return not self.categories or any(
            has == wanted or has.startswith(f"{wanted}.")
            for wanted in self.categories
            for has in row.categories
        )

    def _in_time(self, row: Row) -> bool:
        if self.date_from is None and self.date_to is None:
            return True
        if row.published:
            first = last = int(row.published.replace("-", ""))
        elif row.arxiv_id and (month := arxiv_month(row.arxiv_id)):
            year, number = map(int, month.split("-"))
            first = year * 10000 + number * 100 + 1
            last = first + calendar.monthrange(year, number)[1] - 1
        else:
            return False
        return last >= (self.date_from or 0) and first <= (self.date_to or 99999999)
