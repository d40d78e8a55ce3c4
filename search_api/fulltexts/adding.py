"""Full texts as jobs: add files, or fetch them from arXiv.

What becomes of a text then is the business of `keeping`. Nothing else in the product downloads a
full text. Options and printing belong to `search_api.commands.fulltexts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from embeddings.errors import (
    AbsentFile,
    IncompleteFetch,
    InputError,
    SourceError,
    UnreadableFile,
    UnusableAnswer,
)
from indexer.files import read_bytes, sha256
from indexer.fulltexts.text import FullText, Source
from indexer.identity import ArxivId
from indexer.language import language_of
from indexer.paper import Paper
from indexer.sources.base import count
from search_api.archive import Archive
from search_api.fulltexts.keeping import Added, keep, known
from search_api.fulltexts.meant import of_file, on_arxiv

_OF_ONE_PAPER = (AbsentFile, UnusableAnswer, UnreadableFile)
"""Faults of one paper's files, after which others may come."""


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
        digest = sha256(data)
        if (here := known(archive, paper, digest, version)) is not None:
            yield here
            continue
        archive.observer.stage(f"Reading {path.name}", 0)
        try:
            found = extract(data)
        except InputError as error:
            raise UnreadableFile(path, str(error)) from error
        stamp, warnings = found.stamp, []
        if stamp is not None and stamp.key == paper.arxiv_id:
            version = version or stamp.version
            if version != stamp.version:
                warnings = [f"is v{stamp.version} by arXiv's stamp, kept as v{version}"]
        titles = [title.text for title in paper.titles if title.text]
        if not is_of(found, titles, paper.arxiv_id):
            warnings = [_doubt(paper, found.beginning, stamp)]
            same = {language_of(title) for title in titles}
            sure = stamp is not None or language_of(found.beginning) in same
            if sure and not force:
                raise UnreadableFile(path, f"{warnings[0]}; --force takes it all the same")
        source = Source(
            found.format, path.name, digest, _now(), version, found.pages, found.references
        )
        yield keep(archive, paper, FullText(source, found.blocks), warnings)


def fetch(archive: Archive, paper_ids: Sequence[str], *, pdf: bool = False) -> Iterator[Added]:
    """Fetch the files of papers from arXiv and add them, one by one; ids may name a version.

    Raises `UnknownPaper`, `ConfigError` where a library is missing, and `IncompleteFetch` after
    the last paper, or where arXiv cannot be asked further, with those whose text did not come.
    """
    from indexer.fulltexts.arxiv import ArxivFiles

    wanted = [on_arxiv(archive, each) for each in paper_ids]  # before anything is asked for
    waits = archive.observer.stage
    lacking: list[str] = []
    with closing(ArxivFiles(archive.settings, lambda why: waits(f"Waiting: {why}", 0))) as files:
        for number, (paper, arxiv) in enumerate(wanted, 1):
            waits(f"Fetching {arxiv.key}", 0)
            try:
                got = files.fetch(arxiv, pdf=pdf)
            except (SourceError, UnreadableFile) as error:
                lacking.append(f"{arxiv.key}: {error}")
                if isinstance(error, _OF_ONE_PAPER):
                    continue
                lacking += [f"{each.key}: not asked for" for _, each in wanted[number:]]
                break
            digest, found = sha256(got.data), got.extracted
            if (here := known(archive, paper, digest, got.version)) is not None:
                yield here
                continue
            source = Source(
                found.format, got.url, digest, _now(), got.version, found.pages, found.references
            )
            yield keep(archive, paper, FullText(source, found.blocks), [])
    if lacking:
        raise IncompleteFetch(
            f"{len(lacking)} of {count(len(wanted), 'text')} did not come: {'; '.join(lacking)}"
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
