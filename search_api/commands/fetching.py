"""Commands that fetch papers from the net and say what is there and what is not."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer
from rich.text import Text

from embeddings.errors import IncompleteFetch, InputError
from indexer.ledger import Ledger
from indexer.sources.base import count
from search_api import console
from search_api.commands.options import Home, Json, Model, StoreOption, opened, show_value
from search_api.fetching import Fetched, Job, Status
from search_api.fetching import fetch as fetch_job
from search_api.fetching import status as read_status
from search_api.topics.sets import categories_of

app = typer.Typer()

_ARXIV = "arXiv"
_OTHERS = "Other sources"


@app.command(
    epilog="Examples: archive fetch --category cs.CV --category cs.CL --from 2025-09-01 · "
    "archive fetch --ids 1706.03762,2010.11929v2 · archive fetch --hf 2025-09-30 --to today · "
    "archive fetch --oai cs --from 2025-09-01 --to today"
)
def fetch(
    category: Annotated[
        list[str] | None,
        typer.Option(help="Papers in this category; repeatable.", rich_help_panel=_ARXIV),
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(
            help="Papers in the categories that this topic's definition names; repeatable.",
            rich_help_panel=_ARXIV,
        ),
    ] = None,
    author: Annotated[
        list[str] | None,
        typer.Option(help="Papers by this author; repeatable.", rich_help_panel=_ARXIV),
    ] = None,
    query: Annotated[
        str,
        typer.Option(help="arXiv's query language, as ti:diffusion.", rich_help_panel=_ARXIV),
    ] = "",
    ids: Annotated[
        list[str] | None,
        typer.Option(help="These papers: ids, with commas; repeatable.", rich_help_panel=_ARXIV),
    ] = None,
    updated: Annotated[
        bool,
        typer.Option(help="By the day of the last version, not the first.", rich_help_panel=_ARXIV),
    ] = False,
    hf: Annotated[
        str | None,
        typer.Option(
            help="Hugging Face's daily papers of this day, or from it on to --to.",
            rich_help_panel=_OTHERS,
        ),
    ] = None,
    oai: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SET",
            help="What changed in this set of a repository, arXiv's unless ARCHIVE_OAI_URL names "
            'another: cs, cs:cs:CV, math; "all" for all of it; repeatable.',
            rich_help_panel=_OTHERS,
        ),
    ] = None,
    date_from: Annotated[
        str | None, typer.Option("--from", help="First day, of arXiv or a repository.")
    ] = None,
    date_to: Annotated[
        str | None, typer.Option("--to", help="Last day; today unless told, but for --hf.")
    ] = None,
    again: Annotated[
        bool, typer.Option(help="Ask also for what is here and whole already.")
    ] = False,
    home: Home = None,
    model: Model = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Fetch papers from arXiv, Hugging Face or an OAI-PMH repository into the archive.

    Days are UTC and may be "today" and "yesterday". An interrupted run goes on where it
    stopped, days that are whole are not asked for again, and `archive status` shows gaps.
    """
    with opened(home, model=model, store=store, own=True, make=True) as archive:
        categories = categories_of(archive.catalogue, archive.home, topic or (), category or ())
        job = Job(
            categories, tuple(author or ()), query, tuple(ids or ()), updated,
            date_from, date_to, hf, tuple(oai or ()),
        )  # fmt: skip
        done = fetch_job(archive, job, again=again)
    show_value(done, _print_fetched, json)
    if done.missing:
        more = f" (and {len(done.missing) - 1} more)" if len(done.missing) > 1 else ""
        raise IncompleteFetch(
            f"{done.source} is not whole: {done.missing[0]}{more}; the same command goes on"
        )


@app.command()
def status(
    source: Annotated[str | None, typer.Option(help="Of this source only.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Print what each source announced, gave and lacks, and how to fill the gaps."""
    with opened(home) as archive:
        found = read_status(archive, home, source)
    show_value(found, partial(_print_status, source), json)


@app.command(epilog="Example: archive unfollow 'cat:cs.CV'")
def unfollow(
    stream: Annotated[str, typer.Argument(help="What was asked, as `archive status` names it.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Expect nothing more of a stream; its papers stay."""
    with opened(home) as archive:
        if not Ledger(archive.catalogue).unfollow(stream):
            raise InputError(f"No stream {stream!r} is followed; `archive status` lists them.")
    said = Text(f"Nothing more is expected of {stream!r}.")
    show_value({"stream": stream, "followed": False}, lambda _: console.out.print(said), json)


def _print_fetched(done: Fetched) -> None:
    announced = "" if done.announced is None else f" of {done.announced} announced"
    console.out.print(
        Text(
            f"{done.source}, {done.stream}: {done.received} entries received{announced}, "
            f"{done.duplicates} twice; {count(done.asked, 'window')} asked for, {done.fresh} here."
        ),
        soft_wrap=True,
    )
    for each in done.missing:
        console.out.print(Text(f"  missing {each}"), soft_wrap=True)
    console.print_report(done.index)


def _print_status(source: str | None, found: Status) -> None:
    if not found.sources:
        none = "No source yet: nothing was fetched, and no dated page is indexed."
        if source is not None:
            none = f"Nothing was fetched from {source!r}, and no dated page of it is indexed."
        console.out.print(Text(none), soft_wrap=True)
    for each in found.sources:
        console.out.print(Text(" ".join((each.source, each.stream)).strip(), style="bold"))
        announced = "" if each.announced is None else f"{each.announced} announced, "
        days = each.first if each.days == 1 else f"{each.days} days, {each.first} to {each.last}"
        numbers = f"{announced}{each.received} received, {each.indexed} indexed"
        rest = f"{each.rejected} rejected, {count(each.gaps, 'gap')}"
        console.out.print(Text(f"  {days or 'nothing yet'}: {numbers}, {rest}"), soft_wrap=True)
    for gap in found.gaps:
        days = gap.first if gap.first == gap.last else f"{gap.first} to {gap.last}"
        console.out.print()
        console.out.print(Text(f"{gap.source} {days}: {gap.reason}"), soft_wrap=True)
        console.out.print(Text(f"  {gap.command}", style="cyan"), soft_wrap=True)
    for pages in found.undated:
        entries = "1 entry" if pages.entries == 1 else f"{pages.entries} entries"
        said = f"{pages.source}: {count(pages.pages, 'undated page')} with {entries} in no day"
        console.out.print(Text(said), soft_wrap=True)
