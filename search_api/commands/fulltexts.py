"""Commands that keep whole texts of papers: add, fetch, list, remove."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embeddings.errors import BadQuery
from indexer.fulltexts.text import Source
from indexer.sources.base import count
from search_api import console
from search_api.commands.options import Home, Json, opened, show_listing, show_value
from search_api.fulltexts import adding, listing
from search_api.fulltexts.keeping import Added
from search_api.fulltexts.listing import Removed

app = typer.Typer()
_group = typer.Typer(
    no_args_is_help=True, help="Whole texts of papers, so that answers cite pages."
)
app.add_typer(_group, name="fulltext")


@_group.command(
    epilog="Examples: archive fulltext add 1706.03762v7.pdf · "
    "archive fulltext add paper.pdf --paper 1706.03762"
)
def add(
    files: Annotated[list[Path], typer.Argument(help="PDFs or HTML pages that you have.")],
    paper: Annotated[
        str | None,
        typer.Option(help="Id of the paper; not needed where a file's name is its arXiv id."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also where the title is not where the file begins.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Take the text of files into the archive, with its sections and pages.

    The text is kept below the archive's folder `fulltext`; the file itself is not. Searches find
    it, and answers cite it with page and section. References are left out. Exports leave full
    texts out.
    """
    if paper is not None and len(files) > 1:
        raise BadQuery("--paper names the paper of one file; give files one by one")
    with opened(home, own=True) as archive:
        _show(adding.add(archive, files, paper, force=force), json)


@_group.command(
    epilog="Examples: archive fulltext fetch 1706.03762 · archive fulltext fetch 1706.03762v5 --pdf"
)
def fetch(
    paper_id: Annotated[list[str], typer.Argument(help="Papers of the archive, by arXiv id.")],
    pdf: Annotated[
        bool, typer.Option("--pdf", help="The PDF, which has pages, not the HTML version.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Download these papers from arXiv, in HTML where there is one, else as PDF.

    This is the only command that downloads full texts. It asks politely, one file after the
    other, also after one that does not come; whoever keeps what it brings keeps to the licence of
    each paper.
    """
    with opened(home, own=True) as archive:
        _show(adding.fetch(archive, paper_id, pdf=pdf), json)


@_group.command("list")
def list_(home: Home = None, json: Json = False) -> None:
    """List the full texts that are kept."""
    with opened(home) as archive:
        found = listing.listing(archive)
    lines = [
        f"{each.paper_id}  {_source(each.source)}  {each.title}" + " (not used)" * (not each.used)
        for each in found
    ]
    empty = ["No full text is kept; `archive fulltext add FILE` adds one."]
    show_listing([asdict(each) for each in found], [*map(console.harmless, lines)] or empty, json)


@_group.command(
    epilog="Examples: archive fulltext remove 1706.03762 · archive fulltext remove 1706.03762v5"
)
def remove(
    paper_id: Annotated[list[str], typer.Argument(help="Papers, or versions of them.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Take full texts out and delete what was kept of them; the papers' records stay."""
    with opened(home, own=True) as archive:
        done = listing.remove(archive, paper_id)
    show_value(done, _print_removed, json)


def _show(added: Iterator[Added], json: bool) -> None:
    """Print each text as it is added: what was done stands, should a later one fail."""
    items = []
    try:
        for each in added:
            items.append(asdict(each))
            if each.warning:
                console.err.print(Text(f"archive: {each.file}: {each.warning}"), soft_wrap=True)
            if not json:
                _print_added(each)
    finally:
        if json:
            show_listing(items, [], json)


def _print_added(each: Added) -> None:
    source = each.source
    done = "is here already" if each.known else "added"
    if not each.known or each.instead:
        done += f", {_use(each)}"
    left = ", references left out" if source.references else ""
    said = Text(f"{each.paper_id}  {_source(source)}: {done}{left}  ")
    said.append(each.title, style="bold")
    console.out.print(said, soft_wrap=True)


def _use(each: Added) -> str:
    """How much of a text can be found, or why nothing."""
    if each.instead is None:
        return count(each.passages, "passage")
    other = each.instead.version
    if other == each.source.version:
        return "not used: one of the same version is kept that was added later"
    if each.source.version is not None:
        return f"not used: {_version(each.instead)} is kept, which is newer"
    return (
        f"not used: v{other} is kept, and a file of unknown version counts as older; `archive "
        f"fulltext remove {each.paper_id}v{other}` takes that one out, or name the version of this "
        f"one with --paper {each.paper_id}vN"
    )


def _print_removed(done: Removed) -> None:
    for each in done.files:
        console.out.print(Text(f"Removed {each}"), soft_wrap=True)


def _source(source: Source) -> str:
    pages = count(source.pages, "page") if source.pages else "no pages"
    return f"{_version(source)}, {source.format.upper()}, {pages}"


def _version(source: Source) -> str:
    return "version unknown" if source.version is None else f"v{source.version}"
