"""What the readers of fetched papers share: a first line about the delivery, a record a line.

`indexer.sources.fetched` writes such files. A record that lacks what a row needs is rejected
with its line. What a source's records look like stays in its reader.
"""

from __future__ import annotations

import json
from typing import Any

from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.markup import EntryError, clean

MARK = "paper-archive"
"""The first line's key for the source's name, which is also the layout's."""


class FetchedLines:
    """A reader of one source's files; `row` and `date` are the source's own."""

    layout: str

    def recognises(self, page: Page) -> bool:
        """Whether the first line says that the page was fetched from this source."""
        return _delivery(page).get(MARK) == self.layout

    def read(self, page: Page) -> Reading:
        """Read one row per record."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        for number, line in enumerate(page.lines[1:], 2):
            if not line.strip():
                continue
            try:
                rows.append(self.row(number, _record(line)))
            except EntryError as problem:
                rejects.append(Reject(number, str(problem), line))
        return Reading(tuple(rows), tuple(rejects), self.date(_delivery(page)))

    def row(self, number: int, record: dict[str, Any]) -> Row:
        """A record's row. Raises `EntryError`."""
        raise NotImplementedError

    def date(self, delivery: dict[str, Any]) -> str | None:
        """The ISO date on which the papers were seen."""
        raise NotImplementedError


def text_of(record: dict[str, Any], name: str) -> str:
    """A field's text on one line, or none."""
    value = record.get(name)
    return clean(value) if isinstance(value, str) else ""


def lines_of(record: dict[str, Any], name: str) -> list[str]:
    """A field's lines, as they were wrapped."""
    value = record.get(name)
    return value.splitlines() if isinstance(value, str) else []


def list_of(record: dict[str, Any], name: str) -> list[Any]:
    """A field's items, or none."""
    value = record.get(name)
    return value if isinstance(value, list) else []


def texts_in(record: dict[str, Any], name: str) -> list[str]:
    """Every text under a name of what was XML; one with attributes, as a language, is its text."""
    said = [each.get("#") if isinstance(each, dict) else each for each in list_of(record, name)]
    return [each for each in said if isinstance(each, str) and each.strip()]


def first_in(record: dict[str, Any], name: str) -> str:
    """The first text under a name of what was XML, or none."""
    return next(iter(texts_in(record, name)), "")


def _delivery(page: Page) -> dict[str, Any]:
    first = page.text.partition("\n")[0]
    if not first.startswith(f'{{"{MARK}":'):
        return {}
    try:
        return _record(first)
    except EntryError:
        return {}


def _record(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise EntryError(f"the line is no JSON ({error})") from error
    if not isinstance(found, dict):
        raise EntryError("the line is no record")
    return found
