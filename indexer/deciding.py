"""Merging and splitting papers by hand, and taking it back.

Each change is one transaction on the catalogue: the decision is kept, rows go to the papers
that they are now about, and papers and passages follow. What decisions mean is `decisions`'
business, and embedding the passages that follow `synchronizer`'s.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from embeddings.errors import IdentityConflict, InputError, UnknownName, UnknownPaper
from indexer.catalogue import Catalogue
from indexer.decisions import Decision, Decisions, mark, read_decisions, split_id
from indexer.derivation import SEEN_COLUMNS, derive, reassign, seen_row
from indexer.files import printable
from indexer.merge import SeenRow


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, where a row was seen; the file by its name in sightings or its path."""

    file: str
    line: int

    def holds(self, seen: SeenRow, path: str) -> bool:
        """Whether a row, from a file with this path, was seen here."""
        at = seen.sighting
        names = (at.file, path) if path.endswith(at.file) else (at.file,)
        wanted = {self.file, printable(Path(self.file).resolve())}
        return at.line == self.line and not wanted.isdisjoint(names)


def merge(catalogue: Catalogue, paper_ids: Sequence[str], into: str | None = None) -> Decision:
    """Make papers one, under `into` or else the best of their ids: arXiv's, then a DOI.

    `paper_ids` name papers that the archive holds, `into` may be any id. Raises `UnknownPaper`,
    `InputError` for fewer than two papers, `IdentityConflict`.
    """
    for paper_id in paper_ids:
        if catalogue.paper(paper_id) is None:
            raise UnknownPaper(paper_id)
    into = into or min(paper_ids, key=_rank, default="")
    members = tuple(dict.fromkeys(each for each in paper_ids if each != into))
    if len({*paper_ids, into}) < 2:
        raise InputError(f"These ids all name the paper {into}; there is nothing to merge.")
    decided = catalogue.decisions()
    if (record := decided.current(into)) != into:
        raise InputError(f"{into} is part of {record}; merge into that.")
    with catalogue.transaction() as db:
        return _decide(db, Decision("merge", into, members))


def split(catalogue: Catalogue, paper_id: str, places: Sequence[Place]) -> Decision:
    """Make the rows of a paper that were seen at these places a paper of their own.

    Rows that say the very same go with them. Raises `InputError` for a place without such a
    row, or if nothing would be left of the paper; `IdentityConflict`.
    """
    rows = _rows(catalogue, paper_id)
    for place in places:
        if not any(place.holds(*each) for each in rows):
            raise InputError(
                f"{place.file}:{place.line} is no row of {paper_id}, which was seen at "
                + ", ".join(f"{each.sighting.file}:{each.sighting.line}" for each, _ in rows)
            )
    chosen = [any(place.holds(*each) for place in places) for each in rows]
    taken = [each.row for (each, _), named in zip(rows, chosen, strict=True) if named]
    others = [each.row for (each, _), named in zip(rows, chosen, strict=True) if not named]
    decided = catalogue.decisions()
    marks: set[str] = set()
    for whole in (False, True):
        marks = {mark(row, whole=whole) for row in taken}
        along = [row for row in others if mark(row, whole=whole) in marks]
        used = any(not marks.isdisjoint(each.members) for each in decided.made)
        if not along and not used:
            break
    if len(along) == len(others):
        raise InputError(f"That is all that was read about {paper_id}; nothing would be left.")
    new = Decision("split", split_id(sorted(marks)), tuple(sorted(marks)), paper_id)
    with catalogue.transaction() as db:
        return _decide(db, new)


def undo(catalogue: Catalogue, number: int | None = None) -> Decision:
    """Take back a decision, the last one unless told, and return it.

    Raises `UnknownName` for a number that there is not, `InputError` if none is left,
    `IdentityConflict` if a later decision builds on it.
    """
    with catalogue.transaction() as db:
        decided = read_decisions(db)
        if not decided.made:
            raise InputError("Nothing was merged or split.")
        number = decided.made[-1].number if number is None else number
        known = {each.number: each for each in decided.made}
        if number not in known:
            raise UnknownName("decision", str(number), tuple(map(str, list(known)[-3:])))
        undone = known[number]
        rest = [each for each in decided.made if each.number != number]
        made = {undone.paper_id} if undone.kind == "split" else set()
        if later := next((each for each in rest if made.intersection(each.ids)), None):
            raise IdentityConflict(f"{undone.paper_id} is used", later.number)
        db.execute("DELETE FROM decision WHERE number = ?", (number,))
        _apply(db, decided, undone)
    return undone


def adopt(db: sqlite3.Connection, decisions: Iterable[Decision]) -> tuple[set[str], list[str]]:
    """Take over another archive's decisions, inside the caller's transaction.

    Returns the papers whose rows moved, to be derived, and what could not be taken over
    because it contradicts a decision made here.
    """
    touched: set[str] = set()
    problems = []
    for each in decisions:
        decided = read_decisions(db)
        if (new := decided.lacking(each)) is None:
            continue
        try:
            decided.check(new)
        except IdentityConflict as conflict:
            problems.append(f"a {each.kind} into {each.paper_id} is not taken over: {conflict}")
            continue
        _keep(db, new)
        touched |= reassign(db, map(decided.current, new.ids))
    return touched, problems


def _decide(db: sqlite3.Connection, new: Decision) -> Decision:
    decided = read_decisions(db)
    decided.check(new)
    _keep(db, new)
    _apply(db, decided, new)
    return read_decisions(db).made[-1]


def _keep(db: sqlite3.Connection, new: Decision) -> None:
    db.execute(
        "INSERT INTO decision (kind, paper_id, members, origin, made_at) VALUES (?, ?, ?, ?, ?)",
        (
            new.kind,
            new.paper_id,
            json.dumps(new.members),
            new.origin,
            datetime.now(UTC).isoformat(timespec="seconds"),
        ),
    )


def _apply(db: sqlite3.Connection, before: Decisions, changed: Decision) -> None:
    """Bring rows and papers in step after a decision came or went."""
    derive(db, reassign(db, map(before.current, changed.ids)))


def _rows(catalogue: Catalogue, paper_id: str) -> list[tuple[SeenRow, str]]:
    """A paper's rows, each with its file's path. Raises `UnknownPaper`."""
    found = catalogue.query(
        f"SELECT file.path, {SEEN_COLUMNS} FROM row JOIN file ON file.id = file_id "
        "WHERE paper_id = ? ORDER BY file.path, row.line",
        (paper_id,),
    )
    if not found:
        raise UnknownPaper(paper_id)
    return [(seen_row(item), item["path"]) for item in found]


def _rank(paper_id: str) -> int:
    """How good an id is for a paper, 0 being best."""
    kind, colon, _ = paper_id.partition(":")
    return ("doi", "title", "split").index(kind) + 1 if colon else 0
