"""Writing missing parts as one job: which papers lack what, ask, keep, read into the archive.

Every paper's parts are kept before the next paper is begun, so a job that was stopped anywhere
is finished by the same call. Options and printing belong to `search_api.commands.writing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.errors import BadQuery, ConfigError, InputError, LanguageModelError
from indexer.files import read_bytes, sha256
from indexer.identity import paper_key
from indexer.paper import Language, OriginText, Paper, TextKind
from indexer.passages import STRUCTURED, payload_of
from indexer.pipeline import IndexReport
from indexer.readers.written import about
from indexer.stores.lock import own
from search_api.answers.writer import open_writer
from search_api.archive import Archive
from search_api.filters import Narrowing, admits
from search_api.parts import kept
from search_api.parts.author import Author, sources_of
from search_api.parts.part import DroppedSentence, FailedPart, Part, abstract_of, kinds_of

PATIENCE = 3
"""Failures of a model in a row after which it is asked no more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parts, in which languages, of which papers: those named, else those admitted.

    `limit` bounds the papers that the model is asked about; `again` asks also for what it was
    asked for before and did not get right.
    """

    paper_ids: tuple[str, ...] = ()
    kinds: tuple[TextKind, ...] = STRUCTURED
    languages: tuple[Language, ...] = ("zh", "en")
    narrowing: Narrowing = field(default_factory=Narrowing)
    limit: int | None = None
    again: bool = False


@dataclass(slots=True)
class WritingReport:
    """What was written.

    `papers` are those that the model was asked about, `asked` and `written` count parts, and
    `known` those that are not asked for again because nothing of them held before.
    `without_abstract` counts papers from which nothing can be written, `unnamed` lists those whose
    id no file can state, so that nothing can be kept about them. `stopped` says why a run
    ended early. `file` is where the parts are kept, if any were asked for.
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


@dataclass(frozen=True, slots=True)
class _Task:
    """The parts of one paper to be asked for in one language."""

    paper: Paper
    abstract: OriginText
    language: Language
    kinds: tuple[TextKind, ...]


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
            self._write_all(self._tasks(wanted), keeper)
        except KeyboardInterrupt:
            self._report.stopped = "interrupted"
        if keeper.path.exists():
            self._report.file = str(keeper.path)
            self._read([keeper.path])
        return self._report

    def _write_all(self, papers: Sequence[list[_Task]], keeper: kept.Keeper) -> None:
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
        self, task: _Task, kind: TextKind, parts: list[Part], dropped: dict[TextKind, int]
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

    def _tasks(self, wanted: Wanted) -> list[list[_Task]]:
        """What to ask for, paper by paper, the newest first."""
        before = set() if wanted.again else kept.asked_before(self._folder, self._author.name)
        found: list[list[_Task]] = []
        papers = sorted(self._papers(wanted), key=lambda paper: paper.date or "", reverse=True)
        for paper in papers:
            abstract = abstract_of(paper)
            if abstract is None:
                self._report.without_abstract += 1
                continue
            if paper_key(about(paper.paper_id, paper.title)) != paper.paper_id:
                self._report.unnamed.append(paper.paper_id)
                continue
            tasks = list(self._tasks_of(paper, abstract, wanted, before))
            if tasks and (wanted.limit is None or len(found) < wanted.limit):
                found.append(tasks)
        return found

    def _tasks_of(
        self, paper: Paper, abstract: OriginText, wanted: Wanted, before: set[kept.Asked]
    ) -> Iterator[_Task]:
        for language in wanted.languages:
            missing = [kind for kind in wanted.kinds if kind not in kinds_of(paper, language)]
            new = [k for k in missing if kept.asked(paper, language, k, abstract) not in before]
            self._report.known += len(missing) - len(new)
            if new:
                yield _Task(paper, abstract, language, tuple(new))

    def _papers(self, wanted: Wanted) -> Iterable[Paper]:
        if wanted.paper_ids:
            named = [self._archive.paper(each) for each in wanted.paper_ids]
            yield from {paper.paper_id: paper for paper in named}.values()
            return
        filter = wanted.narrowing.to_filter()
        for paper_id in self._archive.catalogue.paper_ids():
            paper = self._archive.catalogue.paper(paper_id)
            if paper is not None and admits(filter, payload_of(paper, "abstract", "en")):
                yield paper

    def _read(self, paths: Sequence[Path]) -> None:
        """Read files into the archive, but for those that it knows as they are."""
        catalogue = self._archive.catalogue
        for path in paths:
            known = catalogue.file(path.resolve())
            if known is None or known.sha256 != sha256(read_bytes(path)):
                source = kept.source_name(kept.model_of(path))
                self._report.index = self._archive.index([path], source=source)
