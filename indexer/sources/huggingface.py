"""Hugging Face's daily papers: what its readers put on a day's page, with their votes.

The API (https://huggingface.co/docs/hub/api) gives a day as pages of a JSON list and states
no total, so a day is whole when a page is not full. Records are kept as they come.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from embeddings.errors import SourceError, UnusableAnswer
from indexer.sources.base import SETTLES, Answer, Record
from indexer.sources.cursor import Cursor
from indexer.sources.politeness import PoliteClient
from indexer.sources.window import Window

PAGE = 100
"""Papers of a page; the API gives no more."""
EMPTY_ASKED = 2
"""How often an empty day must be said to be empty; weekends often are."""


class HuggingFaceSource:
    """The daily papers."""

    name = "huggingface"
    stream = "daily papers"
    settles = SETTLES["huggingface"]
    lasting = True
    asked: tuple[str, ...] = ()

    def __init__(self, http: PoliteClient) -> None:
        self._http = http
        self.question = f"{http.shown} {PAGE}"

    def identity(self, record: Record) -> str:
        """The paper's arXiv id, or the whole record where it has none."""
        paper = record.get("paper")
        named = paper.get("id") if isinstance(paper, dict) else None
        return str(named) if named else json.dumps(record, sort_keys=True)

    def read(self, window: Window, cursor: Cursor) -> Answer:
        """Ask for a day."""
        answer = Answer()
        records: dict[str, Record] = {}
        number = 0
        while True:
            try:
                page = cursor.page(str(number), self._asking(window, number))["records"]
            except SourceError as error:
                there = f"papers from {number * PAGE} on: " if number else ""
                answer.missing = f"{there}{error}"
                answer.error = None if isinstance(error, UnusableAnswer) else error
                break
            known = len(records)
            for record in page:
                records.setdefault(self.identity(record), record)
            answer.received += len(page)
            number += 1
            # A server that knows no pages gives the first one again and again.
            if len(page) < PAGE or len(records) == known:
                break
        answer.records = list(records.values())
        answer.duplicates = answer.received - len(records)
        return answer

    def _asking(self, window: Window, number: int) -> Callable[[], dict[str, Any]]:
        query = urlencode({"date": window.label, "limit": PAGE, "p": number})

        def ask() -> dict[str, Any]:
            page = self._http.ask(f"{self._http.asking}{query}", _read_page)
            for _ in range(EMPTY_ASKED - 1):
                if page or number:
                    break
                page = self._http.ask(f"{self._http.asking}{query}", _read_page)
            return {"records": page}

        return ask


def _read_page(content: bytes) -> list[Record]:
    try:
        said = json.dumps(json.loads(content), ensure_ascii=False)
    except ValueError as error:
        raise UnusableAnswer(f"the answer is cut short or no JSON ({error})") from error
    # JSON may hold half a character, as of an emoji that was cut, which no file can.
    found = json.loads(said.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise UnusableAnswer("the answer is no list of papers")
    return found
