"""The completeness ledger: what each source announced and gave for each day, and what of it
stands in the archive.

Deliveries of fetched streams are kept in the catalogue; what was indexed and rejected of them
is counted there when asked, and so are the days of digests that were indexed from files.
Which days are lacking is worked out by `indexer.gaps`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.files import printable
from indexer.paper import BESIDE
from indexer.sources.base import Delivery

_DELIVERED = """
    SELECT d.source, d.stream, substr(d.time_window, 1, 10) AS day,
        CASE WHEN d.split THEN NULL ELSE d.announced END AS announced, d.received,
        d.duplicates, d.kept, d.missing, d.settled, d.fetched_at, d.path,
        (SELECT count(*) FROM row WHERE file_id = file.id) AS indexed,
        (SELECT count(*) FROM reject WHERE file_id = file.id) AS rejected
    FROM delivery AS d LEFT JOIN file ON file.path = d.path
    WHERE NOT d.split OR d.missing IS NOT NULL
    ORDER BY d.source, d.stream, d.time_window"""
# A page's entries are announced by the page itself: what was read and what was rejected.
_PAGES = """
    SELECT source, date AS day, max(path) AS path,
        sum((SELECT count(*) FROM row WHERE file_id = file.id)) AS indexed,
        sum((SELECT count(*) FROM reject WHERE file_id = file.id)) AS rejected
    FROM file
    WHERE layout IS NOT NULL AND date IS NOT NULL AND path NOT IN (SELECT path FROM delivery)
    GROUP BY source, date ORDER BY source, date"""
# Only pages have a day: not files of records, nor what the archive keeps beside pages.
_UNDATED = f"""
    SELECT source, count(*) AS pages,
        sum((SELECT count(*) FROM row WHERE file_id = file.id)
            + (SELECT count(*) FROM reject WHERE file_id = file.id)) AS entries
    FROM file
    WHERE layout NOT IN ('{"', '".join(sorted(BESIDE))}') AND date IS NULL
        AND path NOT IN (SELECT path FROM delivery) AND id NOT IN (SELECT file_id FROM bulk)
    GROUP BY source ORDER BY source"""


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one day of one stream; the numbers count entries.

    `day` is an ISO day, or the beginning of one (a month, a year) or "all" for what was not
    asked day by day. `announced` is None where nobody stated a number; `stream` is empty for
    a digest indexed from files, and `fetched_at` None. `path` is a file it was read from.
    """

    source: str
    stream: str
    day: str
    announced: int | None
    received: int
    indexed: int
    rejected: int
    duplicates: int = 0
    kept: int = 0
    missing: str | None = None
    settled: bool = True
    fetched_at: str | None = None
    path: str = ""

    @property
    def fetched(self) -> bool:
        """Whether it was fetched, rather than read from a digest's page."""
        return self.fetched_at is not None


@dataclass(frozen=True, slots=True)
class Undated:
    """The pages of one digest that state no day, and how many entries they hold."""

    source: str
    pages: int
    entries: int


@dataclass(frozen=True, slots=True)
class Followed:
    """A stream that is fetched: the days expected of it (ISO), `last` None for until today.

    `options` are what `indexer.sources.base.Source.asked` gave.
    """

    source: str
    stream: str
    options: tuple[str, ...]
    first: str | None
    last: str | None


class Ledger:
    """The ledger in one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def follow(self, stream: Followed) -> None:
        """Expect a stream's days from now on, beside those expected already."""
        with self._catalogue.transaction() as db:
            known = db.execute(
                "SELECT * FROM followed WHERE source = ? AND stream = ?",
                (stream.source, stream.stream),
            ).fetchone()
            first, last = stream.first, stream.last
            if known and known["first_day"] and first:
                first = min(first, known["first_day"])
                last = max(last, known["last_day"]) if last and known["last_day"] else None
            db.execute(
                "INSERT OR REPLACE INTO followed VALUES (?, ?, ?, ?, ?)",
                (stream.source, stream.stream, json.dumps(stream.options), first, last),
            )

    def unfollow(self, stream: str) -> bool:
        """Expect nothing more of a stream; what it gave stays. False if it was not followed."""
        with self._catalogue.transaction() as db:
            return db.execute("DELETE FROM followed WHERE stream = ?", (stream,)).rowcount > 0

    def record(self, deliveries: Sequence[tuple[Delivery, Path]]) -> None:
        """Note deliveries and the files they are in, in place of what was known of them."""
        with self._catalogue.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        each.source,
                        each.stream,
                        each.window,
                        each.announced,
                        each.received,
                        each.duplicates,
                        each.kept,
                        each.missing,
                        each.split,
                        each.settled,
                        each.fetched_at,
                        printable(path),
                    )
                    for each, path in deliveries
                ],
            )

    def forget(self, paths: Sequence[Path]) -> None:
        """Forget the deliveries that were kept in these files."""
        with self._catalogue.transaction() as db:
            db.executemany("DELETE FROM delivery WHERE path = ?", [(printable(p),) for p in paths])

    def followed(self) -> list[Followed]:
        """Every stream that is fetched."""
        found = self._catalogue.query("SELECT * FROM followed ORDER BY source, stream")
        return [
            Followed(
                row["source"],
                row["stream"],
                tuple(json.loads(row["options"])),
                row["first_day"],
                row["last_day"],
            )
            for row in found
        ]

    def days(self) -> list[Day]:
        """Every day of every source, fetched ones first."""
        parts = [
            Day(**{**dict(row), "settled": bool(row["settled"])})
            for row in self._catalogue.query(_DELIVERED)
        ]
        whole = groupby(parts, key=lambda part: (part.source, part.stream, part.day))
        days = [_joined(list(group)) for _, group in whole]
        for row in self._catalogue.query(_PAGES):
            entries = row["indexed"] + row["rejected"]
            days.append(
                Day(
                    row["source"],
                    "",
                    row["day"],
                    None,
                    entries,
                    row["indexed"],
                    row["rejected"],
                    path=row["path"],
                )
            )
        return days

    def undated(self) -> list[Undated]:
        """The pages that stand in no day, by source."""
        return [Undated(**dict(row)) for row in self._catalogue.query(_UNDATED)]


def _joined(parts: list[Day]) -> Day:
    """A day that was asked for in parts, because it was too large."""
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        announced=sum(part.announced or 0 for part in parts),
        received=sum(part.received for part in parts),
        indexed=sum(part.indexed for part in parts),
        rejected=sum(part.rejected for part in parts),
        duplicates=sum(part.duplicates for part in parts),
        kept=sum(part.kept for part in parts),
        missing="; ".join(part.missing for part in parts if part.missing) or None,
        settled=all(part.settled for part in parts),
        fetched_at=min(part.fetched_at or "" for part in parts),
    )
