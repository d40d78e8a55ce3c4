"""Commands that follow a subject: watch, feed."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embeddings.errors import BadQuery, InputError
from search_api import channels, console
from search_api.commands.options import (
    Author,
    Category,
    From,
    HasCode,
    Home,
    Json,
    Limit,
    Source,
    To,
    Topic,
    hint,
    narrowed,
    opened,
    show_listing,
    show_value,
)
from search_api.commands.output import replacing
from search_api.feed import Format, render
from search_api.running import find_server
from search_api.search import check_limit
from search_api.topics.sets import topics_of
from search_api.watches import MIN_SCORE, Run, RunReport, Watch, Watches

app = typer.Typer()
watch = typer.Typer(no_args_is_help=True)
app.add_typer(watch, name="watch")
MinScore = Annotated[
    float, typer.Option(help="Least score of a paper that is near enough, 0 to 1.")
]


@watch.callback()
def group() -> None:
    """Save searches by meaning, and list what is new for each."""


@watch.command(
    epilog="Examples: archive watch add 'state space models' · "
    "archive watch add 扩散模型加速 --name fast-diffusion --category cs.CV"
)
def add(
    query: Annotated[str, typer.Argument(help="What to look for, in either language.")],
    name: Annotated[str | None, typer.Option(help="Its name, instead of the query.")] = None,
    min_score: MinScore = MIN_SCORE,
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Save a search."""
    narrowing = narrowed(date_from, date_to, topic, category, source, author, has_code)
    with opened(home) as archive:
        hint(archive, narrowing)
        added = Watches(archive.catalogue).add(
            query, name=name, narrowing=narrowing, min_score=min_score
        )
    show_value(added, lambda it: console.out.print(Text(f"Watching {it.name!r}.")), json)


@watch.command("list")
def list_watches(home: Home = None, json: Json = False) -> None:
    """List the saved searches."""
    with opened(home) as archive:
        found = Watches(archive.catalogue).all()
    lines = [_line(each) for each in found] or [
        "No search is saved; `archive watch add` saves one."
    ]
    show_listing([asdict(each) for each in found], lines, json)


@watch.command(epilog="Examples: archive watch run · archive watch run fast-diffusion --json")
def run(
    name: Annotated[str | None, typer.Argument(help="One saved search; all without.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """List what is new for each saved search since it was last run."""
    with opened(home) as archive:
        watches = Watches(archive.catalogue)
        chosen = [watches.get(name)] if name is not None else watches.all()
        if not chosen:
            raise InputError("No search is saved; `archive watch add QUERY` saves one.")
        searcher = find_server(archive.home) or archive.searcher
        runs = (watches.run(each, searcher) for each in chosen)
        # Only what was printed whole may count as shown.
        if json:
            report = RunReport(tuple(runs))
            console.print_json(report)
            watches.mark(report.watches)
        else:
            for each in runs:
                _print_run(each)
                watches.mark([each])


@watch.command()
def remove(
    name: Annotated[str, typer.Argument(help="The saved search.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Forget a saved search, and what it has shown."""
    with opened(home) as archive:
        watches = Watches(archive.catalogue)
        removed = watches.get(name)
        watches.remove(name)
    show_value(removed, lambda it: console.out.print(Text(f"Removed {it.name!r}.")), json)


@app.command(
    epilog="Examples: archive feed --watch fast-diffusion --output public/diffusion.xml · "
    "archive feed --category cs.CV --format rss"
)
def feed(
    watch: Annotated[str | None, typer.Option(help="Feed of this saved search.")] = None,
    query: Annotated[str | None, typer.Option(help="Feed of what is near to this query.")] = None,
    topic: Annotated[str | None, typer.Option(help="Feed of this topic.")] = None,
    category: Annotated[str | None, typer.Option(help="Feed of this arXiv category.")] = None,
    min_score: MinScore = MIN_SCORE,
    limit: Limit = channels.DEFAULT_LIMIT,
    form: Annotated[Format, typer.Option("--format", help="Atom 1.0 or RSS 2.0.")] = "atom",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write, instead of standard output."),
    ] = None,
    address: Annotated[
        str | None, typer.Option("--url", help="Address at which the feed will be found.")
    ] = None,
    home: Home = None,
) -> None:
    """Write a feed of the newest papers, for any feed reader.

    A paper is as new as its publication or, where that was earlier, as its coming into the archive.
    """
    check_limit(limit, 0)
    if sum(given is not None for given in (watch, query, topic, category)) != 1:
        raise BadQuery("give one of --watch, --query, --topic and --category")
    if query is None and min_score != MIN_SCORE:
        raise BadQuery("--min-score goes with --query; a saved search has its own")
    if address is not None and not address.startswith(("http://", "https://")):
        raise BadQuery(f"{address!r} is no address of a feed; write http:// or https://")
    with opened(home) as archive:
        catalogue, server = archive.catalogue, find_server(archive.home)
        classify = (server or archive).classify_all
        if topic is not None:
            topics = partial(topics_of, catalogue, archive.home, "all")
            channel = channels.labelled(catalogue, "topic", topic, classify, limit, topics)
        elif category is not None:
            channel = channels.labelled(catalogue, "category", category, classify, limit)
        else:
            searcher = server or archive.searcher
            if watch is not None:
                channel = channels.watched(catalogue, searcher, watch, limit)
            else:
                channel = channels.searched(
                    catalogue, searcher, query or "", min_score=min_score, limit=limit
                )
    data = render(channel, form, address=address).encode()
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with replacing(output) as file:  # nobody may meet half a feed
        file.write(data)


def _line(watch: Watch) -> str:
    query = "" if watch.query == watch.name else f"  {watch.query}"
    ran = (
        f"{watch.shown} papers shown, last run {watch.last_run}" if watch.last_run else "never run"
    )
    return f"{watch.name}{query}  from {watch.min_score:.2f}, {ran}"


def _print_run(run: Run) -> None:
    since = f" since {run.since}" if run.since else ""
    console.out.print(Text(f"{run.name}: {len(run.results)} new{since}", style="bold"))
    if run.results:
        console.print_results(run.results, run.took_ms)
