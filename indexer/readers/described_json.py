"""Reads JSON whose entries a layout file describes; where they stand, `json_values` knows."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from indexer.paper import Reject, Row
from indexer.readers.base import Page, Reading
from indexer.readers.described import Described
from indexer.readers.fields import Context, Pieces
from indexer.readers.json_values import as_text, look_up, values
from indexer.readers.layout import JsonLayout
from indexer.readers.markup import EntryError, clean


class DescribedJson(Described):
    """Reads the entries of a JSON file: objects or texts at a described depth."""

    description: JsonLayout

    def refusals(self, page: Page) -> Iterator[str]:
        """Why a page is not in this layout: it must begin as JSON does."""
        if page.text.lstrip()[:1] not in ("{", "["):
            yield "the page does not begin with { or [, as JSON does"
        yield from super().refusals(page)

    def read(self, page: Page) -> Reading:
        """Read one row per entry; where the JSON breaks off, the rest is one reject."""
        rows: list[Row] = []
        rejects: list[Reject] = []
        text = page.text
        breaks = list(accumulate(len(line) + 1 for line in page.lines))
        context = Context(language=self.description.language, optional=self.description.optional)
        try:
            for keys, value, start, end in values(text, len(self.description.levels)):
                if self._is_fact(keys, value):
                    continue
                line, end_line = (bisect_right(breaks, at) + 1 for at in (start, end - 1))
                try:
                    pieces = self.named(page, self._pieces(value))
                    for level, key in zip(self.description.levels, keys, strict=False):
                        pieces.put(level, key)
                    rows.append(pieces.row(line, end_line, context))
                except EntryError as problem:
                    rejects.append(Reject(line, str(problem), text[start:end]))
        except json.JSONDecodeError as problem:
            line = bisect_right(breaks, problem.pos) + 1
            rejects.append(
                Reject(line, f"is no valid JSON from here on: {problem.msg}", text[problem.pos :])
            )
        return Reading(tuple(rows), tuple(rejects), self.date(page))

    def _is_fact(self, keys: tuple[str, ...], value: Any) -> bool:
        """Whether a value says something of the page, as a date or count beside the entries."""
        above = len(keys) < len(self.description.levels)
        return above and not (isinstance(value, str) and self.description.patterns)

    def _pieces(self, value: Any) -> Pieces:
        pieces = Pieces()
        if isinstance(value, str):
            text = as_text(value)
            matches = [pieces.match(pattern, text) for pattern in self.description.patterns]
            if not any(matches):
                raise EntryError(f"no pattern of the layout fits {clean(text)[:80]!r}")
        elif isinstance(value, Mapping):
            for path, piece in self.description.columns.items():
                found = look_up(value, path)
                for text in [", ".join(found)] if piece.field == "note" else found:
                    pieces.read(piece, text, path)
        else:
            raise EntryError(f"is neither an object nor a text: {json.dumps(value)[:80]}")
        return pieces
