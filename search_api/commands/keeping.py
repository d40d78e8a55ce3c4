"""Commands that keep an archive: index, what is in it, remove, rebuild, serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from embeddings.errors import BadQuery
from indexer.bulk.selection import Selection
from indexer.report import IndexReport
from search_api import console
from search_api.archive import Archive
from search_api.commands.options import (
    Home,
    Json,
    Model,
    StoreOption,
    opened,
    show_listing,
    show_value,
)
from search_api.filters import Narrowing
from search_api.folders import changed, check_folders, check_there, follow
from search_api.running import noted

app = typer.Typer()
BULK = "Of files of records, only those"


@app.command(
    epilog="Examples: archive index ~/digests · archive index page.md --source my-digest · "
    "archive index arxiv-metadata.json.gz --category cs.CL --from 2024 --no-embed"
)
def index(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of pages or records.")],
    home: Home = None,
    source: Annotated[
        str | None, typer.Option(help="Name of the digest, instead of the files' names.")
    ] = None,
    prune: Annotated[
        bool, typer.Option(help="Take out files that vanished from the folders.")
    ] = False,
    category: Annotated[
        list[str] | None,
        typer.Option(help="In this category, or this archive; repeatable.", rich_help_panel=BULK),
    ] = None,
    date_from: Annotated[
        str | None,
        typer.Option("--from", help="From this day, month or year on.", rich_help_panel=BULK),
    ] = None,
    date_to: Annotated[
        str | None,
        typer.Option("--to", help="Up to this day, month or year.", rich_help_panel=BULK),
    ] = None,
    embed: Annotated[
        bool, typer.Option("--embed/--no-embed", help="Or leave it to `archive embed`.")
    ] = True,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on whenever the folders change, until Ctrl-C.")
    ] = False,
    model: Model = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Read digest pages and files of records into the archive, recognised by content.

    Records are JSON lines, arXiv's metadata snapshot, CSV, BibTeX, RIS, CSL-JSON and what
    `archive export` wrote, also packed by gzip, xz or zip; they are streamed in. Unchanged
    files are not read again, and an interrupted run goes on where it stopped. A file that was
    renamed or moved is known by its content.
    """
    check_there(paths)
    if watch:
        check_folders(paths)
        if json:
            raise BadQuery("--watch never ends, so there is no --json for it")
    days = Narrowing(date_from, date_to).to_filter()
    selection = Selection(tuple(sorted(category or ())), days.date_from, days.date_to)

    def run(archive: Archive) -> IndexReport:
        return archive.index(paths, source=source, prune=prune, selection=selection, embed=embed)

    def again() -> list[str]:
        with opened(home, model=model, store=store, own=True) as archive:
            before = archive.catalogue.files()
            report = run(archive)
            return changed(before, archive.catalogue.files(), report, told)

    told: set[str] = set()  # missing files
    try:
        with opened(home, model=model, store=store, own=True, make=True) as archive:
            report, folder = run(archive), archive.home
        told.update((*report.missing, *report.moved))
        show_value(report, console.print_report, json)
        if watch:
            _say(f"Watching {', '.join(map(str, paths))}; Ctrl-C stops.")
            for line in follow(paths, folder, again):
                _say(line)
    except KeyboardInterrupt:
        if not watch:
            raise
        _say("Stopped.")


def _say(line: str) -> None:
    console.err.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command()
def embed(
    home: Home = None, model: Model = None, store: StoreOption = None, json: Json = False
) -> None:
    """Embed what `archive index --no-embed` left; interrupted, run it again."""
    with opened(home, model=model, store=store, own=True) as archive:
        report = archive.index([])
    show_value(report, console.print_report, json)


@app.command()
def stats(home: Home = None, json: Json = False) -> None:
    """Print what the archive holds."""
    with opened(home) as archive:
        found = archive.stats()
    show_value(found, console.print_stats, json)


@app.command()
def rejects(home: Home = None, json: Json = False) -> None:
    """List what could not be read: entries, with file, line and reason, and whole files."""
    with opened(home) as archive:
        items: list[dict[str, Any]] = [
            {"file": path, "line": reject.line, "reason": reject.reason, "raw": reject.raw}
            for path, reject in archive.catalogue.rejects()
        ]
        items += [
            {"file": str(file.path), "line": 0, "reason": file.problem, "raw": ""}
            for file in archive.catalogue.files()
            if file.problem
        ]
    lines = [f"{item['file']}:{item['line']}: {item['reason']}" for item in items]
    show_listing(items, lines or ["Nothing was rejected."], json)


@app.command()
def files(home: Home = None, json: Json = False) -> None:
    """List the files in the archive."""
    with opened(home) as archive:
        items = [
            {
                "file": str(file.path),
                "source": file.source,
                "layout": file.layout,
                "rows": file.rows,
                "rejects": file.rejects,
                "problem": file.problem,
            }
            for file in archive.catalogue.files()
        ]
    lines = [
        f"{item['file']}  {item['problem'] or item['layout']}  {item['rows']} entries"
        for item in items
    ]
    show_listing(items, lines or ["No file was indexed yet."], json)


@app.command()
def remove(
    paths: Annotated[list[Path], typer.Argument(help="Indexed files to take out.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Take files out of the archive, with every paper and text that only they told."""
    with opened(home, own=True) as archive:
        report = archive.remove(paths)
    show_value(report, console.print_report, json)


@app.command(epilog="Example: archive rebuild --model BAAI/bge-m3")
def rebuild(
    home: Home = None, model: Model = None, store: StoreOption = None, json: Json = False
) -> None:
    """Embed everything anew, to change the model or the store or to repair the store."""
    with opened(home, model=model, store=store, own=True) as archive:
        report = archive.rebuild()
    show_value(report, console.print_report, json)


@app.command(epilog="Example: archive serve --port 8080, then open http://127.0.0.1:8080/docs")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")
    ] = 8000,
    home: Home = None,
) -> None:
    """Run the HTTP API until interrupted; the archive's searches then go through it."""
    from search_api.server import run  # the web framework, which no other command needs

    with opened(home, own=True) as archive:
        _ = archive.asker  # what is wrong is told now, not at the first request
        run(archive, host, port, lambda url: noted(archive.home, url))
