"""The catalogue's SQLite file: opened, brought up to date, written all or nothing.

What its tables hold is `catalogue`'s and, for tables of their own, other modules'. Every error
of SQLite becomes the archive's own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from embeddings.errors import CatalogueError

_UNUSABLE = "not a usable catalogue ({})"
_DAMAGED = "not a usable catalogue ({}): it is damaged; delete it and index anew"
_BUSY = "another process is writing to the catalogue ({}); try again when it is done"
_FULL = "the disk is full or fails ({}); make room and do the same again, nothing is lost"
_CLOSED = "the catalogue cannot be opened or written ({}); see who may read and write its folder"
_TOLD = {
    "CORRUPT": _DAMAGED,
    "NOTADB": _DAMAGED,
    "BUSY": _BUSY,
    "LOCKED": _BUSY,
    "FULL": _FULL,
    "IOERR": _FULL,
    "READONLY": _CLOSED,
    "CANTOPEN": _CLOSED,
    "PERM": _CLOSED,
}
"""What SQLite's errors mean, by the first word of their names."""


class Database:
    """The catalogue's file, created where missing; a context manager. Threads may share it.

    Raises `CatalogueError` if the file is damaged or was written by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Threads share it: a server answers from several, and SQLite is built thread-safe.
            self._db = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=30, factory=_Connection
            )
        except (OSError, CatalogueError, sqlite3.Error) as error:
            raise CatalogueError(f"{path}: cannot be opened ({error})") from error
        self._db.row_factory = sqlite3.Row
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._migrate()
        except CatalogueError as error:
            self._db.close()
            raise CatalogueError(f"{path}: {error}") from error

    def _migrate(self) -> None:
        """Apply the numbered SQL files that this catalogue has not seen."""
        folder = files("indexer") / "migrations"
        steps = sorted(
            (f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name
        )
        # Read without a lock first: opening must not wait for another process's writing.
        if self._version() == len(steps):
            return
        with self.transaction():  # and again inside: another process may have been faster
            done = self._version()
            if done > len(steps):
                raise CatalogueError("written by a newer version of Paper Archive; update this one")
            for step in steps[done:]:
                for statement in _statements(step.read_text(encoding="utf-8")):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {len(steps)}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def query(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """The rows of a question, for what other modules keep or count."""
        return self._db.execute(sql, values).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection that only reads, and sees the catalogue as it is now, however long it
        reads and whoever writes meanwhile. Threads may take turns with it.
        """
        with _clear_errors():
            db = sqlite3.connect(
                self.path, isolation_level=None, check_same_thread=False, factory=_Connection
            )
        with closing(db):
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA query_only = ON")
            db.execute("BEGIN")
            yield db

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, also for what other modules keep in tables of their own."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            # Some errors, a full disk for one, have already rolled back.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class _Cursor(sqlite3.Cursor):
    """A cursor whose errors are the archive's own, also while rows are read."""

    def fetchone(self) -> Any:
        with _clear_errors():
            return super().fetchone()

    def __next__(self) -> Any:
        with _clear_errors():
            return super().__next__()


class _Connection(sqlite3.Connection):
    """A connection whose errors are the archive's own."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        with _clear_errors():
            return self.cursor(_Cursor).execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        with _clear_errors():
            return self.cursor(_Cursor).executemany(sql, parameters)


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        # "SQLITE_IOERR_WRITE" and the like; the library's own complaints have no name.
        kind = getattr(error, "sqlite_errorname", "").split("_")[1:2]
        raise CatalogueError(_TOLD.get("".join(kind), _UNUSABLE).format(error)) from error


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL file, one by one: `executescript` would commit in between."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
