"""Writes the entries that `daily-numbered` and `daily-titles` share: a title, then `summary:`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from indexer.paper import Language, Row, TextKind
from indexer.writers.markup import normal, write_slot


def carried_by_entries(rows: Sequence[Row]) -> list[Row]:
    """What an entry has a place for: title, link, texts and notes."""
    return [
        replace(
            normal(row), published=None, authors=(), topics=(), categories=(), code_urls=()
        )
        for row in rows
    ]  # fmt: skip


def write_entries(
    rows: Sequence[Row], date: str, intro: str, title_line: Callable[[int, Row], str]
) -> str:
    """A page of entries; `title_line` begins the entry of a row at a place, from 0."""
    blocks = [f"# Papers for {date}", *([f"> {intro}"] if intro else [])]
    blocks += [
        f"{title_line(place, row)}\nsummary:{write_slot(row, _summary)}"
        for place, row in enumerate(carried_by_entries(rows))
    ]
    return "\n\n".join(blocks) + "\n"


def _summary(language: Language) -> TextKind:
    return "summary"
