"""Reads `fulltext`: the paper itself, as `indexer.fulltexts.kept` keeps it, one block a line.

All of a file is one row about one paper, which says nothing of it but what it contains. Such
files have no date: a paper is not news on the day on which somebody added it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from indexer.fulltexts.kept import source_of
from indexer.fulltexts.text import FULLTEXT, Block, FullText
from indexer.paper import Reject
from indexer.readers.base import Page, Reading
from indexer.readers.fetched import MARK
from indexer.readers.written import about


class KeptFullText:
    """The reader of `fulltext`."""

    layout = FULLTEXT

    def recognises(self, page: Page) -> bool:
        """Whether the first line says that this is a kept full text."""
        first = page.text.partition("\n")[0]
        return first.startswith(f'{{"{MARK}": "{FULLTEXT}"') and _record(first) is not None

    def read(self, page: Page) -> Reading:
        """Read the one row; lines that are no blocks are rejected, and the others stay."""
        head = _record(page.lines[0]) or {}
        paper_id, title = head.get("paper_id"), head.get("title")
        try:
            if not isinstance(paper_id, str) or not paper_id or not isinstance(title, str):
                raise ValueError("the first line names no paper")
            source = source_of(head)
        except ValueError as problem:
            return Reading((), (Reject(1, str(problem), page.lines[0]),))
        blocks: list[Block] = []
        rejects: list[Reject] = []
        for number, line in enumerate(page.lines[1:], 2):
            if not line.strip():
                continue
            if (block := _block(line, number)) is None:
                rejects.append(Reject(number, "the line is no block of a full text", line))
            else:
                blocks.append(block)
        row = replace(
            about(paper_id, title),
            end_line=len(page.lines),
            fulltext=FullText(source, tuple(blocks)),
        )
        return Reading((row,) if blocks else (), tuple(rejects))


def _block(line: str, number: int) -> Block | None:
    record = _record(line) or {}
    page, section, text = (record.get(name) for name in ("page", "section", "text"))
    if not isinstance(section, str) or not isinstance(text, str) or not text.strip():
        return None
    if page is not None and (not isinstance(page, int) or page < 1):
        return None
    return Block(page, section, text, number)


def _record(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
