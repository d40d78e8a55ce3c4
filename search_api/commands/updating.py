"""The command for the clock: bring everything that is followed up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embeddings.errors import IncompleteFetch
from indexer.settings import read_settings
from search_api import console
from search_api.commands.options import Home, Json, opened, show_value
from search_api.updating import FILE, Update, read_plan
from search_api.updating import update as run_update

app = typer.Typer()


@app.command(epilog="Example, for cron: archive update --home ~/papers --json")
def update(
    config: Annotated[
        Path | None,
        typer.Option(
            help=f"File that says what to do; {FILE} in the archive's folder unless told."
        ),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Do all that one TOML file says, in its tables `fetch` and `index`.

    A table `fetch` has what `archive fetch` is told (category, topic, author, ids and oai as lists;
    query, hf, from, to, updated), a table `index` paths, and source and prune if wanted.

    The exit status is 0 only if every step was done and nothing is missing.
    """
    path = config or (home or read_settings().home).expanduser() / FILE
    plan = read_plan(path)
    with opened(home, own=True, make=True) as archive:
        done = run_update(archive, plan, path.resolve().parent)
    show_value(done, _print_update, json)
    if failed := done.failed:
        raise IncompleteFetch(
            f"{len(failed)} of {len(done.steps)} steps not done: {failed[0].step}: "
            f"{failed[0].problem}"
        )


def _print_update(done: Update) -> None:
    for step in done.steps:
        counts = f"{step.papers_new} new, {step.papers_updated} updated"
        counts += f", {step.papers_removed} removed" * bool(step.papers_removed)
        counts += f", {step.rows_rejected} entries rejected" * bool(step.rows_rejected)
        console.out.print(Text(f"{step.status}  {step.step}: {counts}"), soft_wrap=True)
        if step.problem:
            console.out.print(Text(f"  {step.problem}"), soft_wrap=True)
        for file in step.skipped:
            if not file.unread:  # else a problem, told above
                console.out.print(Text(f"  skipped {file.file}: {file.reason}"), soft_wrap=True)
    console.out.print(f"{done.papers} papers in the archive, {done.seconds:.1f} s.")
