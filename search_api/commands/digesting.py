"""Commands that publish from the archive: digest."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from indexer.writers.registry import WRITERS
from search_api import console
from search_api.commands.options import (
    Category,
    From,
    Home,
    Json,
    Source,
    To,
    Topic,
    hint,
    opened,
)
from search_api.commands.output import replacing
from search_api.digests.digest import Digest, write_digest
from search_api.digests.duplicates import same_works
from search_api.digests.edition import (
    DEFAULT_LAYOUT,
    Edition,
    Languages,
    as_papers_have,
    read_days,
    remember_shown,
    shown,
)
from search_api.running import find_server
from search_api.topics.sets import TopicSet, labels_of

app = typer.Typer()


@app.command(
    epilog="Examples: archive digest --date 2025-09-29 · archive digest --from 2025-09-22 "
    "--to 2025-09-28 --layout arxiv-by-category --language zh --output week.md"
)
def digest(
    date: Annotated[
        str | None, typer.Option(help="Of this day, month or year.", rich_help_panel="Filters")
    ] = None,
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    new: Annotated[
        bool,
        typer.Option(
            "--new",
            help="Only papers that no earlier digest with --new and the same filters, layout and "
            "language has shown; needs no date.",
            rich_help_panel="Filters",
        ),
    ] = False,
    layout: Annotated[
        str, typer.Option(help=f"One of {', '.join(WRITERS)}.", rich_help_panel="Output")
    ] = DEFAULT_LAYOUT,
    language: Annotated[
        Languages, typer.Option(help="Of titles, texts and notes.", rich_help_panel="Output")
    ] = "both",
    sorted_by: Annotated[
        TopicSet | None,
        typer.Option(
            "--classify",
            help="Under topics of this set, as `archive classify --set` finds them, instead of "
            "those that digests gave.",
            rich_help_panel="Output",
        ),
    ] = None,
    written: Annotated[
        bool,
        typer.Option(
            "--written/--no-written",
            help="Texts that a language model wrote, marked so in a note.",
            rich_help_panel="Output",
        ),
    ] = True,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="File to write, instead of printing.", rich_help_panel="Output"
        ),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Write a digest of some days as Markdown, in a layout that `archive index` reads.

    It holds the papers that were published on these days or that a digest showed on them.
    A paper with no text in the language asked for keeps what it has.
    """
    edition = Edition(
        read_days(date, date_from, date_to),
        layout,
        language,
        tuple(topic or ()),
        tuple(category or ()),
        tuple(source or ()),
        sorted_by,
        written,
    )
    with opened(home) as archive:
        catalogue = archive.catalogue
        if sorted_by:
            labels = labels_of(catalogue, archive.home, sorted_by, edition.topics)
            edition = replace(edition, topics=labels)
        hint(archive, edition.narrowing)
        edition = as_papers_have(catalogue, edition)
        server = find_server(archive.home)
        # The store is opened only where there are papers to compare.
        same = (
            server.same_works if server else lambda ids: same_works(catalogue, archive.store, ids)
        )
        page = write_digest(
            catalogue,
            edition,
            same,
            (server or archive).classify_all,
            without=shown(catalogue, edition) if new else None,
        )
        _show(page, output, json)
        if new:  # only once it is written
            told = (each for entry in page.entries for each in (entry.paper_id, *entry.same_work))
            remember_shown(catalogue, edition, told)


def _show(written: Digest, output: Path | None, json: bool) -> None:
    for each in written.left_out:
        _say(f"left out {each}")
    if not written.entries:
        _say("no papers; the digest says so")
    if output is not None:
        with replacing(output) as file:
            file.write(written.text.encode())
        _say(f"{len(written.entries)} papers written to {output}")
    if json:
        console.print_json(_report(written))
    elif output is None:
        # As bytes: a page is UTF-8 whatever the terminal is.
        text = console.harmless(written.text) if sys.stdout.isatty() else written.text
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()


def _report(written: Digest) -> dict[str, Any]:
    return {
        "layout": written.edition.layout,
        "from": written.edition.days.first,
        "to": written.edition.days.last,
        "papers": [
            {
                "paper_id": entry.paper_id,
                "title": entry.title,
                "same_work": entry.same_work,
                "notes": entry.notes,
            }
            for entry in written.entries
        ],
        "left_out": written.left_out,
        "text": written.text,
    }


def _say(message: str) -> None:
    console.err.print(f"archive: {message}", markup=False, highlight=False, soft_wrap=True)
