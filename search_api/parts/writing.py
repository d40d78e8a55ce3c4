"""Writing missing parts as one job: ask a model for them, keep them, read them into the archive.

Every paper's parts are kept before the next paper is begun, so a job that was stopped anywhere
is finished by the same call. Options and printing belong to `search_api.commands.writing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.errors import BadQuery, ConfigError, InputError, LanguageModelError
from indexer.files import read_bytes, sha256
from indexer.paper import TextKind
from indexer.report import IndexReport
from indexer.stores.lock import own
from search_api.answers.writer import open_writer
from search_api.archive import Archive
from search_api.parts import kept
from search_api.parts.author import Author, sources_of
from search_api.parts.missing import Task, Wanted, find_missing
from search_api.parts.part import DroppedSentence, FailedPart, Part

PATIENCE = 3
"""Failures of a model in a row after which it is asked no more."""


@dataclass(slots=True)
class WritingReport:
    """What was written.

    `papers` are those that the model was asked about, `asked` and `written` count parts;
    `known`, `without_abstract` and `unnamed` are what it was not asked for, as in `Missing`.
    `stopped` says why a run ended early. `file` is where the parts are kept, if any were asked
    for.
    """

    model: str
    papers: int = 0
    asked: int = 0
    written: int = 0
    known: int = 0
    without_abstract: int = 0
    dropped: list[DroppedSentence] = field(default_factory=list)
    failed: list[FailedPart] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    stopped: str | None = None
    file: str | None = None
    index: IndexReport | None = None


def write_parts(archive: Archive, wanted: Wanted) -> WritingReport:
    """Do a job; an interruption ends it as a report, not as an error.

    Raises `UnknownPaper`, `BadQuery` for a limit below 1 or a bad filter, `ConfigError` where no
    language model is named, `InputError` for an empty archive, `StoreBusy` where another process
    writes.
    """
    if wanted.limit is not None and wanted.limit < 1:
        raise BadQuery(f"the limit must be at least 1, not {wanted.limit}")
    if not archive.catalogue.counts()["papers"]:
        raise InputError("The archive is empty; fill it with `archive index PATH…`.")
    writer = open_writer(archive.settings, archive.embedder)
    if writer is None:
        raise ConfigError("No language model is named: give --llm, or set ARCHIVE_LLM.")
    author = Author(writer)
    folder = archive.home / kept.FOLDER
    lock = own(folder, archive.settings.lock_timeout)
    try:
        return _Run(archive, author, folder).write(wanted)
    finally:
        lock.release()


class _Run:
    """One run; it alone writes into the folder."""

    def __init__(self, archive: Archive, author: Author, folder: Path) -> None:
        self._archive = archive
        self._author = author
        self._folder = folder
        self._report = WritingReport(author.name)

    def write(self, wanted: Wanted) -> WritingReport:
        kept.mend(self._folder)
        self._read(kept.paths(self._folder))  # what a killed run left unread
        keeper = kept.Keeper(self._folder, self._author.name)
        try:
            self._write_all(self._missing(wanted), keeper)
        except KeyboardInterrupt:
            self._report.stopped = "interrupted"
        if keeper.path.exists():
            self._report.file = str(keeper.path)
            self._read([keeper.path])
        return self._report

    def _missing(self, wanted: Wanted) -> list[list[Task]]:
        before = set() if wanted.again else kept.asked_before(self._folder, self._author.name)
        missing = find_missing(self._archive.catalogue, wanted, before)
        self._report.known = missing.known
        self._report.without_abstract = missing.without_abstract
        self._report.unnamed = missing.unnamed
        return missing.papers

    def _write_all(self, papers: Sequence[list[Task]], keeper: kept.Keeper) -> None:
        self._archive.observer.stage(f"Writing with {self._author.name}", len(papers))
        in_a_row = 0
        for tasks in papers:
            self._report.papers += 1
            for task in tasks:
                parts, dropped = list[Part](), dict[TextKind, int]()
                try:
                    for kind in task.kinds:
                        failed = self._write(task, kind, parts, dropped)
                        in_a_row = in_a_row + 1 if failed else 0
                        if in_a_row == PATIENCE:
                            self._report.stopped = f"the model failed {PATIENCE} times in a row"
                            return
                finally:
                    if dropped:
                        keeper.keep(task.paper, task.language, task.abstract, parts, dropped)
                        self._report.written += len(parts)
            self._archive.observer.advance()

    def _write(
        self, task: Task, kind: TextKind, parts: list[Part], dropped: dict[TextKind, int]
    ) -> bool:
        """Whether the model failed at one part; else it is among the parts, if any of it holds."""
        paper_id, language = task.paper.paper_id, task.language
        said = [each.text for part in parts for each in part.sentences]
        self._report.asked += 1
        try:
            draft = self._author.write(kind, language, sources_of(task.paper, task.abstract), said)
        except LanguageModelError as error:
            self._report.failed.append(FailedPart(paper_id, kind, language, str(error)))
            return True
        dropped[kind] = len(draft.dropped)
        self._report.dropped += [
            DroppedSentence(paper_id, kind, language, each.text, each.reason)
            for each in draft.dropped
        ]
        if draft.sentences:
            parts.append(Part(kind, draft.sentences))
        return False

    def _read(self, paths: Sequence[Path]) -> None:
        """Read files into the archive, but for those that it knows as they are."""
        catalogue = self._archive.catalogue
        for path in paths:
            known = catalogue.file(path.resolve())
            if known is None or known.sha256 != sha256(read_bytes(path)):
                source = kept.source_name(kept.model_of(path))
                self._report.index = self._archive.index([path], source=source)
