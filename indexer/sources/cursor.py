"""How far the reading of one window has come: every page received, on disk before the next.

After a crash the pages are answered from here, so reading a window is written as if it were
never interrupted. A line cut short by the crash is dropped. A cursor is for one question and
is forgotten after a day, since results move. What is on a page is the source's business.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

KEPT = timedelta(days=1)


class Cursor:
    """The pages of one window so far, by key; `question` is what was asked."""

    def __init__(self, path: Path, question: str) -> None:
        self._path = path
        self._question = question
        self._pages: dict[str, Any] = {}
        self._size = 0
        self._load()

    def page(self, key: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The page of a key: as received before, else asked for and kept."""
        if key not in self._pages:
            self._append({"key": key, "page": ask()})
        page: dict[str, Any] = self._pages[key]
        return page

    def restart(self) -> None:
        """Forget every page: the results have moved."""
        self._path.unlink(missing_ok=True)
        self._pages.clear()
        self._size = 0

    def _load(self) -> None:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return
        first, *lines = data.splitlines(keepends=True) or [b""]
        begun = _json(first)
        if begun is None or begun.get("question") != self._question or _old(begun["begun"]):
            self.restart()
            return
        self._size = len(first)
        for line in lines:
            if (item := _json(line)) is None:
                return
            self._pages[item["key"]] = item["page"]
            self._size += len(line)

    def _append(self, item: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.truncate(self._size)  # a line that a crash cut short
            if not self._size:
                begun = datetime.now(UTC).isoformat(timespec="seconds")
                file.write(_line({"question": self._question, "begun": begun}))
            file.write(_line(item))
            file.flush()
            os.fsync(file.fileno())
            self._size = file.tell()
        self._pages[item["key"]] = item["page"]


def _line(item: dict[str, Any]) -> bytes:
    return json.dumps(item, ensure_ascii=False).encode() + b"\n"


def _json(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return found


def _old(begun: str) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(begun) > KEPT
