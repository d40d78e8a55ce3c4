"""Reads `arxiv`: papers fetched from arXiv's API, as `indexer.sources.arxiv` keeps them.

A withdrawn paper stays a paper, with arXiv's words about it as a note. Comment, journal
reference and DOI have no field of their own and go to the notes as well.
"""

from __future__ import annotations

import re
from typing import Any

from indexer.identity import parse_arxiv_id
from indexer.language import language_of
from indexer.paper import Row, Text
from indexer.readers.fetched import FetchedLines, lines_of, list_of, text_of
from indexer.readers.markup import EntryError, clean, find_date, unwrap

_NOTES = (("journal", "journal_ref"), ("doi", "doi"))
# "Withdrawn from NeurIPS" is about a conference, not about arXiv.
_WITHDRAWN = re.compile(
    r"\b(?:has|have) been withdrawn\b|\bwithdrawn by\b|^withdrawn(?! from)\b", re.IGNORECASE
)
_NOTICE = re.compile(
    r"(?:this|the) (?:paper|article|submission|manuscript|work|preprint) "
    r"(?:has been|is|was) withdrawn\b",
    re.IGNORECASE,
)


class FetchedArxiv(FetchedLines):
    """The reader of `arxiv`."""

    layout = "arxiv"

    def date(self, delivery: dict[str, Any]) -> str | None:
        """The day on which the archive first saw these papers."""
        return find_date(text_of(delivery, "first_fetched"))

    def row(self, number: int, record: dict[str, Any]) -> Row:
        """A record's row. Raises `EntryError`."""
        if "unreadable" in record:
            raise EntryError("arXiv's entry lacks its id or a date")
        stated = text_of(record, "id")
        if (found := parse_arxiv_id(stated)) is None:
            raise EntryError(f"{stated!r} is no arXiv id")
        if not (title := text_of(record, "title")):
            raise EntryError("the title is empty")
        abstract = unwrap(lines_of(record, "abstract"))
        text = Text("abstract", language_of(abstract), abstract)  # of any repository
        notice = bool(_NOTICE.match(abstract))
        notes = [f"withdrawn: {abstract}"] if notice else []
        if comment := text_of(record, "comment"):
            kind = "withdrawn" if _WITHDRAWN.search(comment) else "comment"
            notes.append(f"{kind}: {comment}")
        for name, field in _NOTES:
            if stated := text_of(record, field):
                notes.append(f"{name}: {stated}")
        categories = (text_of(record, "primary_category"), *list_of(record, "categories"))
        return Row(
            line=number,
            end_line=number,
            title=title,
            title_language=language_of(title),
            arxiv_id=found.key,
            version=found.version,
            url=f"https://arxiv.org/abs/{found.key}",
            published=find_date(text_of(record, "published")),
            updated=find_date(text_of(record, "updated")),
            texts=() if notice or not abstract else (text,),
            authors=tuple(clean(name) for name in list_of(record, "authors") if name),
            categories=tuple(dict.fromkeys(each for each in categories if each)),
            notes=tuple(notes),
        )
