"""Writes `daily-titles`: `title:[…](link` with its last bracket missing, then `summary:`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from indexer.paper import Row
from indexer.writers.base import SUMMARIES
from indexer.writers.entries import carried_by_entries, write_entries
from indexer.writers.markup import write_link


class Titles:
    """The writer of `daily-titles`.

    It carries what `daily-numbered` does: title, link, texts and notes. Without papers, both
    are the same page.
    """

    layout = "daily-titles"
    link: Literal["abs", "pdf"] = "pdf"
    prints = SUMMARIES

    def carried(self, rows: Sequence[Row]) -> list[Row]:
        """See `Writer.carried`."""
        return carried_by_entries(rows)

    def write(self, rows: Sequence[Row], date: str, intro: str = "") -> str:
        """See `Writer.write`."""
        # The layout leaves its links open; whoever reads it may count on that.
        return write_entries(
            rows, date, intro, lambda _, row: f"title:{write_link(row).removesuffix(')')}"
        )
