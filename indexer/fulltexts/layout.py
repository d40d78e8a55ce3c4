"""Blocks from paragraphs: which section and page each stands in, references left out."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.fulltexts.headings import follows_references, is_references, run_in
from indexer.fulltexts.paragraphs import Paragraph
from indexer.fulltexts.text import Block


def blocks(found: Iterable[Paragraph], *, paged: bool) -> tuple[tuple[Block, ...], bool]:
    """Blocks in order, and whether there was a list of references."""
    places: dict[tuple[int | None, int], list[str]] = {}
    sections = [""]
    listing = references = False
    for each in found:
        text, heading = each.text, each.text if each.heading else None
        if not each.heading and (begun := run_in(text)):
            heading, text = begun
        if heading is not None:
            # Between the references of a PDF much is printed as headings are; HTML names its own.
            if listing and paged and not follows_references(heading):
                continue
            listing = is_references(heading)
            references = references or listing
            sections.append(heading)
            if each.heading:
                continue
        if text and not listing:
            page = each.page if paged else None
            places.setdefault((page, len(sections) - 1), []).append(text)
    made = (
        Block(page, sections[section], "\n".join(texts), line)
        for line, ((page, section), texts) in enumerate(places.items(), 2)
    )
    return tuple(made), references
