"""Reads `written`: parts of summaries that a language model wrote, one paper a line.

`search_api.parts.kept` writes such files. They have no date: a paper is not news on the day on
which a model wrote about it. A paper about which nothing held has a line, but no row.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from indexer.identity import doi_link, parse_arxiv_id
from indexer.language import language_of
from indexer.paper import WRITTEN, Language, Row, Text, TextKind
from indexer.passages import STRUCTURED
from indexer.readers.base import Page, Reading
from indexer.readers.fetched import FetchedLines, list_of
from indexer.readers.markup import EntryError


class WrittenParts(FetchedLines):
    """The reader of `written`."""

    layout = WRITTEN

    def read(self, page: Page) -> Reading:
        """Read one row per paper of which a part was written."""
        reading = super().read(page)
        return replace(reading, rows=tuple(row for row in reading.rows if row.texts))

    def date(self, delivery: dict[str, Any]) -> str | None:
        """None."""
        return None

    def row(self, number: int, record: dict[str, Any]) -> Row:
        """A record's row. Raises `EntryError`."""
        if not (paper_id := _string(record, "paper_id")):
            raise EntryError("the paper's id is empty")
        language = _string(record, "language")
        if language not in get_args(Language):
            raise EntryError(f"{language!r} is no language")
        texts = [_text(part, language) for part in list_of(record, "parts")]
        return replace(about(paper_id, _string(record, "title"), number), texts=tuple(texts))


def about(paper_id: str, title: str, line: int = 1) -> Row:
    """A row about a paper of the archive that says nothing but which paper it is.

    The title is that of a paper known by nothing else; others have theirs from elsewhere.
    """
    found = parse_arxiv_id(paper_id)
    doi = paper_id.removeprefix("doi:") if paper_id.startswith("doi:") else None
    title = "" if found or doi else title
    return Row(
        line=line,
        end_line=line,
        title=title,
        title_language=language_of(title),
        arxiv_id=found.key if found else None,
        url=doi_link(doi) if doi else None,
    )


def _text(part: Any, language: Any) -> Text:
    kinds: dict[Any, TextKind] = {kind: kind for kind in STRUCTURED}
    record = part if isinstance(part, dict) else {}
    kind = kinds.get(record.get("kind"))
    sentences = [
        _string(each, "text") for each in list_of(record, "sentences") if isinstance(each, dict)
    ]
    if kind is None or not all(sentences) or not sentences:
        raise EntryError("a part lacks its kind or its sentences")
    return Text(kind, language, ("" if language == "zh" else " ").join(sentences))


def _string(record: dict[str, Any], name: str) -> str:
    """A field as it stands: it was verified so."""
    value = record.get(name)
    return value if isinstance(value, str) else ""
