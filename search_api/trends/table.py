"""How counts over time look in a terminal; what is counted is `trends`' business."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from search_api.console import err, out
from search_api.trends.trends import Change, Trends

_SHOWN = 10
"""Periods, the newest, that a table has at most."""
_NAME = 24
"""Columns of the terminal that are kept for a name."""
_AROUND = 2


def print_trends(trends: Trends) -> None:
    """The newest periods as a table, what rises and fades, and what is not in the table."""
    if not trends.periods:
        out.print("No dated papers to count.")
    else:
        _print_table(trends)
        _print_changes("Rising", trends.rising, trends)
        _print_changes("Fading", trends.fading, trends)
        if not (trends.rising or trends.fading):
            out.print(f"Nothing rises or fades in {trends.periods[-1]} beyond chance.")
    known = "month at most" if trends.by != "month" else "year only"
    advice = "; see --by month" if trends.by != "month" else ""
    for count, what in (
        (trends.undated, "without a date are not in the table"),
        (trends.month_only, f"known to the {known} have no {trends.by}{advice}"),
        (trends.incomparable, "of the newest have a layout of their own and are compared to none"),
    ):
        if count:
            err.print(Text(f"{count} papers {what}", style="dim"), soft_wrap=True)


def _print_table(trends: Trends) -> None:
    table = Table(box=None, padding=(0, _AROUND, 0, 0), header_style="cyan")
    table.add_column((trends.of or "query"), overflow="fold")
    room = out.width - _NAME - len(str(sum(trends.papers))) - 2 * _AROUND
    shown = max(1, min(_SHOWN, room // (len(trends.periods[-1]) + _AROUND)))
    for period in trends.periods[-shown:]:
        table.add_column(period, justify="right")
    table.add_column("all", justify="right")
    for each in trends.series:
        table.add_row(Text(each.name), *_cells(each.counts[-shown:]), str(each.total))
    table.add_row(
        Text("all papers", style="dim"),
        *(Text(cell, style="dim") for cell in _cells(trends.papers[-shown:])),
        Text(str(sum(trends.papers)), style="dim"),
    )
    out.print(table)
    if len(trends.periods) > shown:
        earlier = len(trends.periods) - shown
        err.print(f"[dim]{earlier} earlier periods since {trends.periods[0]}; --json has all[/dim]")


def _cells(counts: Sequence[int]) -> list[str]:
    return [str(count) if count else "·" for count in counts]


def _print_changes(head: str, changes: Sequence[Change], trends: Trends) -> None:
    if not changes:
        return
    out.print()
    out.print(Text(f"{head} in {trends.periods[-1]}", style="bold"))
    for each in changes:
        line = Text("  ")
        line.append(each.name, style="green" if each.ratio > 1 else "yellow")
        if each.translation:
            line.append(f" ({each.translation})", style="dim")
        line.append(
            f"  {each.recent} of {each.recent_papers} papers, before {each.before} of "
            f"{each.before_papers} (×{each.ratio:.2g})"
        )
        out.print(line, soft_wrap=True)
