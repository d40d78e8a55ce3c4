"""Writes `daily-numbered`: `## N.[title](link)`, then a `summary:` line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from indexer.paper import Row
from indexer.writers.base import SUMMARIES
from indexer.writers.entries import carried_by_entries, write_entries
from indexer.writers.markup import write_link


class Numbered:
    """The writer of `daily-numbered`.

    It carries title, link, texts and notes, and has no place for publication day, authors,
    topics, categories and code links.
    """

    layout = "daily-numbered"
    link: Literal["abs", "pdf"] = "pdf"
    prints = SUMMARIES

    def carried(self, rows: Sequence[Row]) -> list[Row]:
        """See `Writer.carried`."""
        return carried_by_entries(rows)

    def write(self, rows: Sequence[Row], date: str, intro: str = "") -> str:
        """See `Writer.write`."""
        return write_entries(
            rows, date, intro, lambda place, row: f"## {place}.{write_link(row)}"
        )  # fmt: skip
