"""What the FAISS store keeps for good: points, vectors, postings and filters in SQLite.

Knows the tables and answers in row numbers. Does not know FAISS, scores or ranks.

A row number is given once and never again: a replaced point gets a new one. So whatever is
derived from rows (the search graph) can only miss later rows or hold deleted ones, never
hold a row whose vector has changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import StoreError
from indexer.stores.base import FacetField, Payload, Point, SparseVector
from indexer.stores.payload import LIST_FIELDS, Clauses, from_dict, to_dict
from indexer.stores.validate import batches

Rows = NDArray[np.int64]

_VERSION = 1
_BATCH = 1000

# The wide vectors have a table of their own, so that filters read few pages.
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE points (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    terms INTEGER NOT NULL,
    paper_id TEXT NOT NULL,
    language TEXT NOT NULL,
    date INTEGER NOT NULL,
    has_code INTEGER NOT NULL,
    payload TEXT NOT NULL
);
CREATE INDEX points_by_paper ON points (paper_id);
CREATE INDEX points_by_date ON points (date);
CREATE TABLE vectors (
    row INTEGER PRIMARY KEY, dense BLOB NOT NULL, terms BLOB NOT NULL, weights BLOB NOT NULL
);
CREATE TABLE tags (
    field TEXT NOT NULL, value TEXT NOT NULL, row INTEGER NOT NULL,
    PRIMARY KEY (field, value, row)
) WITHOUT ROWID;
CREATE INDEX tags_by_row ON tags (row);
CREATE TABLE postings (
    term INTEGER NOT NULL, row INTEGER NOT NULL, weight REAL NOT NULL, PRIMARY KEY (term, row)
) WITHOUT ROWID;
"""


class FaissRows:
    """The tables of one store; not safe to use from several threads at the same moment.

    Raises:
        StoreError: the file was made with another dimension or version, or is damaged.

    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._dimension = dimension
        with self._errors():
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._open()
        except BaseException:
            self._db.close()
            raise

    def _open(self) -> None:
        with self._errors():
            # NORMAL: a commit survives the death of the process; `flush` adds loss of power.
            self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
            version = self._number("PRAGMA user_version")
            if version == 0:
                with self.transaction():
                    for statement in _SCHEMA.split(";"):
                        self._db.execute(statement)
                    self.set_fact("dimension", str(self._dimension))
                    self._db.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                raise StoreError(f"{self._path} is of version {version}, not {_VERSION}.")
        if self.fact("dimension") != str(self._dimension):
            raise StoreError(
                f"{self._path} holds vectors of {self.fact('dimension')} dimensions, not "
                f"{self._dimension}. If the model was changed, `archive rebuild` makes it anew."
            )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError, UnicodeError) as error:
            raise StoreError(
                f"{self._path} failed: {error}. If the file is damaged, `archive rebuild` makes it "
                "anew from the catalogue."
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside, or nothing of it."""
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._db.in_transaction:  # a full disk has undone it already
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _all(self, sql: str, *parameters: str | int) -> list[Any]:
        with self._errors():
            return self._db.execute(sql, parameters).fetchall()

    def _number(self, sql: str, *parameters: str | int) -> int:
        return int(self._all(sql, *parameters)[0][0])

    def _many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._db.executemany(sql, parameters)

    def fact(self, name: str) -> str | None:
        """What is recorded under this name."""
        found = self._all("SELECT value FROM facts WHERE name = ?", name)
        return str(found[0][0]) if found else None

    def set_fact(self, name: str, value: str) -> None:
        """Record something about the store as a whole."""
        self._many("INSERT OR REPLACE INTO facts VALUES (?, ?)", [(name, value)])

    def write(self, points: Sequence[Point]) -> tuple[Rows, Rows]:
        """Insert or replace points with distinct ids: the rows that died, the rows made."""
        with self.transaction():
            dead = self.rows_of([point.id for point in points])
            self._remove(dead)
            made = [self._insert(point) for point in points]
            self._tag(zip(made, (point.payload for point in points), strict=True))
            # Sorted, because inserting in the order of the key is several times faster.
            self._many(
                "INSERT INTO postings VALUES (?, ?, ?)",
                sorted(
                    (term, row, weight)
                    for row, point in zip(made, points, strict=True)
                    for term, weight in zip(point.sparse.indices, point.sparse.values, strict=True)
                ),
            )
        return dead, np.asarray(made, dtype=np.int64)

    def _insert(self, point: Point) -> int:
        cursor = self._db.execute(
            "INSERT INTO points (id, terms, paper_id, language, date, has_code, payload) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (point.id, len(point.sparse.indices), *_columns(point.payload)),
        )
        row = cursor.lastrowid
        assert row is not None
        self._db.execute(
            "INSERT INTO vectors VALUES (?, ?, ?, ?)",
            (
                row,
                point.dense.tobytes(),
                np.asarray(point.sparse.indices, dtype=np.uint32).tobytes(),
                np.asarray(point.sparse.values, dtype=np.float32).tobytes(),
            ),
        )
        return row

    def _tag(self, payloads: Iterable[tuple[int, Payload]]) -> None:
        self._many(
            "INSERT OR IGNORE INTO tags VALUES (?, ?, ?)",
            (
                (field, value, row)
                for row, payload in payloads
                for field in LIST_FIELDS
                for value in getattr(payload, field)
            ),
        )

    def set_payload(self, payloads: dict[str, Payload]) -> None:
        """Replace payloads of existing points."""
        with self.transaction():
            found = self._all(
                "SELECT row, id FROM points WHERE id IN (SELECT value FROM json_each(?))",
                json.dumps(list(payloads)),
            )
            self._many("DELETE FROM tags WHERE row = ?", ((row,) for row, _ in found))
            self._tag((row, payloads[point_id]) for row, point_id in found)
            self._many(
                "UPDATE points SET paper_id = ?, language = ?, date = ?, has_code = ?, "
                "payload = ? WHERE row = ?",
                ((*_columns(payloads[point_id]), row) for row, point_id in found),
            )

    def delete(self, ids: Sequence[str]) -> Rows:
        """Delete points; the rows that died."""
        with self.transaction():
            dead = self.rows_of(ids)
            self._remove(dead)
        return dead

    def _remove(self, rows: Rows) -> None:
        for batch in batches(rows.tolist(), _BATCH):
            wanted = json.dumps(list(batch))
            self._many(
                "DELETE FROM postings WHERE term = ? AND row = ?",
                (
                    (term, row)
                    for row, terms in self._all(
                        "SELECT row, terms FROM vectors "
                        "WHERE row IN (SELECT value FROM json_each(?))",
                        wanted,
                    )
                    for term in np.frombuffer(terms, dtype=np.uint32).tolist()
                ),
            )
            for table in ("tags", "vectors", "points"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE row IN (SELECT value FROM json_each(?))", (wanted,)
                )

    def clear(self) -> None:
        """Delete every point; row numbers go on."""
        with self.transaction():
            for table in ("postings", "tags", "vectors", "points"):
                self._db.execute(f"DELETE FROM {table}")

    def rows_of(self, ids: Sequence[str]) -> Rows:
        """Rows of those ids that are there."""
        return _rows(
            self._all(
                "SELECT row FROM points WHERE id IN (SELECT value FROM json_each(?))",
                json.dumps(list(ids)),
            )
        )

    def match(self, wanted: Clauses) -> Rows:
        """Rows that a filter lets through, ascending."""
        where, parameters = _where(wanted)
        return _rows(self._all(f"SELECT row FROM points WHERE {where} ORDER BY row", *parameters))

    def count(self, wanted: Clauses) -> int:
        """How many rows a filter lets through."""
        where, parameters = _where(wanted)
        return self._number(f"SELECT count(*) FROM points WHERE {where}", *parameters)

    def facets(self, field: FacetField, wanted: Clauses) -> dict[str, int]:
        """How many rows that a filter lets through carry each value."""
        where, parameters = _where(wanted)
        if field in LIST_FIELDS:
            chosen = f"AND row IN (SELECT row FROM points WHERE {where})" if wanted else ""
            sql = f"SELECT value, count(*) FROM tags WHERE field = ? {chosen} GROUP BY value"
            return dict(self._all(sql, field, *parameters))
        sql = f"SELECT {field}, count(*) FROM points WHERE {where} GROUP BY {field}"
        return dict(self._all(sql, *parameters))

    def documents(self) -> int:
        """How many points have any terms: the N of the idf."""
        return self._number("SELECT count(*) FROM points WHERE terms > 0")

    def last_row(self) -> int:
        """The highest row number in use, 0 where there is none."""
        return self._number("SELECT coalesce(max(row), 0) FROM points")

    def postings(self, term: int) -> tuple[Rows, NDArray[np.float64]]:
        """Rows that contain a term, ascending, and its weight in each."""
        found = self._all("SELECT row, weight FROM postings WHERE term = ? ORDER BY row", term)
        table = np.asarray(found, dtype=np.float64).reshape(-1, 2)
        return table[:, 0].astype(np.int64), table[:, 1]

    def described(self, rows: Sequence[int]) -> dict[int, tuple[str, Payload]]:
        """Id and payload of each row."""
        return {
            row: (point_id, from_dict(json.loads(payload)))
            for batch in batches(rows, _BATCH)
            for row, point_id, payload in self._all(
                "SELECT row, id, payload FROM points WHERE row IN (SELECT value FROM json_each(?))",
                json.dumps(list(batch)),
            )
        }

    def points(self, ids: Sequence[str]) -> dict[str, Point]:
        """Those of the points that are there, by id."""
        return {
            point_id: Point(
                id=point_id,
                dense=np.frombuffer(dense, dtype=np.float32).copy(),
                sparse=SparseVector(
                    tuple(np.frombuffer(terms, dtype=np.uint32).tolist()),
                    tuple(np.frombuffer(weights, dtype=np.float32).tolist()),
                ),
                payload=from_dict(json.loads(payload)),
            )
            for batch in batches(ids, _BATCH)
            for point_id, payload, dense, terms, weights in self._all(
                "SELECT id, payload, dense, vectors.terms, weights "
                "FROM points JOIN vectors USING (row) "
                "WHERE id IN (SELECT value FROM json_each(?))",
                json.dumps(list(batch)),
            )
        }

    def ids(self) -> list[str]:
        """Every id."""
        return [point_id for (point_id,) in self._all("SELECT id FROM points")]

    def live(self, last: int) -> Rows:
        """Rows up to `last` that exist, ascending."""
        return _rows(self._all("SELECT row FROM points WHERE row <= ? ORDER BY row", last))

    def vectors_after(self, row: int) -> Iterator[tuple[Rows, NDArray[np.float32]]]:
        """Rows above `row`, ascending, with their vectors: shape (rows, dimension), in parts."""
        while found := self._all(
            "SELECT row, dense FROM vectors WHERE row > ? ORDER BY row LIMIT ?", row, 10 * _BATCH
        ):
            matrix = np.frombuffer(b"".join(dense for _, dense in found), dtype=np.float32)
            yield _rows(found), matrix.reshape(len(found), self._dimension)
            row = found[-1][0]

    def flush(self) -> None:
        """Copy the log into the file and sync it."""
        self._all("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _columns(payload: Payload) -> tuple[str, str, int, bool, str]:
    text = json.dumps(to_dict(payload), ensure_ascii=False)
    return payload.paper_id, payload.language, payload.date, payload.has_code, text


def _rows(found: list[Any]) -> Rows:
    return np.fromiter((record[0] for record in found), dtype=np.int64, count=len(found))


def _where(wanted: Clauses) -> tuple[str, list[str | int]]:
    """A condition on `points`. Values travel as JSON: SQLite limits how many `?` there are."""
    conditions, parameters = ["TRUE"], list[str | int]()
    for field, values in wanted.any_of:
        if field in LIST_FIELDS:
            conditions.append(
                "row IN (SELECT row FROM tags WHERE field = ? "
                "AND value IN (SELECT value FROM json_each(?)))"
            )
            parameters.append(field)
        else:
            conditions.append(f"{field} IN (SELECT value FROM json_each(?))")
        parameters.append(json.dumps(values))
    for field, values in wanted.none_of:
        conditions.append(f"{field} NOT IN (SELECT value FROM json_each(?))")
        parameters.append(json.dumps(values))
    if wanted.dates is not None:
        conditions.append("date BETWEEN ? AND ?")
        parameters.extend(wanted.dates)
    if wanted.has_code is not None:
        conditions.append("has_code = ?")
        parameters.append(wanted.has_code)
    return " AND ".join(conditions), parameters
