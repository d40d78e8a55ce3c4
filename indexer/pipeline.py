"""The main job: files in, papers catalogued, passages embedded and stored.

The order makes it safe to stop anywhere. A file's rows, the papers merged from them and the
passages they need go into the catalogue in one transaction; then missing passages are
embedded and written to the store; then they are marked as stored. Running the same command
again finishes whatever a crash left, and a run with nothing to do embeds nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from embeddings.errors import UnreadableFile
from indexer.bulk.base import Format
from indexer.bulk.formats import recognise
from indexer.bulk.importer import MB, Importer
from indexer.bulk.selection import Selection
from indexer.bulk.stream import packing, read_head, unpacked
from indexer.catalogue import Catalogue, FileState
from indexer.derivation import Change
from indexer.files import (
    MAX_BYTES,
    SourceFile,
    called,
    decode,
    discover,
    printable,
    read_bytes,
    sha256,
)
from indexer.missing import find_gone
from indexer.observer import Observer, Silent
from indexer.paper import Reject
from indexer.readers.base import Page, Reader, Reading
from indexer.readers.coverage import checked
from indexer.readers.registry import GENERAL, Registry
from indexer.report import NO_LAYOUT, IndexReport, RejectedRow, RenamedFile, SkippedFile
from indexer.stores.base import Store
from indexer.synchronizer import Opener, Synchronizer


class Indexer:
    """Reads pages into a catalogue and keeps a store in step with it.

    `open_model` is called only when something must be embedded.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        registry: Registry,
        open_model: Opener,
        *,
        max_bytes: int = MAX_BYTES,
        observer: Observer | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._registry = registry
        self._max_bytes = max_bytes
        self._observer = observer or Silent()
        self._importer = Importer(catalogue)
        self._synchronizer = Synchronizer(catalogue, store, open_model, self._observer)
        self._begin()

    def _begin(self) -> IndexReport:
        self._report = IndexReport()
        self._existed: dict[str, bool] = {}  # of every touched paper, before this run
        self._gone: frozenset[str] = frozenset()
        self._unread: dict[Path, str] = {}
        self._closed: list[UnreadableFile] = []  # folders
        return self._report

    def index(
        self,
        paths: Iterable[Path],
        *,
        source: str | None = None,
        prune: bool = False,
        selection: Selection | None = None,
        embed: bool = True,
    ) -> IndexReport:
        """Index files and folders; `source` names the digest instead of the file names.

        Files that vanished are taken out if their content is new among the given files, under
        another name, wherever they were. Others of the given folders are reported as missing, or
        with `prune` taken out; those of a folder that was moved are only reported. `selection`
        says which records of bulk files are wanted. Without `embed`, embedding is left to the next
        run or to `sync`. Raises `UnreadableFile` for a path that does not exist.
        """
        started = time.perf_counter()
        report = self._begin()
        paths = [Path(path) for path in paths]
        files = list(discover(paths, self._closed.append))
        before = self._catalogue.files()
        with self._report.timed("read"):
            self._notice_changed_layouts()
            self._observer.stage("Reading pages", len(files))
            for file in files:
                self._read(file, source, selection or Selection())
                self._observer.advance()
            found = {printable(file.path): file for file in files}
            self._find_missing(before, paths, found, prune=prune)
        if embed:
            self.sync()
        self._describe(files)
        report.seconds = round(time.perf_counter() - started, 3)
        return report

    def remove(self, paths: Sequence[Path]) -> IndexReport:
        """Take files out of the archive. Raises `UnreadableFile` for one never indexed."""
        report = self._begin()
        for path in paths:
            if self._catalogue.file(path.resolve()) is None:
                raise UnreadableFile(path, "is not in the archive; `archive files` lists what is")
        for path in paths:
            self._count(self._catalogue.remove_file(path.resolve()))
        self.sync()
        self._describe([])
        return report

    def sync(self) -> None:
        """Bring the store in step with the catalogue, whatever happened before."""
        self._synchronizer.sync(self._report)

    def _notice_changed_layouts(self) -> None:
        """Pages whose layout is described otherwise than when they were read are read again."""
        for name, fingerprint in self._registry.fingerprints().items():
            key = f"layout:{name}"
            known = self._catalogue.meta(key)
            if known != fingerprint:
                if known is not None:
                    self._catalogue.forget_content(name)
                self._catalogue.set_meta(key, fingerprint)

    def _read(self, file: SourceFile, source: str | None, selection: Selection) -> None:
        name = source or file.source()
        try:
            if (format_ := self._format(file)) is not None:
                self._import(file, name, format_, selection)
                return
        except (UnreadableFile, OSError) as error:
            self._skip(file, name, "unread", _reason(error))
            return
        known = self._catalogue.file(file.path)
        try:
            data = read_bytes(file.path, self._max_bytes)
        except UnreadableFile as error:
            self._skip(file, name, "unread", error.reason)
            return
        digest = sha256(data)
        # A file that no reader knew is tried again: there may be a new reader now.
        if known and known.layout and known.sha256 == digest and known.source == name:
            self._report.files_unchanged += 1
            return
        try:
            page = decode(file.path, unpacked(file.path, data, self._max_bytes))
        except UnreadableFile as error:
            self._forget(file, digest, name, error.reason)
            return
        reader = self._registry.recognise(page)
        if reader is None:
            self._forget(file, digest, name, NO_LAYOUT)
            return
        try:
            reading = _whole_reading(file.path, page, reader)
        except UnreadableFile as error:
            self._skip(file, name, digest, error.reason)
            return
        change = self._catalogue.put_file(file, digest, name, layout=reader.layout, reading=reading)
        self._count(change)

    def _format(self, file: SourceFile) -> Format | None:
        """The format of a file of records, unless the reader of a known layout takes its page."""
        format_ = recognise(file.path)
        if format_ is None or packing(file.path) or file.path.stat().st_size > self._max_bytes:
            return format_
        # Its beginning must do: a file of records may be far larger than any page.
        page = Page(read_head(file.path).replace("\r\n", "\n"))
        reader = self._registry.recognise(page)
        return format_ if reader is None or reader.layout == GENERAL else None

    def _import(self, file: SourceFile, name: str, format_: Format, selection: Selection) -> None:
        size = file.path.stat().st_size // MB
        self._observer.stage(f"Reading {file.name} (MB)", size)
        tally = self._importer.read(file, name, format_, selection, self._observer.advance)
        self._report.files_unchanged += tally.unchanged
        self._report.papers_new += tally.new
        self._report.papers_updated += tally.updated
        self._report.papers_removed += tally.removed

    def _skip(self, file: SourceFile, name: str, digest: str, reason: str) -> None:
        """Report a file that cannot be read now, keeping what an earlier reading gave."""
        known = self._catalogue.file(file.path)
        if known is None or known.layout is None:
            self._forget(file, digest, name, reason)
        self._unread[file.path] = reason

    def _forget(self, file: SourceFile, digest: str, name: str, reason: str) -> None:
        """Note a file whose content is no page, or no longer one."""
        self._count(self._catalogue.put_file(file, digest, name, problem=reason))

    def _find_missing(
        self,
        before: Sequence[FileState],
        paths: list[Path],
        found: dict[str, SourceFile],
        *,
        prune: bool,
    ) -> None:
        folders = [path.resolve() for path in paths if path.is_dir()]
        gone = find_gone(before, self._catalogue.files(), folders, found)
        # Only now: had they gone before the new names were read, their texts would be embedded
        # again.
        for path in (*gone.renamed, *(gone.inside if prune else ())):
            self._count(self._catalogue.remove_file(path))
        self._report.renamed += [RenamedFile(str(path), now) for path, now in gone.renamed.items()]
        # What was moved may as well be on a disk that is not mounted now: it is never pruned.
        self._report.moved += map(str, gone.moved)
        self._report.missing += map(str, () if prune else gone.inside)

    def _count(self, change: Change) -> None:
        """Note which papers came, stayed or went; files of one run may touch one paper."""
        for paper_id in change.new:
            self._existed.setdefault(paper_id, False)
        for paper_id in change.updated | change.removed:
            self._existed.setdefault(paper_id, True)
        self._gone = (self._gone | change.removed) - change.new - change.updated

    def _describe(self, files: Sequence[SourceFile]) -> None:
        report = self._report
        given = called(files)
        left_out = self._importer.left_out()
        report.skipped += [SkippedFile(printable(each.path), each.reason) for each in self._closed]
        for file in files:
            state = self._catalogue.file(file.path)
            if state is None:
                continue
            if reason := self._unread.get(file.path, state.problem):
                report.skipped.append(SkippedFile(given[printable(file.path)], reason))
                continue
            report.files += 1
            report.rows_read += state.rows
            report.rows_rejected += state.rejects
            report.rows_left_out += left_out.get(printable(file.path), 0)
        report.rejected = [
            RejectedRow(given[path], reject.line, reject.reason)
            for path, reject in self._catalogue.rejects()
            if path in given
        ]
        for paper_id, existed in self._existed.items():
            gone = paper_id in self._gone
            report.papers_new += not existed and not gone
            report.papers_updated += existed and not gone
            report.papers_removed += existed and gone
        counts = self._catalogue.counts()
        report.papers, report.passages = counts["papers"], counts["passages"]


def _reason(error: UnreadableFile | OSError) -> str:
    if isinstance(error, UnreadableFile):
        return error.reason
    return f"cannot be read ({error.strerror})"


def _whole_reading(path: Path, page: Page, reader: Reader) -> Reading:
    """A page's reading, with whatever the reader overlooked among its rejects."""
    try:
        reading = checked(page, reader.read(page))
    except Exception as error:
        # A plug-in's fault must not keep the other files out; it is reported with the file.
        raise UnreadableFile(
            path, f"the reader {reader.layout!r} failed ({type(error).__name__}: {error})"
        ) from error
    return replace(reading, rejects=tuple(map(_bounded, reading.rejects)))


def _bounded(reject: Reject, limit: int = 4000) -> Reject:
    if len(reject.raw) <= limit:
        return reject
    return Reject(reject.line, reject.reason, reject.raw[:limit] + "…")
