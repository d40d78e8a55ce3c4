"""A paper's full text as the archive keeps it: blocks with their pages and sections.

Plain records: how they are taken out of a file is `extract`'s business, where they are kept
`kept`'s, and what of them is embedded that of `passages`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

FULLTEXT: Final = "fulltext"
"""The layout of kept full texts: of files, rows and sightings; also their passages' kind."""
Format = Literal["pdf", "html"]


@dataclass(frozen=True, slots=True)
class Block:
    """What stands in one section on one page; paragraphs are lines.

    `page` counts from 1 in the order of the file, and is None where there are no pages (HTML);
    `section` is the heading as printed, "" above the first one. `line` is the block's line in
    the kept file.
    """

    page: int | None
    section: str
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Which file a full text was taken out of, and when.

    `version` is the paper's, where it is known; `origin` is the file's name or its address;
    `sha256` is that of the file; `pages` is None without pages. `references` says that there
    is a list of references, which is left out.
    """

    format: Format
    origin: str
    sha256: str
    added: str
    version: int | None = None
    pages: int | None = None
    references: bool = False


@dataclass(frozen=True, slots=True)
class FullText:
    """A kept full text, whole."""

    source: Source
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class FullTextFacts:
    """What a paper's record says of its full text; `file` is the kept file's name."""

    file: str
    source: Source
    blocks: int
    characters: int


def newest(versions: Iterable[FullText]) -> FullText | None:
    """The full text that counts where several versions of a paper are kept."""
    return max(
        versions, key=lambda each: (each.source.version or 0, each.source.added), default=None
    )


def standing(page: int | None, section: str | None) -> str:
    """Where a sentence stands, for people: "p. 7, 4 Results"."""
    return ", ".join(part for part in (f"p. {page}" if page else "", section or "") if part)
