"""Blocks from paragraphs: which section and page each stands in, references left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexer.fulltexts.headings import follows_references, is_references, looks_listed, run_in
from indexer.fulltexts.paragraphs import Paragraph
from indexer.fulltexts.text import Block

_LOOK = 20
"""Paragraphs after a heading that tell whether it begins a list of references."""


def blocks(found: Iterable[Paragraph], *, paged: bool) -> tuple[tuple[Block, ...], bool]:
    """Blocks in order, and whether there was a list of references."""
    found = list(found)
    places: dict[tuple[int | None, int], list[str]] = {}
    sections = [""]
    listing = references = False
    level = 0
    for place, each in enumerate(found):
        text, heading = each.text, each.text if each.heading else None
        if not each.heading and (begun := run_in(text)):
            heading, text = begun
        # HTML says what is a heading. In a PDF it may be a word in a picture, and between
        # references much is printed as headings are.
        if heading is not None and paged and is_references(heading) and not _listed(found, place):
            heading = None
        if heading is not None:
            within = paged or each.level > level
            if listing and within and not follows_references(heading):
                continue
            listing, level = is_references(heading), each.level
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


def _listed(found: Sequence[Paragraph], place: int) -> bool:
    """Whether a list of references follows the heading at a place."""
    return looks_listed(" ".join(each.text for each in found[place + 1 : place + 1 + _LOOK]))
