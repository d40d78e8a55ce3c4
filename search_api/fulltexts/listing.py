"""Which full texts are kept, and taking them out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import InputError, UnknownPaper
from indexer.fulltexts import kept
from indexer.fulltexts.text import FULLTEXT, Source
from indexer.identity import parse_arxiv_id
from indexer.paper import Paper
from indexer.report import IndexReport
from search_api.archive import Archive


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


def remove(archive: Archive, paper_ids: Sequence[str]) -> Removed:
    """Take out the full texts of papers, or of the versions that ids name.

    Raises `InputError` where there is none, before any is taken out.
    """
    files = list(dict.fromkeys(path for each in paper_ids for path in _files(archive, each)))
    return Removed([str(path) for path in files], take_out(archive, files))


def take_out(archive: Archive, files: Sequence[Path]) -> IndexReport:
    """Take kept files out of the archive and delete them."""
    names = {path.name for path in files}
    report = archive.remove([path for path in known_files(archive) if path.name in names])
    for path in files:
        path.unlink(missing_ok=True)  # those that a killed run left unread
    return report


def listing(archive: Archive) -> list[Listed]:
    """Every full text that is kept. Raises `UnreadableFile`."""
    found = []
    for each in kept.kept(archive.home / kept.FOLDER):
        paper = _current(archive, each.paper_id)
        facts = paper.fulltext if paper is not None else None
        used = facts is not None and facts.source == each.source
        found.append(Listed(each.paper_id, each.title, each.source, str(each.path), used))
    return found


def known_files(archive: Archive) -> list[Path]:
    """The files of full texts that the catalogue knows; of a home that was moved, as they were."""
    return [each.path for each in archive.catalogue.files() if each.layout == FULLTEXT]


def _files(archive: Archive, paper_id: str) -> Iterator[Path]:
    given = parse_arxiv_id(paper_id)
    paper = _current(archive, paper_id)
    ids = {paper_id.strip(), given.key if given else "", paper.paper_id if paper else ""}
    current = archive.catalogue.decisions().current
    found = [
        each.path
        for each in kept.kept(archive.home / kept.FOLDER)
        if ids & {each.paper_id, current(each.paper_id)}
        and (given is None or given.version in (None, each.source.version))
    ]
    if not found:
        raise InputError(f"No full text of {paper_id} is kept; `archive fulltext list` lists them.")
    yield from found


def _current(archive: Archive, paper_id: str) -> Paper | None:
    try:
        return archive.paper(paper_id)
    except UnknownPaper:
        return None
