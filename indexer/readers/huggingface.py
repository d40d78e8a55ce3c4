"""Reads `huggingface`: daily papers as Hugging Face's API gives them, a day a file.

`upvotes` and the code's address are kept as such; its summary by a model is a `tldr`, and
its keywords, which are no topics of a digest, and the project's page go to the notes.
"""

from __future__ import annotations

from typing import Any

from indexer.identity import parse_arxiv_id
from indexer.language import language_of
from indexer.paper import Row, Text, TextKind
from indexer.readers.fetched import FetchedLines, lines_of, list_of, text_of
from indexer.readers.markup import EntryError, find_date, find_urls, unwrap

_TEXTS: tuple[tuple[TextKind, str], ...] = (("abstract", "summary"), ("tldr", "ai_summary"))


class FetchedHuggingFace(FetchedLines):
    """The reader of `huggingface`."""

    layout = "huggingface"

    def date(self, delivery: dict[str, Any]) -> str | None:
        """The day whose page shows these papers."""
        return find_date(text_of(delivery, "window"))

    def row(self, number: int, record: dict[str, Any]) -> Row:
        """A record's row. Raises `EntryError`."""
        if not isinstance(paper := record.get("paper"), dict):
            raise EntryError("the record holds no paper")
        # The outer record repeats some fields of the inner one, which older days lack.
        paper = record | {name: value for name, value in paper.items() if value}
        if not (title := text_of(paper, "title")):
            raise EntryError("the title is empty")
        stated = text_of(paper, "id")
        found = parse_arxiv_id(stated)
        texts = [(kind, unwrap(lines_of(paper, field))) for kind, field in _TEXTS]
        names = [
            text_of(each, "name") for each in list_of(paper, "authors") if isinstance(each, dict)
        ]
        keywords = ", ".join(map(str, list_of(paper, "ai_keywords")))
        notes = {"keywords": keywords, "project": text_of(paper, "projectPage")}
        votes = record["paper"].get("upvotes")
        return Row(
            line=number,
            end_line=number,
            title=title,
            title_language=language_of(title),
            arxiv_id=found.key if found else None,
            version=found.version if found else None,
            url=f"https://huggingface.co/papers/{stated}" if stated else None,
            published=find_date(text_of(paper, "publishedAt")),
            texts=tuple(Text(kind, language_of(text), text) for kind, text in texts if text),
            authors=tuple(name for name in names if name),
            code_urls=find_urls(text_of(paper, "githubRepo")),
            notes=tuple(f"{name}: {value}" for name, value in notes.items() if value),
            upvotes=votes if isinstance(votes, int) else None,
        )
