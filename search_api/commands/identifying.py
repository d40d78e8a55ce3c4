"""Commands about which papers are one: duplicates, merge, split, identity."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from embeddings.errors import BadQuery
from indexer.deciding import Place
from indexer.decisions import Decision
from search_api import console
from search_api.commands.options import Home, Json, opened, show_listing, show_value
from search_api.suggestions import Suggestions, suggest

app = typer.Typer()
identity = typer.Typer(no_args_is_help=True)
app.add_typer(identity, name="identity")


@app.command()
def duplicates(home: Home = None, json: Json = False) -> None:
    """List papers that may be one work under several ids, why, and how to merge them."""
    with opened(home, own=True) as archive:
        found = suggest(archive.catalogue, archive.store)
    show_value(found, _print_suggestions, json)


@app.command(
    epilog="Examples: archive merge 2501.00001 doi:10.1000/x · "
    "archive merge title:52d5d6a7f5fe4c3b --into 2501.00001"
)
def merge(
    ids: Annotated[list[str], typer.Argument(help="Papers that are one, by id or link.")],
    into: Annotated[
        str | None, typer.Option(help="The id that stands; the arXiv id unless told.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Make papers one record, now and whenever pages are read; all ids go on finding it."""
    with opened(home, own=True) as archive:
        made = archive.merge(ids, into)
    show_value(made, _print_made, json)


@app.command(epilog="Example: archive split 2501.00001 --row daily_2025-01-05.md:12")
def split(
    paper_id: Annotated[str, typer.Argument(help="The paper, by id or link.")],
    row: Annotated[
        list[str],
        typer.Option(help="Where a row was seen that is not about it, FILE:LINE; repeatable."),
    ],
    home: Home = None,
    json: Json = False,
) -> None:
    """Make rows of a paper one of their own, now and whenever pages are read.

    `archive show` lists where a paper was seen. Rows that say the very same go along.
    """
    places = [_place(each) for each in row]
    with opened(home, own=True) as archive:
        made = archive.split(paper_id, places)
    show_value(made, _print_made, json)


@identity.callback()
def group() -> None:
    """What was merged and split by hand."""


@identity.command("list")
def list_decisions(home: Home = None, json: Json = False) -> None:
    """List what was merged and split, the oldest first."""
    with opened(home) as archive:
        made = archive.catalogue.decisions().made
    lines = [f"{each.number}  {each.made_at}  {_said(each)}" for each in made]
    items = [asdict(each) for each in made]
    show_listing(items, lines or ["Nothing was merged or split."], json)


@identity.command(epilog="Examples: archive identity undo · archive identity undo 3")
def undo(
    number: Annotated[
        int | None, typer.Argument(help="A number from `archive identity list`; the last without.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Take back a merge or a split."""
    with opened(home, own=True) as archive:
        undone = archive.undo(number)
    show_value(undone, lambda it: _print(f"Taken back: {_said(it)}"), json)


def _place(text: str) -> Place:
    file, _, line = text.rpartition(":")
    if not file or not line.isdecimal():
        raise BadQuery(f"--row is FILE:LINE, such as daily_2025-01-05.md:12, not {text!r}")
    return Place(file, int(line))


def _said(decision: Decision) -> str:
    if decision.kind == "merge":
        return f"{', '.join(decision.members)} merged into {decision.paper_id}"
    return f"{decision.paper_id} taken out of {decision.origin}"


def _print_made(made: Decision) -> None:
    _print(f"{_said(made)}. `archive identity undo {made.number}` takes it back.")


def _print_suggestions(found: Suggestions) -> None:
    for each in found.items:
        for paper in each.papers:
            seen = ", ".join(paper.sources)
            _print(f"{paper.paper_id}  {paper.date or 'no date'}  {paper.title}  ({seen})")
        for match in each.evidence:
            _print(f"    {match.one} and {match.other}: {match.because} {match.detail}")
        _print(f"    {each.command}")
    if not found.items:
        _print("No two papers look like one.")


def _print(text: str) -> None:
    console.out.print(text, markup=False, highlight=False, soft_wrap=True)
