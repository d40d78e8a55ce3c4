"""Whether a query is the name of a paper, of what it presents, or of an author."""

from __future__ import annotations

import re

from indexer.authors import author_key
from indexer.identity import bare_title
from indexer.paper import Paper

_HEAD = re.compile(r"[:：]")
_HAN_NAME = re.compile(r"[㐀-鿿]{2,4}")


def is_named(paper: Paper, query: str) -> bool:
    """Whether a query is one of a paper's titles, or the name before a title's colon.

    Case, spacing and punctuation do not matter.
    """
    wanted = bare_title(query)
    if not wanted:
        return False
    for title in paper.titles:
        head, *rest = _HEAD.split(title.text, maxsplit=1)
        if wanted == bare_title(title.text) or (rest and wanted == bare_title(head)):
            return True
    return False


def is_full_name(query: str) -> bool:
    """Whether a query could be a person's full name: one word alone is more often a method."""
    words = author_key(query).split()
    return 2 <= len(words) <= 5 or _HAN_NAME.fullmatch(query) is not None
