"""Writes `topic-tables`: one table per `## topic` with date, linked title, code and abstract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from indexer.paper import Row
from indexer.writers.base import ABSTRACTS
from indexer.writers.markup import (
    abstract_kind,
    escape,
    escape_first,
    grouped,
    normal,
    write_address,
    write_link,
    write_slot,
)

_TABLE = (
    "| Publish Date | Title | Code | Abstract |",
    "|:---------|:-----------------------|:------|:-------------------------------------------------|",
)


class TopicTables:
    """The writer of `topic-tables`.

    It carries title, link, publication day, code links, texts and notes. It has no place for
    authors and categories. A row under several topics is written under each, and comes back
    as one row for each; the rows of one topic stand together, those without one first.
    """

    layout = "topic-tables"
    link: Literal["abs", "pdf"] = "abs"
    prints = ABSTRACTS

    def carried(self, rows: Sequence[Row]) -> list[Row]:
        """See `Writer.carried`."""
        return list(chain.from_iterable(self._by_topic(rows).values()))

    def write(self, rows: Sequence[Row], date: str, intro: str = "") -> str:
        """See `Writer.write`."""
        lines = [f"## Updated on {date.replace('-', '.')}", *([f"> {intro}"] if intro else [])]
        for topic, under in self._by_topic(rows).items():
            if topic is not None:
                lines += ["", f"## {_heading(topic)}"]
            if under or not rows:
                lines += ["", *_TABLE, *map(_line, under)]
        return "\n".join(lines) + "\n"

    def _by_topic(self, rows: Sequence[Row]) -> dict[str | None, list[Row]]:
        settled = (replace(normal(row), authors=(), categories=()) for row in rows)
        single = [
            replace(row, topics=(topic,) if topic else ())
            for row in settled
            for topic in dict.fromkeys(row.topics or [""])
        ]
        return grouped(single, lambda row: next(iter(row.topics), None))


def _heading(topic: str) -> str:
    # The page's own heading begins so, and no link may stand outside a row.
    own = re.match(r"Updated on\b", topic, re.IGNORECASE)
    return (escape_first if own else escape)(topic, "|[]/")


def _line(row: Row) -> str:
    date = f"**{row.published}**" if row.published else ""
    code = " ".join(f"**[link]({write_address(url)})**" for url in row.code_urls) or "null"
    return f"|{date}|{write_link(row)}|{code}|{write_slot(row, abstract_kind)}|"
