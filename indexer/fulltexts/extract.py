"""A full text out of the bytes of a PDF or an HTML page, recognised by content.

Whether it is the paper that somebody means is told by `is_of`; what is kept of it where is the
business of `kept`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.errors import InputError
from indexer.fulltexts.edges import STAMP, STAMPED_DAY
from indexer.fulltexts.html import UnreadableHtml, read_html
from indexer.fulltexts.layout import blocks
from indexer.fulltexts.paragraphs import Paragraph, paragraphs
from indexer.fulltexts.pdf import UnreadablePdf, read_lines
from indexer.fulltexts.text import Block, Format
from indexer.fulltexts.titles import head, stands
from indexer.identity import ArxivId, find_arxiv_ids

MIN_CHARACTERS = 20
"""Of text on a page, on average; scanned pages have none, or a stamp's."""
_BEGINNING = 5000
"""Characters that tell a paper's language."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a file says: its blocks, how many pages it has, and whether references were left out.

    `head` is what stands before the abstract, with the title, and `beginning` some more of it.
    `stamp` is the arXiv id, with its version, that stands on arXiv's own files.
    """

    format: Format
    blocks: tuple[Block, ...]
    pages: int | None
    references: bool
    beginning: str
    head: str
    stamp: ArxivId | None


def extract(data: bytes) -> Extracted:
    """The full text in a file.

    Raises `InputError` that says why there is none, without the file's name; `ConfigError` where
    the library is missing.
    """
    if not data.strip():
        raise InputError("is empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    # Some servers and printers put a few bytes before the mark; readers allow for it.
    if b"%PDF-" in data[:1024]:
        pages, lines = read_lines(data)
        if sum(len(line.text) for line in lines) < MIN_CHARACTERS * pages:
            raise UnreadablePdf("has no text layer: its pages are pictures; run OCR over it first")
        first = [line.text for line in lines if line.page == 1]
        # A paper that is cited there may look like a stamp, which ends in a day.
        first.sort(key=lambda text: not (STAMP.match(text) and STAMPED_DAY.search(text)))
        return _made("pdf", paragraphs(lines), pages, "\n".join(first), False)
    if re.search(rb"<(?:!doctype\s+html|html|head|body|article|h1)\b", data[:4096], re.IGNORECASE):
        page = read_html(data)
        return _made("html", page.paragraphs, None, page.stamp, page.references)
    raise InputError("is neither a PDF nor an HTML page")


def _made(
    kind: Format, found: Sequence[Paragraph], pages: int | None, stamped: str, listed: bool
) -> Extracted:
    made, references = blocks(found, paged=pages is not None)
    if not made:
        missing = UnreadablePdf if kind == "pdf" else UnreadableHtml
        raise missing("has no text beside headings and references")
    beginning = "\n".join(each.text for each in found)[:_BEGINNING]
    stamp = STAMP.search(stamped)
    # With a version: without, it is a paper that this one cites on its first page.
    ids = [each for each in find_arxiv_ids(stamp[0]) if each.version] if stamp else []
    stamp_id = ids[0] if ids else None
    return Extracted(kind, made, pages, references or listed, beginning, head(found), stamp_id)


def is_of(extracted: Extracted, titles: Sequence[str], arxiv_id: str | None) -> bool:
    """Whether a file is a paper's: by arXiv's stamp, else by a title where it begins."""
    if extracted.stamp is not None and arxiv_id is not None:
        return extracted.stamp.key == arxiv_id
    return any(stands(title, extracted.head) for title in titles)
