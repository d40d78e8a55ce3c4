"""RIS, which Zotero, EndNote and Mendeley read. rispy writes the entries."""

from __future__ import annotations

from typing import Any

import rispy
from bibtexparser.middlewares.names import parse_single_name_into_parts

from indexer.exports.record import Record
from indexer.exports.reference import CODE, Reference, is_family_first, is_group, reference


class Ris:
    """Writes each paper as an unpublished work, which is how RIS knows preprints."""

    media_type = "application/x-research-info-systems"
    suffix = ".ris"

    def head(self) -> str:
        """Nothing."""
        return ""

    def write(self, record: Record) -> str:
        """One entry, from `TY` to `ER`, and an empty line."""
        text: str = rispy.dumps([_entry(reference(record.paper))])
        # rispy numbers entries before their first line, which not every reader skips.
        return text[text.index("TY  - ") :].strip("\n") + "\n\n"


def _entry(paper: Reference) -> dict[str, Any]:
    date = "/".join(f"{part:02}" if part else "" for part in (paper.year, paper.month, paper.day))
    fields = {
        "type_of_reference": "UNPB",
        "title": paper.title,
        "authors": [_inverted(name) for name in paper.authors],
        "year": str(paper.year) if paper.year else None,
        "date": f"{date}/" if paper.year else None,
        "publisher": "arXiv" if paper.arxiv_id else None,
        "number": f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else None,
        "doi": paper.doi,
        "urls": [paper.url] if paper.url else None,
        "abstract": paper.abstract,
        "keywords": list(paper.keywords),
        "notes": [*paper.notes, *(CODE + url for url in paper.code_urls)],
        "id": paper.paper_id,
    }
    return {name: value for name, value in fields.items() if value}


def _inverted(name: str) -> str:
    """A name family name first, as RIS wants it: "Laurens van der Maaten" by its particles."""
    if "," in name or " " not in name or " and " in name.casefold() or is_group(name):
        return name
    if is_family_first(name):
        return name.replace(" ", ", ")
    parts = parse_single_name_into_parts(name, strict=False)
    family = " ".join([*parts.von, *parts.last])
    return f"{family}, {' '.join(parts.first)}" if parts.first else family
