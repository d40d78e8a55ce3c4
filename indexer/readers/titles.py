"""Reads `daily-titles`: `title:[…](link` with its last bracket missing, then `summary:`.

The page opens with an HTML badge block, which holds no papers and is passed over. Since
the link is not valid Markdown, a Markdown parser would give it back as plain text; a line
grammar reads it. See `entries` for what the layout shares with `daily-numbered`.
"""

from __future__ import annotations

import re

from indexer.readers.base import Page, Reading
from indexer.readers.entries import read_entries

_ENTRY = re.compile(r"title\s*[:：]\s*(?P<link>.*)", re.IGNORECASE)
_STARTS = re.compile(r"^title\s*[:：]\s*\[?.*https?://", re.IGNORECASE | re.MULTILINE)
_NUMBERED = re.compile(r"^##\s*\d+\s*\.\s*\[", re.MULTILINE)


class Titles:
    """The reader of `daily-titles`."""

    layout = "daily-titles"

    def recognises(self, page: Page) -> bool:
        """Whether entries start with `title:`; numbered headings mean the other layout."""
        return bool(_STARTS.search(page.text)) and not _NUMBERED.search(page.text)

    def read(self, page: Page) -> Reading:
        """Read one row per `title:` line."""
        return read_entries(page, _title)


def _title(line: str) -> str | None:
    match = _ENTRY.fullmatch(line.strip())
    return match["link"] if match else None
