"""The command that gives the archive out again: export."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from embeddings.errors import BadQuery, InputError
from indexer.exports.base import written
from indexer.exports.open import ExportFormat, open_writer
from search_api import console
from search_api.commands.options import (
    PANEL,
    Author,
    Category,
    From,
    HasCode,
    Home,
    Source,
    To,
    Topic,
    hint,
    narrowed,
    opened,
)
from search_api.commands.output import replacing
from search_api.exporting import chosen
from search_api.running import find_server

app = typer.Typer()

# A comma may also be part of a DOI, and then no id begins behind it.
_BETWEEN_IDS = re.compile(
    r"\s+|,(?=\s|,|$|doi:|title:|split:|arxiv:|https?://|10\.\d|\d{4}\.\d|[a-z-]+(?:\.[a-z-]+)?/\d{7})",
    re.IGNORECASE,
)


@app.command(
    epilog="Examples: archive export > all.jsonl · "
    "archive export --format bibtex --query 扩散模型 --limit 20 --output diffusion.bib"
)
def export(
    form: Annotated[
        ExportFormat,
        typer.Option(
            "--format", help="jsonl is complete and can be indexed again; the rest are references."
        ),
    ] = "jsonl",
    query: Annotated[
        str | None,
        typer.Option("--query", "-q", help="The best papers for this.", rich_help_panel=PANEL),
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option(help="These papers, commas between; repeatable.", rich_help_panel=PANEL),
    ] = None,
    ids_from: Annotated[
        Path | None,
        typer.Option(
            help="A reading list: a file with an id or link in each line, - for standard input.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", help="At most so many papers; of a query 100 unless given."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file instead of standard output.")
    ] = None,
    home: Home = None,
) -> None:
    """Write papers as JSON lines, BibTeX, RIS or CSV, sorted by id; all, unless told which.

    The same archive always gives the same bytes. JSON lines hold everything that was read
    and where: `archive index` makes the same archive from them elsewhere. Full
    texts are left out: they are files of their own, below the archive's folder `fulltext`.
    """
    narrowing = narrowed(date_from, date_to, topic, category, source, author, has_code)
    wanted = [each for part in ids or () for each in _listed(part)]
    if ids_from is not None:
        wanted += _reading_list(ids_from)
    if (ids or ids_from is not None) and not wanted:
        raise BadQuery("the reading list is empty")
    with opened(home) as archive:
        hint(archive, narrowing)
        found = chosen(
            archive.catalogue,
            lambda: find_server(archive.home) or archive.searcher,
            query=query,
            paper_ids=wanted,
            narrowing=narrowing,
            limit=limit,
        )
        _write(written(open_writer(form), found), output)


def _listed(text: str) -> list[str]:
    return [each for each in _BETWEEN_IDS.split(text) if each]


def _reading_list(path: Path) -> list[str]:
    """The ids in a file, one in a line; what follows a `#` at a word's start is a comment."""
    try:
        text = sys.stdin.read() if path == Path("-") else path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a reading list ({error})") from error
    lines = (re.sub(r"(?:^|\s)#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def _write(pieces: Iterable[str], output: Path | None) -> None:
    if output is None:
        _pour(pieces, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with replacing(output) as file:
        _pour(pieces, file)
    console.err.print(f"Written to {output}", markup=False, highlight=False, soft_wrap=True)


def _pour(pieces: Iterable[str], file: Any) -> None:
    for piece in pieces:
        file.write(piece.encode())
