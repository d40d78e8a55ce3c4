"""The figures of an evaluation in a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from eval.measures import NAMES
from eval.report import MAIN, DatasetReport, Report, interval, shown_groups
from eval.retrieval import OURS


def table(dataset: DatasetReport) -> Table:
    """Narrow enough for 80 columns: intervals stand below their means."""
    title = Text(f"{dataset.dataset}: {dataset.about}", style="bold")
    shown = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    shown.add_column("", min_width=len(OURS), ratio=1)
    for name in (*NAMES, "p"):
        shown.add_column(name, no_wrap=True)
    for group, queries, runs in shown_groups(dataset):
        shown.add_row(Text(f"{group} ({queries})", style="cyan"))
        for run, estimates in runs.items():
            p = estimates[MAIN].p
            cells = [f"{e.mean:.3f}\n[dim]{interval(e)}[/dim]" for e in estimates.values()]
            shown.add_row(run, *cells, "" if p is None else f"{p:.4f}")
    return shown


def summary(report: Report) -> Table:
    """The main measure of every run on every dataset, and the mean over datasets."""
    shown = Table(title=Text(f"{MAIN} of all", style="bold"), title_justify="left", box=None)
    shown.add_column("")
    for run in (OURS, *report.baselines):
        shown.add_column(run, justify="right")
    for each in report.datasets:
        means = (each.measures, *each.baselines.values())
        shown.add_row(each.dataset, *(f"{mean[MAIN]:.3f}" for mean in means))
    over_all = (report.measures, *report.baselines.values())
    shown.add_row("mean", *(f"{mean[MAIN]:.3f}" for mean in over_all), style="bold")
    return shown
