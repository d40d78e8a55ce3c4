"""Reads `daily-numbered`: `## N.[title](link)`, then a `summary:` line.

A line grammar: an entry is its heading and the lines below it. See `entries` for what the
layout shares with `daily-titles` and why no Markdown parser is used. A page that has only
the heading `# Papers for …`, from a day without papers, is in this layout too.
"""

from __future__ import annotations

import re

from indexer.readers.base import Page, Reading
from indexer.readers.entries import read_entries

# A number, or failing that a link: a heading that lost its number is an entry all the same.
_ENTRY = re.compile(r"##(?!#)\s*(?:\d+\s*(?:[.、:]\s*|(?=\[))|(?=.*(?:\[|https?://)))(?P<link>.*)")
_STARTS = re.compile(r"^##\s*\d+\s*\.\s*\[", re.MULTILINE)
_TITLED = re.compile(r"^title\s*[:：]", re.IGNORECASE | re.MULTILINE)
# Under such headings a plain digest says who wrote a paper; see `labelled`.
_LABELLED = re.compile(r"^\W*(?:authors?|作者)\W*[:：]", re.IGNORECASE | re.MULTILINE)
_SUMMARY = re.compile(r"^summary\s*[:：]", re.IGNORECASE | re.MULTILINE)
_DAY = re.compile(r"^# Papers for \d", re.MULTILINE)


class Numbered:
    """The reader of `daily-numbered`."""

    layout = "daily-numbered"

    def recognises(self, page: Page) -> bool:
        """Whether the page has numbered entries, or is an empty day of this layout."""
        if _STARTS.search(page.text):
            return bool(_SUMMARY.search(page.text)) or not _LABELLED.search(page.text)
        return bool(_DAY.search(page.text)) and not _TITLED.search(page.text)

    def read(self, page: Page) -> Reading:
        """Read one row per numbered heading."""
        return read_entries(page, _title)


def _title(line: str) -> str | None:
    match = _ENTRY.fullmatch(line.strip())
    return match["link"] if match else None
