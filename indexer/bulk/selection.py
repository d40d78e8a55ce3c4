"""Which records of a bulk file are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.identity import arxiv_month
from indexer.paper import PRECISIONS, Row


@dataclass(frozen=True, slots=True)
class Selection:
    """Records in any of `categories` (`cs.CL`, or `cs` for all of it), from and up to a day.

    Days are inclusive, YYYYMMDD. A record without a day counts by the month in its arXiv id, else
    by the month or the year that it states; one without any is wanted only where no days are
    asked for.
    """

    categories: tuple[str, ...] = ()
    date_from: int | None = None
    date_to: int | None = None

    def admits(self, rows: Iterable[Row]) -> bool:
        """Whether a record is wanted, which may be of several rows about one paper."""
        rows = list(rows)
        return any(map(self._in_category, rows)) and any(map(self._in_time, rows))

    def _in_category(self, row: Row) -> bool:
        return not self.categories or any(
            has == wanted or has.startswith(f"{wanted}.")
            for wanted in self.categories
            for has in row.categories
        )

    def _in_time(self, row: Row) -> bool:
        if self.date_from is None and self.date_to is None:
            return True
        stated = row.published or ""
        if len(stated) < PRECISIONS["day"] and row.arxiv_id:
            stated = arxiv_month(row.arxiv_id) or stated
        if not stated:
            return False
        first, last = (int((stated + rest).replace("-", "")) for rest in _ends(stated))
        return last >= (self.date_from or 0) and first <= (self.date_to or 99999999)


def _ends(stated: str) -> tuple[str, str]:
    """What the first and the last day of a month or a year add to it."""
    if len(stated) == PRECISIONS["year"]:
        return "-01-01", "-12-31"
    return ("-01", "-31") if len(stated) == PRECISIONS["month"] else ("", "")
