"""How far bulk files have been read, and what was read, in the catalogue.

A file goes in batch by batch. Each batch is one transaction that replaces what the file said
on those lines, derives what follows and moves the cursor, so a process may be killed at any
moment and the next one goes on behind the last batch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from indexer.bulk.base import Item, SightedRow
from indexer.bulk.selection import Selection
from indexer.catalogue import Catalogue
from indexer.deciding import adopt
from indexer.decisions import read_decisions
from indexer.derivation import Change, derive
from indexer.files import SourceFile, printable
from indexer.paper import Reject, Row, Sighting

_SELECTION = TypeAdapter(Selection)
_ROW = TypeAdapter(Row)
_SIGHTING = TypeAdapter(Sighting)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the reading of a file stands: everything up to `line` is in the catalogue."""

    file_id: int
    line: int
    done: bool


class Ledger:
    """The catalogue as a bulk reading sees it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def begin(
        self, file: SourceFile, digest: str, source: str, layout: str, selection: Selection
    ) -> Cursor:
        """The cursor of a file; at the start if its content or what is wanted has changed."""
        wanted = _SELECTION.dump_json(selection).decode()
        facts = (printable(file.path), file.name, source, digest, layout, file.date())
        with self._catalogue.transaction() as db:
            known = db.execute(
                "SELECT file.*, selection, bulk.line AS at, done FROM file "
                "LEFT JOIN bulk ON file_id = id WHERE path = ?",
                facts[:1],
            ).fetchone()
            if known and known["selection"] == wanted:
                same = ("path", "name", "source", "sha256", "layout", "date")
                if tuple(known[name] for name in same) == facts:
                    return Cursor(known["id"], known["at"], bool(known["done"]))
            file_id: int = db.execute(
                "INSERT INTO file (path, name, source, sha256, layout, date) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET name = excluded.name, "
                "source = excluded.source, sha256 = excluded.sha256, layout = excluded.layout, "
                "date = excluded.date, problem = NULL RETURNING id",
                facts,
            ).fetchone()["id"]
            db.execute(
                "INSERT OR REPLACE INTO bulk (file_id, selection) VALUES (?, ?)", (file_id, wanted)
            )
        return Cursor(file_id, 0, done=False)

    def put(
        self, file_id: int, after: int, line: int, items: Sequence[Item], left_out: int
    ) -> Change:
        """Replace what the file said behind line `after` up to `line`, and move its cursor."""
        with self._catalogue.transaction() as db:
            touched = _drop(db, file_id, after, line)
            rejects = [item.reject for item in items if item.reject]
            for item in items:
                moved, problems = adopt(db, item.decisions)
                touched |= moved
                rejects += [Reject(item.line, problem, "") for problem in problems]
            decided = read_decisions(db)
            rows = [
                (decided.paper_id(each.row), item, each) for item in items for each in item.rows
            ]
            db.executemany(
                "INSERT INTO row (file_id, paper_id, line, data, seen) VALUES (?, ?, ?, ?, ?)",
                [
                    (file_id, key, item.line, _ROW.dump_json(each.row).decode(), _seen(each))
                    for key, item, each in rows
                ],
            )
            db.executemany(
                "INSERT INTO reject (file_id, line, reason, raw) VALUES (?, ?, ?, ?)",
                [(file_id, each.line, each.reason, each.raw) for each in rejects],
            )
            db.execute(
                "UPDATE bulk SET line = ?, left_out = left_out + ? WHERE file_id = ?",
                (line, left_out, file_id),
            )
            return derive(db, touched | {key for key, _, _ in rows})

    def finish(self, file_id: int, line: int) -> Change:
        """Drop what an earlier content of the file said behind its end, and call it done."""
        with self._catalogue.transaction() as db:
            touched = _drop(db, file_id, line, None)
            db.execute("UPDATE bulk SET done = 1 WHERE file_id = ?", (file_id,))
            return derive(db, touched)

    def break_off(self, file_id: int, line: int, reason: str) -> Change:
        """Note that nothing can be read behind `line`, where the cursor stays."""
        with self._catalogue.transaction() as db:
            touched = _drop(db, file_id, line, line + 1)
            db.execute(
                "INSERT INTO reject (file_id, line, reason, raw) VALUES (?, ?, ?, '')",
                (file_id, line + 1, reason),
            )
            return derive(db, touched)

    def left_out(self) -> dict[str, int]:
        """How many records of each bulk file were not wanted, by the file's path."""
        with self._catalogue.transaction() as db:
            found = db.execute("SELECT path, left_out FROM bulk JOIN file ON id = file_id")
            return {item["path"]: item["left_out"] for item in found}


def _drop(db: sqlite3.Connection, file_id: int, after: int, line: int | None) -> set[str]:
    """Delete rows and rejects of these lines, and return the papers that they were about."""
    end = line if line is not None else 2**62
    span = "FROM row WHERE file_id = ? AND line > ? AND line <= ?"
    touched = {
        item["paper_id"] for item in db.execute(f"SELECT paper_id {span}", (file_id, after, end))
    }
    db.execute(f"DELETE {span}", (file_id, after, end))
    db.execute(f"DELETE {span.replace('row', 'reject')}", (file_id, after, end))
    return touched


def _seen(each: SightedRow) -> str | None:
    return _SIGHTING.dump_json(each.seen).decode() if each.seen else None
