"""The HTML report: one file that needs nothing else, for reading beside others.

Its text and layout are the template's, its plots are `plots`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from eval import plots
from eval.measures import NAMES
from eval.report import LEGEND, MAIN, DatasetReport, Report, interval, shown_groups
from eval.retrieval import Evaluation


def render(report: Report, evaluations: Sequence[Evaluation]) -> str:
    """The page of a report."""
    template = (files("eval") / "templates" / "retrieval.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["interval"] = interval
    sections = [
        {"dataset": dataset, "groups": shown_groups(dataset), "plots": _plots(dataset, done)}
        for dataset, done in zip(report.datasets, evaluations, strict=True)
    ]
    overview = Markup(plots.overview(report.datasets)) if len(sections) > 1 else None
    return environment.from_string(template).render(
        report=report,
        sections=sections,
        overview=overview,
        measures=list(NAMES),
        main=MAIN,
        legend=LEGEND,
    )


def _plots(dataset: DatasetReport, done: Evaluation) -> list[Markup]:
    counted = [query.id for query in done.task.queries if query.counted]
    drawn = [plots.by_direction(dataset), plots.recall(dataset)]
    if dataset.baselines:
        drawn.append(plots.differences(done.values, counted))
    return [Markup(svg) for svg in drawn]  # made by matplotlib, which escapes what it writes
