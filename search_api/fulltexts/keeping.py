"""A full text on its way into an archive: known already, or kept in a file and read in.

It is kept in a file first and read into the archive then, so that a job that was stopped
anywhere is finished by the same call. Where texts come from is `adding`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

from embeddings.errors import InputError
from indexer.fulltexts import kept
from indexer.fulltexts.text import FullText, Source
from indexer.identity import paper_key
from indexer.paper import Paper
from indexer.readers.written import about
from search_api.archive import Archive
from search_api.fulltexts.listing import known_files, take_out


@dataclass(frozen=True, slots=True)
class Added:
    """A full text that was added, or that was there as it is (`known`).

    `warning` says what may be wrong with it. `passages` counts what of it can be found; where
    another text of the paper counts, there are none, and `instead` is that one's source.
    """

    paper_id: str
    title: str
    source: Source
    blocks: int
    passages: int
    file: str
    known: bool = False
    warning: str | None = None
    instead: Source | None = None


def keep(archive: Archive, paper: Paper, text: FullText, warnings: list[str]) -> Added:
    """Keep a text and read it in. Raises `InputError`, `UnreadableFile` for one too large."""
    source = text.source
    if paper_key(about(paper.paper_id, paper.title)) != paper.paper_id:
        raise InputError(
            f"Nothing can be kept about {paper.paper_id}: its id cannot be stated in a file; merge "
            "it into a paper that has an arXiv id or a DOI (`archive merge`)."
        )
    path = kept.path_of(archive.home / kept.FOLDER, paper.paper_id, source.version)
    same = _same_file(archive, paper, source.sha256)
    before = kept.read_head(path) if path.exists() else None
    max_bytes = archive.settings.max_file_mb * 2**20
    kept.write(path, paper.paper_id, paper.title, text, max_bytes)
    if moved := [p for p in known_files(archive) if p.name == path.name and not p.exists()]:
        archive.remove(moved)
    archive.index([path], source=kept.SOURCE)
    if before is not None:
        warnings = [*warnings, f"replaces the text of {before.source.origin}"]
    # The same file, now that somebody says which version it is.
    if unnamed := [each.path for each in same if each.source.version is None]:
        take_out(archive, unnamed)
    return _added(archive, kept.read_head(path), warning="; ".join(warnings) or None)


def known(archive: Archive, paper: Paper, digest: str, version: int | None) -> Added | None:
    """The kept text of this very file, read into the archive where a killed run left it.

    None also where it is kept as another version than the one that is named.
    """
    for each in _same_file(archive, paper, digest):
        if version in (None, each.source.version):
            archive.index([each.path], source=kept.SOURCE)
            return _added(archive, each, known=True)
    return None


def _same_file(archive: Archive, paper: Paper, digest: str) -> list[kept.Kept]:
    current = archive.catalogue.decisions().current
    return [
        each
        for each in kept.kept(archive.home / kept.FOLDER)
        if current(each.paper_id) == paper.paper_id and each.source.sha256 == digest
    ]


def _added(
    archive: Archive, each: kept.Kept, *, known: bool = False, warning: str | None = None
) -> Added:
    paper = archive.paper(each.paper_id)
    facts = paper.fulltext
    used = facts is not None and facts.source == each.source
    return Added(
        paper.paper_id,
        paper.title,
        each.source,
        facts.blocks if used and facts is not None else 0,
        archive.catalogue.fulltext_passages(paper.paper_id) if used else 0,
        str(each.path),
        known,
        warning,
        None if used or facts is None else facts.source,
    )
