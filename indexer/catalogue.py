"""The archive's book of record: an SQLite file with every row read and all that follows.

Papers and passages are derived from rows and updated with them in one transaction, so the
catalogue is whole at every moment. It also remembers which passages the vector store still
lacks; filling the store is `synchronizer`'s. The file itself is `database`'s.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from indexer.database import Database
from indexer.decisions import Decisions, read_decisions
from indexer.derivation import Change, derive, reassign
from indexer.files import SourceFile, printable
from indexer.fulltexts.text import FULLTEXT, FullText, newest
from indexer.paper import Paper, Reject, Row
from indexer.passages import Passage
from indexer.readers.base import Reading
from indexer.stores.base import Payload

_ROW = TypeAdapter(Row)
_PAPER = TypeAdapter(Paper)
_PAYLOAD = TypeAdapter(Payload)
_PASSAGE_COLUMNS = "id, paper_id, kind, language, body, text, lexical_text, payload"


@dataclass(frozen=True, slots=True)
class FileState:
    """What the catalogue knows of a file."""

    path: Path
    name: str
    source: str
    sha256: str
    layout: str | None
    problem: str | None
    rows: int
    rejects: int


class Catalogue(Database):
    """The catalogue in one SQLite file, created where missing; a context manager.

    Raises `CatalogueError` if the file is damaged or was written by a newer version.
    """

    # Files and their rows

    def file(self, path: Path) -> FileState | None:
        """A file's state, or None if it was never indexed."""
        found = list(self._files("WHERE path = ?", printable(path)))
        return found[0] if found else None

    def files(self) -> list[FileState]:
        """Every file, by path."""
        return list(self._files("ORDER BY path"))

    def _files(self, clause: str, *values: str) -> Iterator[FileState]:
        sql = (
            "SELECT *, (SELECT count(*) FROM row WHERE file_id = file.id) AS n_rows, "
            f"(SELECT count(*) FROM reject WHERE file_id = file.id) AS n_rejects FROM file {clause}"
        )
        for row in self._db.execute(sql, values):
            yield FileState(
                Path(row["path"]),
                row["name"],
                row["source"],
                row["sha256"],
                row["layout"],
                row["problem"],
                row["n_rows"],
                row["n_rejects"],
            )

    def put_file(
        self,
        file: SourceFile,
        digest: str,
        source: str,
        *,
        layout: str | None = None,
        reading: Reading | None = None,
        problem: str | None = None,
    ) -> Change:
        """Replace everything read from one file, and all that follows from it, at once."""
        reading = reading or Reading()
        with self.transaction():
            touched = self._drop_file(file.path)
            cursor = self._db.execute(
                "INSERT INTO file (path, name, source, sha256, layout, date, problem) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    printable(file.path),
                    printable(Path(file.name)),
                    source,
                    digest,
                    layout,
                    reading.date or file.date(),
                    problem,
                ),
            )
            decided = read_decisions(self._db)
            rows = [(decided.paper_id(row), row) for row in reading.rows]
            self._db.executemany(
                "INSERT INTO row (file_id, paper_id, line, data) VALUES (?, ?, ?, ?)",
                [
                    (cursor.lastrowid, key, row.line, _ROW.dump_json(row).decode())
                    for key, row in rows
                ],
            )
            self._db.executemany(
                "INSERT INTO reject (file_id, line, reason, raw) VALUES (?, ?, ?, ?)",
                [(cursor.lastrowid, r.line, r.reason, r.raw) for r in reading.rejects],
            )
            return derive(self._db, touched | {key for key, _ in rows})

    def remove_file(self, path: Path) -> Change:
        """Take out a file, its rows and whatever only it told."""
        with self.transaction():
            return derive(self._db, self._drop_file(path))

    def forget_content(self, layout: str) -> None:
        """Let files of a layout count as changed, so that the next run reads them again."""
        with self.transaction():
            self._db.execute("UPDATE file SET sha256 = '' WHERE layout = ?", (layout,))

    def _drop_file(self, path: Path) -> set[str]:
        touched = self._db.execute(
            "SELECT DISTINCT paper_id FROM row JOIN file ON file.id = file_id WHERE path = ?",
            (printable(path),),
        )
        papers = {row[0] for row in touched}
        self._db.execute("DELETE FROM file WHERE path = ?", (printable(path),))
        return papers

    def rejects(self) -> list[tuple[str, Reject]]:
        """The quarantine: every reject with its file's path, in order."""
        found = self._db.execute(
            "SELECT path, line, reason, raw FROM reject JOIN file ON file.id = file_id "
            "ORDER BY path, line"
        )
        return [(row["path"], Reject(row["line"], row["reason"], row["raw"])) for row in found]

    # Papers

    def derive_all(self) -> None:
        """Make every paper and passage anew from its rows, as a newer version would."""
        with self.transaction():
            reassign(self._db)
            found = self._db.execute("SELECT DISTINCT paper_id FROM row UNION SELECT id FROM paper")
            derive(self._db, [row[0] for row in found], anew=True)

    def paper(self, paper_id: str) -> Paper | None:
        """A paper by its id."""
        row = self._db.execute("SELECT data FROM paper WHERE id = ?", (paper_id,)).fetchone()
        return _PAPER.validate_json(row["data"]) if row else None

    def fulltext(self, paper_id: str) -> FullText | None:
        """The full text of a paper that counts, whole."""
        sql = (
            "SELECT row.data FROM row JOIN file ON file.id = file_id "
            "WHERE paper_id = ? AND layout = ?"
        )
        rows = (
            _ROW.validate_json(row["data"]) for row in self._db.execute(sql, (paper_id, FULLTEXT))
        )
        return newest(row.fulltext for row in rows if row.fulltext is not None)

    def fulltext_passages(self, paper_id: str) -> int:
        """How many passages of a paper's full text there are."""
        sql = "SELECT count(*) FROM passage WHERE paper_id = ? AND kind = ? AND state <> 'gone'"
        return int(self._db.execute(sql, (paper_id, FULLTEXT)).fetchone()[0])

    def title(self, paper_id: str) -> str:
        """A paper's title; empty for an unknown id."""
        row = self._db.execute("SELECT title FROM paper WHERE id = ?", (paper_id,)).fetchone()
        return row["title"] if row else ""

    def decisions(self) -> Decisions:
        """What people decided about which rows and ids are one paper."""
        return read_decisions(self._db)

    def papers_of_days(self, first: str, last: str) -> Iterator[Paper]:
        """Papers dated from one ISO date to another, or seen on a page of these days, by id."""
        sql = (
            "SELECT data FROM paper WHERE json_extract(data, '$.date') BETWEEN ?1 AND ?2 "
            "OR EXISTS (SELECT 1 FROM json_each(paper.data, '$.seen_in') "
            "WHERE json_extract(value, '$.date') BETWEEN ?1 AND ?2) ORDER BY id"
        )
        for row in self._db.execute(sql, (first, last)):
            yield _PAPER.validate_json(row["data"])

    def paper_ids(self) -> list[str]:
        """Every paper's id, in order."""
        return [row["id"] for row in self._db.execute("SELECT id FROM paper ORDER BY id")]

    # Passages, and what the store still lacks

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passages by id; missing ones are left out."""
        marks = ",".join("?" * len(ids))
        sql = f"SELECT {_PASSAGE_COLUMNS} FROM passage WHERE id IN ({marks})"
        return {row["id"]: _passage(row) for row in self._db.execute(sql, list(ids))}

    def passages_of(self, paper_id: str) -> list[Passage]:
        """A paper's passages but for those of its full text, in a fixed order."""
        sql = (
            f"SELECT {_PASSAGE_COLUMNS} FROM passage WHERE paper_id = ? AND state <> 'gone' "
            "AND kind <> 'fulltext' ORDER BY id"
        )
        return [_passage(row) for row in self._db.execute(sql, (paper_id,))]

    def passage_ids(self, paper_ids: Sequence[str]) -> list[str]:
        """The ids of these papers' passages that the store has, without full texts."""
        marks = ",".join("?" * len(paper_ids))
        sql = (
            f"SELECT id FROM passage WHERE paper_id IN ({marks}) "
            "AND state IN ('stored', 'changed') AND kind <> 'fulltext' ORDER BY paper_id, id"
        )
        return [row["id"] for row in self._db.execute(sql, list(paper_ids))]

    def ids_in_state(self, *states: str) -> list[str]:
        """Ids of the passages in any of these states ("new", "changed", "gone", "stored")."""
        marks = ",".join("?" * len(states))
        sql = f"SELECT id FROM passage WHERE state IN ({marks}) ORDER BY id"
        return [row["id"] for row in self._db.execute(sql, states)]

    def mark(self, ids: Iterable[str], state: str) -> None:
        """Note what the store holds now."""
        with self.transaction():
            self._db.executemany(
                "UPDATE passage SET state = ? WHERE id = ?", [(state, each) for each in ids]
            )

    def forget_passages(self, ids: Iterable[str]) -> None:
        """Drop passages that the store has let go of."""
        with self.transaction():
            self._db.executemany(
                "DELETE FROM passage WHERE id = ? AND state = 'gone'", [(each,) for each in ids]
            )

    # Words

    def has_word(self, word: str) -> bool:
        """Whether a folded word stands in any passage."""
        found = self._db.execute("SELECT 1 FROM word WHERE word = ?", (word,))
        return found.fetchone() is not None

    def words_like(self, word: str) -> list[str]:
        """Words with the same first letter and about the same length."""
        first = word[0]
        found = self._db.execute(
            "SELECT word FROM word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?",
            (first, chr(ord(first) + 1), len(word) - 1, len(word) + 1),
        )
        return [row["word"] for row in found]

    # Facts about the whole

    def counts(self) -> dict[str, int]:
        """How many `files`, `papers`, `passages`, `rows` and `rejects` there are, and how
        many passages the store has (`stored`).
        """
        sql = (
            "SELECT (SELECT count(*) FROM file WHERE layout IS NOT NULL) AS files, "
            "(SELECT count(*) FROM paper) AS papers, "
            "(SELECT count(*) FROM passage WHERE state <> 'gone') AS passages, "
            "(SELECT count(*) FROM passage WHERE state IN ('stored', 'changed')) AS stored, "
            "(SELECT count(*) FROM row) AS rows, (SELECT count(*) FROM reject) AS rejects"
        )
        return dict(self._db.execute(sql).fetchone())

    def facets(self, field: str) -> dict[str, int]:
        """How many papers carry each value of `topics`, `categories` or `sources`."""
        sql = (
            "SELECT value, count(*) AS n FROM paper, json_each(paper.data, ?) "
            "GROUP BY value ORDER BY n DESC, value"
        )
        return {row["value"]: row["n"] for row in self._db.execute(sql, (f"$.{field}",))}

    def papers_by(self, field: str) -> dict[str, list[str]]:
        """The ids of the papers that carry each value of `topics`, `categories` or `sources`."""
        sql = (
            "SELECT value, paper.id AS paper_id FROM paper, json_each(paper.data, ?) "
            "ORDER BY value, paper.id"
        )
        found: dict[str, list[str]] = {}
        for row in self._db.execute(sql, (f"$.{field}",)):
            found.setdefault(row["value"], []).append(row["paper_id"])
        return found

    def newest_date(self) -> str | None:
        """The ISO date of the newest paper or page."""
        sql = (
            "SELECT max(day) AS newest FROM (SELECT max(date) AS day FROM file "
            "UNION ALL SELECT max(json_extract(data, '$.date')) FROM paper)"
        )
        newest: str | None = self._db.execute(sql).fetchone()["newest"]
        return newest

    def languages(self) -> dict[str, int]:
        """How many papers have a text in each language."""
        sql = (
            "SELECT language, count(DISTINCT paper_id) AS n FROM passage WHERE state <> 'gone' "
            "GROUP BY language ORDER BY language"
        )
        return {row["language"]: row["n"] for row in self._db.execute(sql)}

    def meta(self, key: str) -> str | None:
        """A remembered fact, such as the model's identity."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row["value"] if row else None

    def set_meta(self, key: str, value: str) -> None:
        """Remember a fact."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def restart(self, facts: dict[str, str]) -> None:
        """Remember new facts and that the store lacks every passage, at once."""
        with self.transaction():
            for key, value in facts.items():
                self.set_meta(key, value)
            self._db.execute("DELETE FROM passage WHERE state = 'gone'")
            self._db.execute("UPDATE passage SET state = 'new'")


def _passage(row: sqlite3.Row) -> Passage:
    values = dict(row) | {"payload": _PAYLOAD.validate_json(row["payload"])}
    return Passage(**values)
