"""Writes `arxiv-by-category`: papers under arXiv categories, most of each in a details block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from indexer.language import language_of
from indexer.paper import Row, TextKind
from indexer.passages import STRUCTURED
from indexer.readers.markup import NAME_SUFFIX, NOTHING
from indexer.readers.parts import PARTS
from indexer.writers.base import Kinds
from indexer.writers.markup import (
    escape,
    escape_first,
    grouped,
    normal,
    write_labelled,
    write_link,
    write_note,
    write_text,
)

# `Task:` is what a paper sets out to do; a free summary is more than that.
_LABELS: dict[TextKind | None, str] = {
    kind: label for label, kind in PARTS.items() if kind != "summary"
}
_ORDER = list(PARTS)
_UNFOLDED = ("tldr", "summary")
_CATEGORY = re.compile(r"[\w.-]+")


class ByCategory:
    """The writer of `arxiv-by-category`.

    It carries title, link, authors, categories, texts and notes, and has no place for
    publication day, topics and code links, nor for a category that no arXiv category could
    be (with spaces or punctuation). A row stands under its first category; the rows of one
    stand together, those without any first.
    """

    layout = "arxiv-by-category"
    link: Literal["abs", "pdf"] = "abs"
    prints: Kinds = (("tldr", "summary", *STRUCTURED[1:], "translation", "abstract"),)

    def carried(self, rows: Sequence[Row]) -> list[Row]:
        """See `Writer.carried`."""
        return list(chain.from_iterable(self._by_category(rows).values()))

    def write(self, rows: Sequence[Row], date: str, intro: str = "") -> str:
        """See `Writer.write`."""
        groups = self._by_category(rows)
        lines = [f"# Papers by category {date}", "", *([f"> {intro}", ""] if intro else [])]
        contents = [
            f"- [{category}](#{category}) [Total: {len(under)}]"
            for category, under in groups.items()
            if category
        ]
        if contents:
            lines += ["<div id=toc></div>", "", "# Table of Contents", "", *contents]
        for category, under in groups.items():
            if category:
                lines += ["", f"<div id='{category}'></div>", "", f"# {category} [[Back]](#toc)"]
            for place, row in enumerate(under, 1):
                lines += ["", *_entry(place, row)]
        return "\n".join(lines) + "\n"

    def _by_category(self, rows: Sequence[Row]) -> dict[str | None, list[Row]]:
        settled = [
            replace(
                settled,
                published=None,
                topics=(),
                code_urls=(),
                categories=tuple(dict.fromkeys(filter(_is_category, settled.categories))),
            )
            for settled in map(normal, rows)
        ]
        return grouped(settled, lambda row: next(iter(row.categories), None))


def _is_category(name: str) -> bool:
    return _CATEGORY.fullmatch(name) is not None and name.casefold() not in NOTHING


def _entry(place: int, row: Row) -> Iterator[str]:
    yield f"### [{place}] {write_link(row)}"
    if row.authors:
        yield f"*{','.join(map(_author, row.authors))}*"
    if row.categories:
        yield f"\nMain category: {', '.join(row.categories)}"
    yield from (f"\n{write_note(note)}" for note in row.notes)
    folded = False
    reached = 0
    for text in row.texts:
        if not folded and text.kind not in _UNFOLDED:
            yield "\n<details>\n  <summary>Details</summary>"
            folded = True
        label = _LABELS.get(text.kind)
        rank = _ORDER.index(label) if label else 0
        # A label counts once and in its order, and says nothing of the language.
        if rank > reached and text.language == language_of(text.text):
            yield f"\n{label}: {write_text(text.text)}"
            reached = rank
        else:
            yield f"\n{write_labelled(text)}"
    if folded:
        yield "\n</details>"


def _author(name: str) -> str:
    # By itself it would be read as what a comma sets off from the name before it.
    suffix = re.fullmatch(NAME_SUFFIX, name)
    return (escape_first if suffix else escape)(name, "*,:：")
