"""Asks a source window by window and keeps what comes, whatever happens in between.

Killed at any moment, the same call goes on: windows that are whole are not asked for again
while they are fresh or once they are settled, and a window half read goes on at its cursor.
Reading the files into the archive and counting them is left to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from embeddings.errors import SourceError
from indexer.observer import Observer
from indexer.sources.base import Answer, Delivery, Source
from indexer.sources.cursor import Cursor
from indexer.sources.fetched import folder_name, read_delivery, read_records, write
from indexer.sources.window import Window
from indexer.stores.lock import own

FRESH = timedelta(hours=6)
"""How long a window that may still grow is taken as it is."""


@dataclass(slots=True)
class FetchReport:
    """What asking one stream gave. `asked` are the deliveries of this run, `fresh` counts the
    windows that needed no asking. `missing` names every window that is not whole, or that an
    error kept from being asked, with the reason.
    """

    source: str
    stream: str
    folder: str
    asked: list[Delivery] = field(default_factory=list)
    fresh: int = 0
    missing: list[str] = field(default_factory=list)
    error: str | None = None


class Fetcher:
    """Keeps one source's deliveries below a folder."""

    def __init__(
        self, folder: Path, source: Source, observer: Observer, *, lock_timeout: float
    ) -> None:
        self._source = source
        self.folder = folder / source.name / folder_name(source.stream)
        self._observer = observer
        self._lock_timeout = lock_timeout

    def fetch(self, windows: Iterable[Window], *, again: bool = False) -> FetchReport:
        """Ask for windows, in order; `again` asks also for those that are fresh or settled.

        Raises `StoreBusy` where another process fetches the same stream, `UnreadableFile`
        where a kept file is damaged. What a source does not give is told in the report.
        """
        report = FetchReport(self._source.name, self._source.stream, str(self.folder))
        lock = own(self.folder / "fetch", self._lock_timeout)
        try:
            self._fetch(list(windows), report, again)
        finally:
            lock.release()
        return report

    def _fetch(self, waiting: list[Window], report: FetchReport, again: bool) -> None:
        split: list[tuple[Window, Delivery]] = []
        while waiting:
            window = waiting.pop(0)
            name = f"{self._source.name} {window.label}"
            self._observer.stage(f"Fetching {name}, {len(waiting)} to follow", 0)
            known = read_delivery(self._path(window))
            if known is not None and not again and _done(known):
                delivery = known
                report.fresh += not known.split
            else:
                delivery, error = self._ask(window, known)
                report.asked.append(delivery)
                if delivery.missing is not None:
                    report.missing.append(f"{window.label}: {delivery.missing}")
                if error is not None:
                    report.error = str(error)
                    report.missing += _unasked(waiting, report.error)
                    return
            if delivery.split:
                split.append((window, delivery))
                waiting[:0] = window.parts(datetime.now(UTC))
        for window, delivery in split:
            report.missing += self._unaccounted(window, delivery)

    def _ask(self, window: Window, known: Delivery | None) -> tuple[Delivery, SourceError | None]:
        now = datetime.now(UTC)
        path = self._path(window)
        cursor = Cursor(path.with_name(f".{path.name}.cursor"), self._source.question)
        answer = self._answer(window, cursor)
        was_split = known is not None and known.split
        parts = list(self._parts(window)) if was_split and not answer.split else []
        earlier = [record for each in (path, *parts) for record in read_records(each)]
        if self._source.lasting and earlier and answer.announced == 0 and not answer.missing:
            # Papers are withdrawn, never taken away, so this is a fault that lasted.
            answer.missing = f"none announced, where there were {len(earlier)} before"
        if parts and answer.missing is not None:
            # The parts stand for the whole until it can be read.
            answer.split, parts, earlier = True, [], read_records(path)
        given = {self._source.identity(record) for record in answer.records}
        lacked = {self._source.identity(record): record for record in earlier}
        kept = [record for name, record in lacked.items() if name not in given]
        delivery = Delivery(
            source=self._source.name,
            stream=self._source.stream,
            window=window.label,
            announced=answer.announced,
            received=answer.received,
            duplicates=answer.duplicates,
            kept=len(kept),
            missing=answer.missing,
            split=answer.split,
            settled=window.over_since(now) >= self._source.settles,
            fetched_at=now.isoformat(timespec="seconds"),
            first_fetched=known.first_fetched if known else now.date().isoformat(),
        )
        records = [*answer.records, *kept]
        if parts:
            # Killed while they go, this is a split window some of whose parts are not there.
            write(path, replace(delivery, split=True), records)
            for part in parts:
                part.unlink()
        write(path, delivery, records)
        if answer.missing is None:
            cursor.restart()
        return delivery, answer.error

    def _answer(self, window: Window, cursor: Cursor) -> Answer:
        answer = self._source.read(window, cursor)
        if answer.split and not window.parts(datetime.now(UTC)):
            too_many = f"{answer.announced} announced, more than can be asked for in one minute"
            return Answer(answer.announced, missing=too_many)
        return answer

    def _parts(self, window: Window) -> Iterator[Path]:
        """The files of the parts that a window was split into, and of theirs."""
        for part in window.parts(datetime.now(UTC)):
            known = read_delivery(self._path(part))
            if known is not None:
                yield from self._parts(part) if known.split else ()
                yield self._path(part)

    def _unaccounted(self, window: Window, delivery: Delivery) -> list[str]:
        """What a window announced and its parts together did not, noted and told."""
        parts = [read_delivery(self._path(part)) for part in window.parts(datetime.now(UTC))]
        given = sum(
            part.received if part.announced is None else part.announced for part in parts if part
        )
        if delivery.announced is None or given >= delivery.announced:
            return []
        missing = f"{delivery.announced} announced in all, and {given} by its parts"
        path = self._path(window)
        write(path, replace(delivery, missing=missing), read_records(path))
        return [f"{window.label}: {missing}"]

    def _path(self, window: Window) -> Path:
        return self.folder / f"{window.name}.jsonl"


def _unasked(waiting: list[Window], why: str) -> list[str]:
    if not waiting:
        return []
    first, last = waiting[0].label, waiting[-1].label
    return [f"{first if first == last else f'{first} to {last}'}: not asked for, because {why}"]


def _done(known: Delivery) -> bool:
    if known.missing is not None:
        return False
    age = datetime.now(UTC) - datetime.fromisoformat(known.fetched_at)
    return known.settled or age < FRESH
