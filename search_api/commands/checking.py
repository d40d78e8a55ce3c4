"""Commands that check what the archive holds: check summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from search_api import console
from search_api.commands.options import Home, Json, opened, show_value

if TYPE_CHECKING:
    from search_api.checks.summaries import SummaryReport  # searches do without it

app = typer.Typer()
check = typer.Typer(no_args_is_help=True)
app.add_typer(check, name="check")


@check.callback()
def group() -> None:
    """Check what the archive holds."""


@check.command(
    epilog="Examples: archive check summaries · archive check summaries 2010.08895 --json"
)
def summaries(
    paper_ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of papers, or links; all papers without one.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Flag summaries whose numbers, names or claims disagree with the abstract."""
    with opened(home) as archive:
        report = archive.check_summaries(paper_ids)
    show_value(report, _print_report, json)


def _print_report(report: SummaryReport) -> None:
    for flag in report.flagged:
        head = Text(flag.title, style="bold")
        head.append(f"  {flag.paper_id} · {flag.kind}: {flag.reason}", style="cyan")
        console.out.print(head)
        for at, style in ((flag, "yellow"), (flag.against, "")):
            quote = Text(f"{at.field} ({at.language})  ", style="dim")
            quote.append(at.sentence, style=style)
            console.out.print(Padding(quote, (0, 0, 0, 4), expand=False))
    papers = len({flag.paper_id for flag in report.flagged})
    console.out.print(
        f"{len(report.flagged)} disagreements in {papers} of {report.checked} papers checked."
    )
