"""Plots of an evaluation, as SVG that stands inside a page: no fonts, scripts or addresses.

Which plots there are and how they are drawn; what surrounds them is `page`'s.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eval.measures import Values
from eval.report import ALL, MAIN, DatasetReport, shown_groups
from eval.retrieval import OURS

_COLOURS = ("#0b6e4f", "#c0392b", "#2e86c1", "#8e6bbf", "#d68910", "#7f8c8d", "#16a085", "#34495e")
_STYLE: Any = {
    "svg.fonttype": "none",  # text stays text, in the reader's own fonts: also Chinese, also "→"
    "svg.hashsalt": "paper-archive",  # the same figures give the same file
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
}
# What an SVG inside HTML does not need: preamble, metadata with addresses, name spaces.
_PREAMBLE = re.compile(
    r"\A.*?(?=<svg)|<metadata>.*?</metadata>|\s+xmlns(?::\w+)?=\"[^\"]*\"", re.DOTALL
)
RECALLS = {"R@1": 1, "R@5": 5, "R@10": 10, "R@100": 100}


def by_direction(dataset: DatasetReport) -> str:
    """The main measure of every run with its interval, direction by direction."""
    groups = {name: runs for name, _, runs in shown_groups(dataset)}
    names = list(groups)
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        axes = figure.subplots()
        runs = list(groups[ALL])
        width = 0.8 / len(runs)
        for place, run in enumerate(runs):
            found = [groups[name][run][MAIN] for name in names]
            middle = [x + (place - (len(runs) - 1) / 2) * width for x in range(len(names))]
            means = [each.mean for each in found]
            below = [max(0.0, each.mean - each.low) for each in found]
            above = [max(0.0, each.high - each.mean) for each in found]
            axes.bar(middle, means, width * 0.92, label=run, color=_colour(place))
            axes.errorbar(middle, means, [below, above], fmt="none", ecolor="#333", elinewidth=0.8)
        axes.set_xticks(range(len(names)), names)
        axes.grid(axis="x", visible=False)
        _finish(axes, MAIN)
        axes.legend(
            frameon=False, fontsize=8, ncols=len(runs), loc="lower left", bbox_to_anchor=(0, 1)
        )
    return _svg(figure)


def recall(dataset: DatasetReport) -> str:
    """The share of relevant papers among the first k."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(4.4, 3.2), layout="constrained")
        axes = figure.subplots()
        for place, (run, estimates) in enumerate(dataset.groups[ALL].runs.items()):
            values = [estimates[name].mean for name in RECALLS]
            axes.plot(
                list(RECALLS.values()), values, marker="o", ms=4, label=run, color=_colour(place)
            )
        axes.set_xscale("log")
        axes.set_xticks(list(RECALLS.values()), [str(k) for k in RECALLS.values()])
        axes.minorticks_off()
        axes.set_xlabel("k")
        _finish(axes, "R@k")
    return _svg(figure)


def differences(values: Mapping[str, Values], queries: Sequence[str]) -> str:
    """Query by query, how far the archive is above or below each baseline, sorted."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(4.4, 3.2), layout="constrained")
        axes = figure.subplots()
        ours = values[OURS][MAIN]
        for place, (run, theirs) in enumerate(values.items()):
            if run == OURS:
                continue
            apart = sorted((ours[q] - theirs[MAIN][q] for q in queries), reverse=True)
            axes.plot(range(1, len(apart) + 1), apart, label=run, color=_colour(place))
        axes.axhline(0, color="#333", linewidth=0.8)
        axes.set_xlabel("queries, the most gained first")
        _finish(axes, f"{MAIN}, archive minus baseline", low=-1.02)
    return _svg(figure)


def overview(datasets: Sequence[DatasetReport]) -> str:
    """The main measure of every run on every dataset."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9, 0.6 + 0.5 * len(datasets)), layout="constrained")
        axes = figure.subplots()
        for place, run in enumerate([OURS, *datasets[0].baselines]):
            means = [each.groups[ALL].runs[run][MAIN].mean for each in datasets]
            axes.plot(means, range(len(datasets)), "o", ms=6, label=run, color=_colour(place))
        axes.set_yticks(range(len(datasets)), [each.dataset for each in datasets])
        axes.set_ylim(len(datasets) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.set_xlabel(MAIN)
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return _svg(figure)


def _finish(axes: Axes, label: str, low: float = 0.0) -> None:
    axes.set_ylim(low, 1.02)
    axes.set_ylabel(label)
    axes.legend(frameon=False, fontsize=7)


def _colour(place: int) -> str:
    return _COLOURS[place % len(_COLOURS)]


def _svg(figure: Figure) -> str:
    with mpl.rc_context(_STYLE):
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return _PREAMBLE.sub("", buffer.getvalue())
