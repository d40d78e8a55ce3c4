"""The pages of an OAI-PMH list, each named by the resumption token of the one before.

Where a page comes from, and what its items are, is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from embeddings.errors import UnusableAnswer
from indexer.sources.repository import Query

IDLE = 3
"""Pages in a row that bring nothing new, from which on a list is taken to be endless."""


class Moved(UnusableAnswer):
    """A list changed while it was read, or its token ran out: it must be read anew."""


def follow(
    query: Query, ask: Callable[[Query], dict[str, Any]], named: Callable[[Any], str]
) -> Iterator[dict[str, Any]]:
    """A list's pages as `Repository.page` gives them; `named` tells an item from the others.

    Raises `Moved` for a list that would never end, and what `ask` raises.
    """
    tokens: set[str] = set()
    known: set[str] = set()
    idle = 0
    while True:
        page = ask(query)
        yield page
        if (token := page["token"]) is None:
            return
        if token in tokens:
            raise Moved(f"the token {token!r} was given twice, so the list would never end")
        new = {named(item) for item in page["items"]} - known
        idle = 0 if new else idle + 1
        if idle == IDLE:
            raise Moved(f"{IDLE} pages in a row brought nothing new, and the list goes on")
        tokens.add(token)
        known |= new
        query = {"verb": query["verb"], "resumptionToken": token}
