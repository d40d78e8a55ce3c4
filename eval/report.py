"""What an evaluation says: figures with their uncertainty, as records and as JSON.

The same for people is `table`'s in a terminal and `page`'s in a browser.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.errors import ConfigError
from eval.baselines import Baseline
from eval.measures import NAMES, SAMPLES, Values, intervals, paired_p
from eval.models import Models
from eval.retrieval import DEPTH, OURS, Evaluation
from eval.task import Query

ALL = "all"
MAIN = "nDCG@10"
LEGEND = (
    "By each mean its 95% bootstrap interval over queries. p: how often chance alone sets a run "
    f"as far from Paper Archive in {MAIN} (paired randomisation test)."
)
Means = dict[str, float]
"""Measure to mean over queries."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries, its 95% bootstrap interval, and `p`: how often chance alone would
    set this run as far from the archive's own (None for that one).
    """

    mean: float
    low: float
    high: float
    p: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """One direction, or all: how many queries, and each run's measures."""

    queries: int
    runs: dict[str, dict[str, Estimate]]


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """One dataset. `measures` and `baselines` are means over all counted queries; `groups`
    has every run by direction and over "all"; `seconds` are of whole runs.
    """

    dataset: str
    about: str
    papers: int
    passages: int
    queries: int
    measures: Means
    baselines: dict[str, Means]
    groups: dict[str, Group]
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Report:
    """All datasets; `measures` and `baselines` are means over datasets, each weighing alike."""

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: Means
    baselines: dict[str, Means]
    datasets: list[DatasetReport]


def describe(done: Evaluation) -> DatasetReport:
    """The report of one dataset."""
    counted = [query for query in done.task.queries if query.counted]
    members: dict[str, list[Query]] = {ALL: counted or list(done.task.queries)}
    for query in done.task.queries:
        members.setdefault(query.group, []).append(query)
    groups = {name: _group(done.values, queries) for name, queries in members.items()}
    means = {
        run: {name: estimate.mean for name, estimate in estimates.items()}
        for run, estimates in groups[ALL].runs.items()
    }
    return DatasetReport(
        dataset=done.task.name,
        about=done.task.about,
        papers=done.papers,
        passages=done.passages,
        queries=len(done.task.queries),
        measures=means.pop(OURS),
        baselines=means,
        groups=groups,
        seconds=dict(done.seconds),
    )


def combine(
    dataset: str, datasets: Sequence[DatasetReport], configuration: dict[str, Any]
) -> Report:
    """One report of all datasets."""
    runs = datasets[0].baselines
    return Report(
        task="retrieval",
        dataset=dataset,
        commit=commit(),
        configuration=configuration,
        measures=_mean([each.measures for each in datasets]),
        baselines={run: _mean([each.baselines[run] for each in datasets]) for run in runs},
        datasets=list(datasets),
    )


def configuration(
    models: Models, done: Sequence[Evaluation], baselines: Sequence[Baseline]
) -> dict[str, Any]:
    """What the figures depend on beside the commit."""
    packages = ["ir-measures", "bm25s", "jieba", *(each.package for each in baselines)]
    return {
        "model": asdict(models.ours.identity),
        "store": done[0].store,
        "depth": DEPTH,
        "baselines": [baseline.name for baseline in baselines],
        "packages": {name: version(name) for name in packages if name},
        "samples": SAMPLES,
    }


def write_results(path: Path, report: Report, evaluations: Sequence[Evaluation]) -> None:
    """Write the report with every query's values, as JSON. Raises `ConfigError`."""
    values = {done.task.name: done.values for done in evaluations}
    text = json.dumps(asdict(report) | {"per_query": values}, ensure_ascii=False, indent=1)
    write(path, text)


def check(path: Path) -> None:
    """Raise `ConfigError` if a file cannot be written here: before the work, not after it."""
    if not path.resolve().parent.is_dir():
        raise ConfigError(f"{path}: cannot be written (its folder does not exist)")


def write(path: Path, text: str) -> None:
    """Write a file. Raises `ConfigError` where it cannot be."""
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error


def shown_groups(
    dataset: DatasetReport,
) -> list[tuple[str, int, dict[str, dict[str, Estimate]]]]:
    """Groups for people, "all" first: name, queries, runs. A direction that is all is left out."""
    groups = dataset.groups
    names = [ALL] if len(groups) == 2 else sorted(groups, key=lambda name: (name != ALL, name))
    return [(name, groups[name].queries, groups[name].runs) for name in names]


def interval(estimate: Estimate) -> str:
    """An interval for people, such as ".37–.46"."""
    return "–".join(f"{end:.2f}".removeprefix("0") for end in (estimate.low, estimate.high))


def _group(values: Mapping[str, Values], queries: Sequence[Query]) -> Group:
    def array(run: str) -> Any:
        return np.array([[values[run][name][query.id] for name in NAMES] for query in queries])

    ours, runs = array(OURS), {}
    for run in values:
        theirs = array(run)
        low, high = intervals(theirs)
        mean, p = theirs.mean(axis=0), paired_p(ours - theirs)
        runs[run] = {
            name: Estimate(
                round(float(mean[i]), 4),
                round(float(low[i]), 4),
                round(float(high[i]), 4),
                None if run == OURS else round(float(p[i]), 4),
            )
            for i, name in enumerate(NAMES)
        }
    return Group(len(queries), runs)


def _mean(of: Sequence[Means]) -> Means:
    return {name: round(sum(each[name] for each in of) / len(of), 4) for name in NAMES}


def commit() -> str:
    """The commit that is measured, marked where the checkout differs from it."""
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return found.stdout.strip() or "unknown"
