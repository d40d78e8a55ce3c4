"""Full texts as jobs: add files, fetch them from arXiv, list them, take them out.

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

from embeddings.errors import InputError, UnknownPaper, UnreadableFile
from indexer.files import read_bytes, sha256
from indexer.fulltexts import kept
from indexer.fulltexts.text import FULLTEXT, FullText, Source
from indexer.identity import ArxivId, paper_key, parse_arxiv_id
from indexer.language import language_of
from indexer.paper import Paper
from indexer.pipeline import IndexReport
from indexer.readers.written import about
from search_api.archive import Archive


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
class Removed:
    """The files that were taken out, and what indexing made of it."""

    files: list[str]
    index: IndexReport


@dataclass(frozen=True, slots=True)
class Listed:
    """A kept full text; `used` where it is the version that counts, and its paper is here."""

    paper_id: str
    title: str
    source: Source
    file: str
    used: bool


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

    named = [(path, _paper(archive, path, paper_id)) for path in files]  # before any is read
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

    wanted = [_on_arxiv(archive, each) for each in paper_ids]  # before anything is asked for
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


def remove(archive: Archive, paper_ids: Sequence[str]) -> Removed:
    """Take out the full texts of papers, or of the versions that ids name.

    Raises `InputError` where there is none, before any is taken out.
    """
    files = list(dict.fromkeys(path for each in paper_ids for path in _files(archive, each)))
    names = {path.name for path in files}
    report = archive.remove([path for path in _read(archive) if path.name in names])
    for path in files:
        path.unlink(missing_ok=True)  # those that a killed run left unread
    return Removed([str(path) for path in files], report)


def listing(archive: Archive) -> list[Listed]:
    """Every full text that is kept. Raises `UnreadableFile`."""
    found = []
    for each in kept.kept(archive.home / kept.FOLDER):
        paper = _current(archive, each.paper_id)
        facts = paper.fulltext if paper is not None else None
        used = facts is not None and facts.source == each.source
        found.append(Listed(each.paper_id, each.title, each.source, str(each.path), used))
    return found


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
    if moved := [p for p in _read(archive) if p.name == path.name and not p.exists()]:
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


def _paper(archive: Archive, path: Path, paper_id: str | None) -> tuple[Paper, int | None]:
    """The paper that a file is of, and the version that its name gives."""
    named = parse_arxiv_id(path.stem.replace("_", "/"))
    given = parse_arxiv_id(paper_id) if paper_id else named
    if paper_id is None and named is None:
        raise InputError(
            f"{path}: its name is no arXiv id; say which paper it is of with --paper ID"
        )
    version = given.version if given else None
    if version is None and named is not None and (given is None or given.key == named.key):
        version = named.version
    return _held(archive, paper_id or path.stem.replace("_", "/")), version


def _on_arxiv(archive: Archive, paper_id: str) -> tuple[Paper, ArxivId]:
    paper, given = _held(archive, paper_id), parse_arxiv_id(paper_id)
    if given is None:
        given = parse_arxiv_id(paper.arxiv_id) if paper.arxiv_id else None
    if given is None:
        raise InputError(
            f"{paper.paper_id} is not on arXiv; add its file: archive fulltext add FILE --paper "
            f"{paper.paper_id}"
        )
    return paper, given


def _held(archive: Archive, paper_id: str) -> Paper:
    try:
        return archive.paper(paper_id)
    except UnknownPaper as error:
        arxiv = parse_arxiv_id(paper_id)
        how = (
            f"`archive fetch --ids {arxiv.key}` adds it"
            if arxiv
            else "`archive index` a page that tells of it"
        )
        raise InputError(f"{error} A full text needs its paper's record: {how}.") from error


def _read(archive: Archive) -> list[Path]:
    """The files of full texts that the catalogue knows; of a home that was moved, as they were."""
    return [each.path for each in archive.catalogue.files() if each.layout == FULLTEXT]


def _files(archive: Archive, paper_id: str) -> Iterator[Path]:
    given = parse_arxiv_id(paper_id)
    paper = _current(archive, paper_id)
    ids = {paper_id.strip(), given.key if given else "", paper.paper_id if paper else ""}
    found = [
        each.path
        for each in kept.kept(archive.home / kept.FOLDER)
        if each.paper_id in ids and (given is None or given.version in (None, each.source.version))
    ]
    if not found:
        raise InputError(f"No full text of {paper_id} is kept; `archive fulltext list` lists them.")
    yield from found


def _current(archive: Archive, paper_id: str) -> Paper | None:
    try:
        return archive.paper(paper_id)
    except UnknownPaper:
        return None


def _doubt(paper: Paper, beginning: str, stamp: ArxivId | None) -> str:
    if stamp is not None and paper.arxiv_id is not None and stamp.key != paper.arxiv_id:
        return f"is the file of {stamp.key} by arXiv's stamp, not of {paper.arxiv_id}"
    said = " ".join(beginning.split())[:80]
    return (
        f"seems to be another paper: the title “{paper.title}” is not where it begins (“{said}…”)"
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
