"""What an export is made of: papers with every row they were merged from, one by one.

Records come sorted by paper id and their rows in the order of `merge`, so the same archive
gives the same records whatever order it was indexed in. They are read from a snapshot, one
at a time, so memory stays flat however large the archive is. Full texts are left out: see
`indexer.fulltexts.kept`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from pydantic import TypeAdapter

from indexer.catalogue import Catalogue
from indexer.decisions import Decision, read_decisions
from indexer.derivation import SEEN_COLUMNS, seen_row
from indexer.fulltexts.text import FULLTEXT
from indexer.merge import SeenRow, order
from indexer.paper import Paper

_IDS = 500
_PAPER = TypeAdapter(Paper)
# CROSS JOIN keeps SQLite to this order of tables, in which it sorts nothing.
_RECORDS = (
    f"SELECT paper.id AS paper_id, paper.data AS paper, {SEEN_COLUMNS} FROM paper "
    "CROSS JOIN row ON row.paper_id = paper.id CROSS JOIN file ON file.id = row.file_id "
)


@dataclass(frozen=True, slots=True)
class Record:
    """A paper, everything that was read about it, and what people decided that it is."""

    paper: Paper
    rows: tuple[SeenRow, ...]
    decisions: tuple[Decision, ...] = ()


def records(catalogue: Catalogue, paper_ids: Iterable[str] | None = None) -> Iterator[Record]:
    """The records of these papers, or of all, sorted by id; unknown ids are left out."""
    # A reader that stops early must not leave a statement on a closed connection.
    with catalogue.snapshot() as db, closing(_found(db, paper_ids)) as found:
        decided = read_decisions(db).by_paper()
        for paper_id, group in groupby(found, key=itemgetter("paper_id")):
            items = list(group)
            seen = {seen_row(item) for item in items if item["layout"] != FULLTEXT}
            rows = sorted(seen, key=order)
            paper = replace(_PAPER.validate_json(items[0]["paper"]), fulltext=None)
            yield Record(paper, tuple(rows), decided.get(paper_id, ()))


def _found(
    db: sqlite3.Connection, paper_ids: Iterable[str] | None
) -> Generator[sqlite3.Row, None, None]:
    if paper_ids is None:
        yield from db.execute(f"{_RECORDS} ORDER BY paper.id")
        return
    wanted = sorted(set(paper_ids))
    for start in range(0, len(wanted), _IDS):
        batch = wanted[start : start + _IDS]
        marks = ",".join("?" * len(batch))
        yield from db.execute(f"{_RECORDS} WHERE paper.id IN ({marks}) ORDER BY paper.id", batch)
