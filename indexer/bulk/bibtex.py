"""BibTeX, as LaTeX users and reference managers keep it; bibtexparser reads it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from indexer.bulk.base import Item, SightedRow, Unusable, check_text, rejected
from indexer.bulk.fields import to_row
from indexer.bulk.stream import whole

_VERBATIM = {"url", "doi", "eprint", "howpublished"}
"""Fields in which LaTeX reads nothing: a percent sign begins no comment there."""
_URL = re.compile(r"\\url\s*\{([^{}]*)\}")
_BETWEEN_KEYWORDS = re.compile(r"(?<![\\{])[,;]|(?<!\\)[,;](?!\})")
"""Not within one, as `{,}`. Braces around all of them, as some have, make one of no several."""
_FIRST = re.compile(r"(?:\s|%[^\n]*\n)*@\s*\w+\s*[{(]")


class BibTex:
    """A whole library at once, since its strings may stand anywhere in it."""

    layout = "bibtex"

    def recognises(self, head: str) -> bool:
        """By an entry before anything else but comments."""
        return _FIRST.match(head) is not None

    def items(self, file: BinaryIO, after: int) -> Iterator[Item]:
        """One item for each entry; strings and comments are none."""
        from bibtexparser.entrypoint import parse_string  # only where there is BibTeX
        from bibtexparser.middlewares import NormalizeFieldKeys, SeparateCoAuthors

        from indexer.latex import to_text

        try:
            text = whole(file).decode("utf-8-sig", "surrogateescape")
        except Unusable as problem:
            yield rejected(1, str(problem), "")
            return
        # What it would warn of on the way, each reject says in its place.
        logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
        library = parse_string(text, append_middleware=[NormalizeFieldKeys(), SeparateCoAuthors()])
        blocks = [*library.entries, *library.failed_blocks]
        for block in sorted(blocks, key=lambda block: block.start_line or 0):
            line = (block.start_line or 0) + 1
            if line > after:
                yield _item(line, block, to_text)


def _item(line: int, block: Any, plain: Callable[[str], str]) -> Item:
    """The item of a block; `plain` turns LaTeX into text."""
    from bibtexparser.model import ParsingFailedBlock

    raw = block.raw or ""
    # A second entry with one key is an entry all the same.
    entry = getattr(block, "ignore_error_block", None) or block
    try:
        check_text(raw)
        if isinstance(entry, ParsingFailedBlock):
            reason = getattr(block.error, "abort_reason", block.error)
            raise Unusable(f"is not BibTeX ({str(reason).strip()})")
        record = {field.key: _plain(field.key, field.value, plain) for field in entry.fields}
        end_line = line + raw.strip().count("\n")
        return Item(line, (SightedRow(to_row(record, line, end_line)),))
    except Unusable as problem:
        return rejected(line, str(problem), raw)


def _plain(key: str, value: Any, plain: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [plain(each) for each in value]
    if key.casefold() in _VERBATIM:
        return _URL.sub(r"\1", value)
    if key.casefold() == "keywords":
        return [plain(each) for each in _BETWEEN_KEYWORDS.split(value)]
    return plain(str(value))
