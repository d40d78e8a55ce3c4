"""Full texts as jobs: add files, or fetch them from arXiv.

A text is kept in a file first and read into the archive then, so a job that was stopped
anywhere is finished by the same call. Nothing else in the product downloads a full text.
Options and printing belong to `search_api.commands.fulltexts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from embeddings.errors import InputError, UnreadableFile
from indexer.files import read_bytes, sha256
from indexer.fulltexts import kept
from indexer.fulltexts.text import FullText, Source
from indexer.identity import ArxivId, paper_key
from indexer.language import language_of
from indexer.paper import Paper
from indexer.readers.written import about
from search_api.archive import Archive
from search_api.fulltexts.listing import known_files
from search_api.fulltexts.meant import of_file, on_arxiv


@dataclass(frozen=True, slots=True)
class Added:
    """A full text that was added, or that was there as it is (`known`).

    `warning` says what may be wrong with it. `passages` counts what of it can be found; there
    are none of a version that is older than another one that is kept.
    """

    paper_id: str
    title: str
    source: Source
    blocks: int
    passages: int
    file: str
    known: bool = False
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A full text of a paper before it is kept."""

    paper: Paper
    text: FullText
    warning: str | None


def add(
    archive: Archive, files: Sequence[Path], paper_id: str | None = None, *, force: bool = False
) -> Iterator[Added]:
    """Add files, each of the paper that its name gives unless `paper_id` does; one by one.

    A file that is another paper's by its title is refused without `force`. Raises
    `UnreadableFile`, `UnknownPaper`, `ConfigError` where the library is missing.
    """
    from indexer.fulltexts.extract import extract, is_of  # libraries that nothing else needs

    named = [(path, of_file(archive, path, paper_id)) for path in files]  # before any is read
    for path, (paper, version) in named:
        data = read_bytes(path, archive.settings.max_file_mb * 2**20)
        known = _known(archive, paper, sha256(data))
        if known is not None:
            yield _added(archive, known, known=True)
            continue
        archive.observer.stage(f"Reading {path.name}", 0)
        try:
            found = extract(data)
        except InputError as error:
            raise UnreadableFile(path, str(error)) from error
        stamp = found.stamp
        if stamp is not None and stamp.key == paper.arxiv_id:
            version = version or stamp.version
        titles = [title.text for title in paper.titles if title.text]
        warning = None
        if not is_of(found, titles, paper.arxiv_id):
            warning = _doubt(paper, found.beginning, stamp)
            same = {language_of(title) for title in titles}
            sure = stamp is not None or language_of(found.beginning) in same
            if sure and not force:
                raise UnreadableFile(path, f"{warning}; --force takes it all the same")
        source = Source(
            found.format, path.name, sha256(data), _now(), version, found.pages, found.references
        )
        yield _keep(archive, _Found(paper, FullText(source, found.blocks), warning))


def fetch(archive: Archive, paper_ids: Sequence[str], *, pdf: bool = False) -> Iterator[Added]:
    """Fetch the files of papers from arXiv and add them, one by one; ids may name a version.

    Raises `UnknownPaper`, `SourceError`, `UnreadableFile`, `ConfigError` where a library is
    missing.
    """
    from indexer.fulltexts.arxiv import ArxivFiles

    wanted = [on_arxiv(archive, each) for each in paper_ids]  # before anything is asked for
    waits = archive.observer.stage
    with closing(ArxivFiles(archive.settings, lambda why: waits(f"Waiting: {why}", 0))) as files:
        for paper, arxiv in wanted:
            waits(f"Fetching {arxiv.key}", 0)
            got = files.fetch(arxiv, pdf=pdf)
            digest, found = sha256(got.data), got.extracted
            known = _known(archive, paper, digest)
            if known is not None:
                yield _added(archive, known, known=True)
                continue
            source = Source(
                found.format, got.url, digest, _now(), got.version, found.pages, found.references
            )
            yield _keep(archive, _Found(paper, FullText(source, found.blocks), None))


def _keep(archive: Archive, found: _Found) -> Added:
    paper, source = found.paper, found.text.source
    if paper_key(about(paper.paper_id, paper.title)) != paper.paper_id:
        raise InputError(
            f"Nothing can be kept about {paper.paper_id}: its id cannot be stated in a file; merge "
            "it into a paper that has an arXiv id or a DOI (`archive merge`)."
        )
    folder = archive.home / kept.FOLDER
    path = kept.path_of(folder, paper.paper_id, source.version)
    kept.write(path, paper.paper_id, paper.title, found.text)
    if moved := [p for p in known_files(archive) if p.name == path.name and not p.exists()]:
        archive.remove(moved)
    archive.index([path], source=kept.SOURCE)
    return _added(archive, kept.read_head(path), warning=found.warning)


def _known(archive: Archive, paper: Paper, digest: str) -> kept.Kept | None:
    """The kept text of this very file, read into the archive where a killed run left it."""
    for each in kept.kept(archive.home / kept.FOLDER):
        if each.paper_id == paper.paper_id and each.source.sha256 == digest:
            archive.index([each.path], source=kept.SOURCE)
            return each
    return None


def _added(
    archive: Archive, each: kept.Kept, *, known: bool = False, warning: str | None = None
) -> Added:
    paper = archive.paper(each.paper_id)
    facts = paper.fulltext
    used = facts is not None and facts.source == each.source
    counted = archive.catalogue.fulltext_passages(paper.paper_id) if used else 0
    blocks = facts.blocks if used and facts is not None else 0
    return Added(
        paper.paper_id, paper.title, each.source, blocks, counted, str(each.path), known, warning
    )


def _doubt(paper: Paper, beginning: str, stamp: ArxivId | None) -> str:
    if stamp is not None and paper.arxiv_id is not None and stamp.key != paper.arxiv_id:
        return f"is the file of {stamp.key} by arXiv's stamp, not of {paper.arxiv_id}"
    said = " ".join(beginning.split())[:80]
    return (
        f"seems to be another paper: the title “{paper.title}” is not where it begins (“{said}…”)"
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
