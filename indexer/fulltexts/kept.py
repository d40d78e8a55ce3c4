"""The files in which full texts are kept: one for each paper and version, one block a line.

The first line says whose text it is and which file it was taken out of. The files are ordinary
input of the archive, read by `indexer.readers.fulltext`, so everything can be made anew from
them without the PDFs, and they can be indexed into another archive. An export leaves them out:
it is made to be passed on, and papers are their publishers'.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from embeddings.errors import UnreadableFile
from indexer.fulltexts.text import FULLTEXT, FullText, Source
from indexer.identity import parse_arxiv_id
from indexer.kept_lines import replace_lines
from indexer.readers.fetched import MARK

FOLDER = FULLTEXT
"""Below the archive's home."""
SOURCE = FULLTEXT
"""What full texts are called as a source; no filter knows it."""
_SOURCE = TypeAdapter(Source)


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file, as its first line tells of it."""

    path: Path
    paper_id: str
    title: str
    source: Source


def path_of(folder: Path, paper_id: str, version: int | None) -> Path:
    """The file of a paper's version, by its arXiv id where it has one."""
    named = parse_arxiv_id(paper_id)
    digest = hashlib.sha256(paper_id.encode()).hexdigest()[:16]
    # Not the id itself: a DOI may hold a date, which a file's name must not seem to give.
    stem = named.key.replace("/", "_") if named else f"paper-{digest}"
    return folder / f"{stem}{f'v{version}' if version else ''}.jsonl"


def write(path: Path, paper_id: str, title: str, text: FullText, max_bytes: int) -> None:
    """Replace a file at once: a crash leaves the old one or the new one.

    Raises `UnreadableFile` before that where it would be too large to be read again.
    """
    head: dict[str, Any] = {MARK: FULLTEXT, "paper_id": paper_id, "title": title}
    blocks = ({"page": b.page, "section": b.section, "text": b.text} for b in text.blocks)
    lines = (head | asdict(text.source), *blocks)
    size = sum(len(json.dumps(line, ensure_ascii=False).encode()) + 1 for line in lines)
    if size > max_bytes:
        raise UnreadableFile(
            text.source.origin,
            f"has {size / 2**20:.1f} MB of text, more than the limit of {max_bytes / 2**20:.0f} "
            "MB; raise ARCHIVE_MAX_FILE_MB",
        )
    replace_lines(path, lines)


def read_head(path: Path) -> Kept:
    """What a file tells of itself. Raises `UnreadableFile`."""
    try:
        with path.open(encoding="utf-8") as file:
            head = json.loads(file.readline())
        if head[MARK] != FULLTEXT:
            raise ValueError("another kind of file")
        return Kept(path, head["paper_id"], head["title"], source_of(head))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(
            path, "does not begin as a kept full text does; delete it and add the text again"
        ) from error


def source_of(head: dict[str, Any]) -> Source:
    """What a file's first line says of where the text is from. Raises `ValueError`."""
    try:
        return _SOURCE.validate_python({k: v for k, v in head.items() if k in _FIELDS})
    except ValidationError as error:
        raise ValueError(f"the first line lacks something ({error.errors()[0]['msg']})") from error


_FIELDS = frozenset(Source.__dataclass_fields__)


def kept(folder: Path) -> list[Kept]:
    """All kept files, in order. Raises `UnreadableFile`."""
    return [read_head(path) for path in sorted(folder.glob("*.jsonl"))]
