"""From rows to papers and passages: what the catalogue derives, many papers at a time.

Works on the catalogue's connection, inside the transaction of whoever changed rows. What a
paper is made of is `merge`'s and `passages`' business; which rows there are is the
catalogue's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic import TypeAdapter

from indexer.decisions import read_decisions
from indexer.fulltexts.passages import fulltext_passages
from indexer.merge import SeenRow, fulltext_of, merge
from indexer.paper import BESIDE, Paper, Row, Sighting
from indexer.passages import Passage, passages
from indexer.stores.base import Payload
from indexer.vocabulary import words

BATCH = 500
"""Papers derived together: fewer statements than one by one, and bounded memory."""
SEEN_COLUMNS = "row.data, row.line, row.seen, file.source, file.name, file.layout, file.date"
"""What `seen_row` needs of a row and its file."""
_ROW = TypeAdapter(Row)
_PAPER = TypeAdapter(Paper)
_PAYLOAD = TypeAdapter(Payload)
_SIGHTING = TypeAdapter(Sighting)


@dataclass(frozen=True, slots=True)
class Change:
    """What one file's reading changed, by paper id."""

    new: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


def derive(db: sqlite3.Connection, paper_ids: Iterable[str], *, anew: bool = False) -> Change:
    """Bring papers and passages in step with their rows; `anew` also where nothing changed."""
    new: set[str] = set()
    updated: set[str] = set()
    removed: set[str] = set()
    todo = iter(sorted(paper_ids))
    while batch := list(islice(todo, BATCH)):
        known = _select(db, "SELECT id, data FROM paper WHERE id IN ({})", batch)
        before: dict[str, str] = {item["id"]: item["data"] for item in known}
        seen = _seen(db, batch)
        removed.update(before.keys() - seen.keys())
        changed = []
        for paper_id, rows in seen.items():
            paper = merge(paper_id, rows)
            data = _PAPER.dump_json(paper).decode()
            if before.get(paper_id) != data or anew:
                changed.append((paper, data))
                (updated if paper_id in before else new).add(paper_id)
        db.executemany(
            "INSERT INTO paper (id, title, data, added) VALUES (?, ?, ?, date('now')) "
            "ON CONFLICT (id) DO UPDATE SET title = excluded.title, data = excluded.data",
            [(paper.paper_id, paper.title, data) for paper, data in changed],
        )
        gone = [paper_id for paper_id in batch if paper_id not in seen]
        db.executemany("DELETE FROM paper WHERE id = ?", [(paper_id,) for paper_id in gone])
        wanted = {paper.paper_id: _passages(paper, seen[paper.paper_id]) for paper, _ in changed}
        _put_passages(db, wanted | {paper_id: [] for paper_id in gone})
    return Change(frozenset(new), frozenset(updated), frozenset(removed))


def reassign(db: sqlite3.Connection, paper_ids: Iterable[str] | None = None) -> set[str]:
    """Give the rows of these papers, or all, to the papers that they are about as decided now.

    Returns the papers that lost or got rows, which are then to be derived.
    """
    decided = read_decisions(db)
    ids = sorted(set(paper_ids)) if paper_ids is not None else None
    wanted = f"WHERE paper_id IN ({','.join('?' * len(ids))})" if ids is not None else ""
    moved: list[tuple[str, int]] = []
    touched: set[str] = set()
    for item in db.execute(f"SELECT id, paper_id, data FROM row {wanted}", ids or ()):
        paper_id = decided.paper_id(_ROW.validate_json(item["data"]))
        if paper_id != item["paper_id"]:
            moved.append((paper_id, item["id"]))
            touched.update((paper_id, item["paper_id"]))
    db.executemany("UPDATE row SET paper_id = ? WHERE id = ?", moved)
    return touched


def seen_row(item: sqlite3.Row) -> SeenRow:
    """A row with its sighting, from `SEEN_COLUMNS`."""
    row = _ROW.validate_json(item["data"])
    if item["seen"]:
        return SeenRow(row, _SIGHTING.validate_json(item["seen"]))
    day = row.shown or item["date"]
    values = (item["source"], item["name"], item["line"], item["layout"], day)
    return SeenRow(row, Sighting(*values, row.version))


def _seen(db: sqlite3.Connection, paper_ids: Sequence[str]) -> dict[str, list[SeenRow]]:
    seen: dict[str, list[SeenRow]] = {}
    sql = (
        f"SELECT paper_id, {SEEN_COLUMNS} FROM row JOIN file ON file.id = file_id "
        "WHERE paper_id IN ({})"
    )
    for item in _select(db, sql, paper_ids):
        seen.setdefault(item["paper_id"], []).append(seen_row(item))
    # What a model wrote about a paper, or the paper itself, waits while no page tells of it.
    return {
        paper_id: rows
        for paper_id, rows in seen.items()
        if any(each.sighting.layout not in BESIDE for each in rows)
    }


def _passages(paper: Paper, rows: Sequence[SeenRow]) -> list[Passage]:
    text = fulltext_of(rows)
    return passages(paper) + (fulltext_passages(paper, text) if text else [])


def _put_passages(db: sqlite3.Connection, wanted: dict[str, list[Passage]]) -> None:
    """Replace these papers' passages, keeping what the store has of them."""
    sql = "SELECT id, payload, state FROM passage WHERE paper_id IN ({})"
    known = {item["id"]: item for item in _select(db, sql, list(wanted))}
    new, updated = [], []
    for passage in (each for every in wanted.values() for each in every):
        payload = _PAYLOAD.dump_json(passage.payload).decode()
        row = known.pop(passage.id, None)
        if row is None:
            new.append(
                (
                    passage.id,
                    passage.paper_id,
                    passage.kind,
                    passage.language,
                    passage.body,
                    passage.text,
                    passage.lexical_text,
                    payload,
                )
            )
        elif row["payload"] != payload or row["state"] == "gone":
            # What is gone comes back without being embedded again: the store still has it, or
            # its lack is found when the two are compared.
            state = "new" if row["state"] == "new" else "changed"
            updated.append((payload, state, passage.id))
    db.executemany(
        "INSERT INTO passage (id, paper_id, kind, language, body, text, lexical_text, payload, "
        "state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'new')",
        new,
    )
    db.executemany("UPDATE passage SET payload = ?, state = ? WHERE id = ?", updated)
    left = [(passage_id,) for passage_id in known]
    db.executemany("DELETE FROM passage WHERE id = ? AND state = 'new'", left)
    db.executemany("UPDATE passage SET state = 'gone' WHERE id = ?", left)
    said = words("\n".join(each.lexical_text for every in wanted.values() for each in every))
    db.executemany("INSERT OR IGNORE INTO word VALUES (?)", [(word,) for word in sorted(said)])


def _select(db: sqlite3.Connection, sql: str, values: Sequence[str]) -> Iterator[sqlite3.Row]:
    yield from db.execute(sql.format(",".join("?" * len(values))), list(values))
