"""Which paper of the archive, and which version of it, somebody means."""

from __future__ import annotations

import re
from pathlib import Path

from embeddings.errors import InputError, UnknownPaper
from indexer.identity import ArxivId, parse_arxiv_id
from indexer.paper import Paper
from search_api.archive import Archive

_ID = re.compile(r"(?:arxiv:)?(?:\d{4}\.\d{4,5}|[a-z.-]+_\d{7})(?:v\d+)?", re.IGNORECASE)


def of_file(archive: Archive, path: Path, paper_id: str | None) -> tuple[Paper, int | None]:
    """The paper that a file is of, and the version that its name gives.

    Raises `InputError` where neither the name nor `paper_id` says it, or the paper is not here.
    """
    named = _named(path.stem)
    given = parse_arxiv_id(paper_id) if paper_id else named
    if paper_id is None and named is None:
        raise InputError(
            f"{path}: its name is no arXiv id; say which paper it is of with --paper ID"
        )
    version = given.version if given else None
    if version is None and named is not None and (given is None or given.key == named.key):
        version = named.version
    return _held(archive, paper_id or (named.key if named else "")), version


def _named(stem: str) -> ArxivId | None:
    """The id that a file's name is; none where it says more ("2401.00001_supplement")."""
    # A name has no slash: "hep-th_9901001".
    return parse_arxiv_id(stem.replace("_", "/")) if _ID.fullmatch(stem) else None


def on_arxiv(archive: Archive, paper_id: str) -> tuple[Paper, ArxivId]:
    """A paper, and how arXiv names it, with the version that is meant, if one is.

    Raises `InputError` for one that is not on arXiv.
    """
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
