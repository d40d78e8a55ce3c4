"""What the readers of described layouts share: recognition, and what a page says once.

There is one reader for each kind of description, in `described_table`, `described_entries` and
`described_json`. They find where entries stand and hand the pieces to `fields`; what a
description may say is in `layout`. As all readers do, they reject with a reason what they cannot
understand, and leave out nothing that links to a paper.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator

from indexer.readers.base import Page, Reading
from indexer.readers.fields import Context, Pieces
from indexer.readers.layout import Layout
from indexer.readers.markup import clean, find_date


class Described(ABC):
    """What the three readers share."""

    def __init__(self, name: str, description: Layout) -> None:
        self.layout = name
        self.description = description

    def recognises(self, page: Page) -> bool:
        """Whether nothing that the layout asks of a page is missing."""
        return next(self.refusals(page), None) is None

    def refusals(self, page: Page) -> Iterator[str]:
        """Why a page is not in this layout; nothing if it is."""
        for pattern in self.description.recognise.contains:
            if not pattern.search(page.text):
                yield f"recognise.contains finds nothing: {pattern.pattern}"
        for pattern in self.description.recognise.without:
            if found := pattern.search(page.text):
                yield f"recognise.without finds {found[0][:60]!r}: {pattern.pattern}"

    @abstractmethod
    def read(self, page: Page) -> Reading:
        """Read every entry. Never raises for bad content: that becomes a `Reject`."""

    def contexts(self, page: Page) -> list[Context]:
        """For each line, what the page has said up to there; a heading ends deeper ones."""
        facts = self.description.page
        topic = category = None
        topic_level = category_level = 0
        found = []
        for line in page.lines:
            new_topic, new_category = _said(facts.topic, line), _said(facts.category, line)
            if new_topic:
                topic, topic_level = new_topic, _level(line)
                category = None if 0 < topic_level < category_level else category
            if new_category:
                category, category_level = new_category, _level(line)
                topic = None if 0 < category_level < topic_level else topic
            found.append(
                Context(topic, category, self.description.language, self.description.optional)
            )
        return found

    def date(self, page: Page) -> str | None:
        """The page's own date, if it gives one."""
        pattern = self.description.page.date
        return find_date(_said(pattern, page.text) or "") if pattern else None

    def named(self, page: Page, pieces: Pieces) -> Pieces:
        """Add what the file's name says; ids there have often lost their last zeros."""
        pattern = self.description.page.file_name
        match = pattern.search(page.name) if pattern else None
        for field, value in match.groupdict(default="").items() if match else ():
            pieces.put(field, _whole_id(value) if field == "link" else value)  # type: ignore[arg-type]
        return pieces


def _said(pattern: re.Pattern[str] | None, text: str) -> str | None:
    """What a pattern finds: its first group that took part, or all of it if it has none."""
    match = pattern.search(text) if pattern else None
    if match is None:
        return None
    return clean(next(filter(None, match.groups()), "") if match.re.groups else match[0])


def _level(line: str) -> int:
    """How deep a heading is, from 1; 0 for a line that is none."""
    return len(line) - len(line.lstrip("#"))


def _whole_id(text: str) -> str:
    """An arXiv id that was once a number, with the zeros that numbers lose at their end."""
    match = re.fullmatch(r"(\d{4})\.(\d{1,4})", text)
    return f"{match[1]}.{match[2]:0<5}" if match and match[1] >= "1501" else text
