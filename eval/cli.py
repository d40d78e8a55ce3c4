"""The commands `archive eval …`; registered as a plug-in of the command line.

What is measured belongs to the modules beside this one; here runs are named, compared and
printed.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from search_api import console

app = typer.Typer(no_args_is_help=True, help="Measure the archive.")


@dataclass(frozen=True, slots=True)
class Report:
    """A measured configuration beside its baselines.

    `measures` are means over all natural queries; `groups` has every run's measures with
    their intervals, by direction and "all".
    """

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: dict[str, float]
    baselines: dict[str, dict[str, float]]
    groups: dict[str, dict[str, dict[str, Any]]]
    per_query: dict[str, dict[str, dict[str, float]]]


@app.callback()
def group() -> None:
    """Measure the archive."""


@app.command(epilog="Example: archive eval retrieval ../shared/archives --split dev")
def retrieval(
    archives: Annotated[Path, typer.Argument(help="Folder of the five real archives.")],
    split: Annotated[
        Literal["dev", "test"], typer.Option(help="The test half is looked at last.")
    ] = "dev",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Natural queries in four directions and exact names, beside plain baselines."""
    from embeddings.bundled import BundledEmbedder
    from eval import baselines, natural
    from indexer.settings import Settings
    from search_api.archive import Archive

    queries = natural.load_queries(split)
    with tempfile.TemporaryDirectory() as home, console.TerminalObserver() as observer:
        settings = Settings().model_copy(update={"home": Path(home)})
        with Archive(settings, observer) as archive:
            natural.prepare(archive, archives)
            visible = list(archive.catalogue.passages(list(archive.store.ids())).values())
            plain = BundledEmbedder(settings.cache.expanduser())
            searches = {
                "paper-archive": natural.through(archive.searcher),
                "our vectors alone": baselines.dense(visible, archive.embedder),
                "the model as it comes": baselines.dense(visible, plain),
                "BM25": baselines.lexical(archive),
                "RRF of our vectors and BM25": baselines.fused(archive),
            }
            runs = {name: natural.run(queries, search) for name, search in searches.items()}
            identity = archive.identity
    measured = {name: _measure(queries, run) for name, run in runs.items()}
    ours, *others = measured
    report = Report(
        task="retrieval",
        dataset=f"natural/{split}",
        commit=_commit(),
        configuration={"model": asdict(identity) if identity else None},
        measures=_means(measured[ours][0]),
        baselines={name: _means(measured[name][0]) for name in others},
        groups={name: groups for name, (groups, _) in measured.items()},
        per_query={name: values for name, (_, values) in measured.items()},
    )
    if json:
        console.print_json(report)
    else:
        _print(report)


def _means(groups: dict[str, dict[str, Any]]) -> dict[str, float]:
    return {name: estimate["mean"] for name, estimate in groups["all"].items()}


def _measure(
    queries: Sequence[Any], run: Any
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, float]]]:
    from eval.measures import estimate, per_query
    from eval.natural import qrels

    values = per_query(run, qrels(queries))
    groups: dict[str, list[str]] = {"all": [q.id for q in queries if q.kind == "natural"]}
    for query in queries:
        groups.setdefault(query.group, []).append(query.id)
    table = {
        group: {
            name: asdict(estimate({query: found[query] for query in ids}))
            for name, found in values.items()
        }
        for group, ids in groups.items()
    }
    return table, values


def _print(report: Report) -> None:
    from eval.measures import paired_p

    groups = list(report.groups["paper-archive"])
    table = Table("nDCG@10", *groups, "names R@1", "p", title=report.dataset)
    ours = report.per_query["paper-archive"]["nDCG@10"]
    for name, measures in report.groups.items():
        cells = [_cell(measures[group]["nDCG@10"]) for group in groups]
        theirs = report.per_query[name]["nDCG@10"]
        p = "" if name == "paper-archive" else f"{paired_p(ours, theirs):.4f}"
        table.add_row(name, *cells, f"{measures['names']['Success@1']['mean']:.3f}", p)
    console.out.print(table)


def _cell(estimate: dict[str, Any]) -> str:
    return f"{estimate['mean']:.3f} ({estimate['low']:.2f}–{estimate['high']:.2f})"


def _commit() -> str:
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return found.stdout.strip() or "unknown"
