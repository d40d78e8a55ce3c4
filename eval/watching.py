"""`archive eval watches`: from which score on a paper belongs to a saved search.

The natural queries are saved searches, asked of the real archives as they are: what share of
the papers written for is shown, and how many others with it. Others are not judged, so some
of them belong there too. Beside it, the plain rule of showing the best few.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from eval.asking import absent, indexed
from eval.models import Models
from eval.natural import NaturalQuery, Split, load_queries
from eval.report import commit
from indexer.observer import Observer
from indexer.settings import Settings
from search_api.results import Result
from search_api.watches import MIN_SCORE

Measures = dict[str, float]
SCORES = (0.22, 0.25, 0.28, 0.31, 0.34, 0.37, 0.4)
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class WatchReport:
    """What the default least score shows; `curve` has other scores."""

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: Measures
    baselines: dict[str, Measures]
    curve: dict[str, Measures]


def evaluate(
    archives: Path | None, split: Split, models: Models, settings: Settings, observer: Observer
) -> WatchReport:
    """Search for every natural query of a split, and cut at each score.

    Raises `InputError` where none of the papers written for is there.
    """
    queries = [query for query in load_queries(split) if query.kind == "natural"]
    observer.stage("Searching", len(queries))
    found: list[tuple[NaturalQuery, Sequence[Result]]] = []
    with indexed(archives, models, settings, observer) as archive:
        missing = absent(archive.catalogue, (paper for each in queries for paper in each.relevant))
        for query in queries:
            answer = archive.searcher.search(query.query, limit=_DEPTH)
            found.append((query, answer.results))
            observer.advance()
    return WatchReport(
        task="watches",
        dataset=f"natural/{split}",
        commit=commit(),
        configuration={
            "model": asdict(models.ours.identity),
            "min_score": MIN_SCORE,
            "queries": len(queries),
            "papers missing": missing,
        },
        measures=_at_least(found, MIN_SCORE),
        baselines={f"the best {n}": _measures(found, _first(n)) for n in (1, 3, 10)},
        curve={f"{score:.2f}": _at_least(found, score) for score in SCORES},
    )


def table(report: WatchReport) -> Table:
    """The report for people."""
    shown = Table("", *report.measures, title=report.dataset)
    rows = {f"from {score}": each for score, each in report.curve.items()} | report.baselines
    for name, found in rows.items():
        shown.add_row(name, *(f"{value:.2f}" for value in found.values()))
    return shown


Found = Sequence[tuple[NaturalQuery, Sequence[Result]]]
Cut = Callable[[Sequence[Result]], Sequence[Result]]


def _first(number: int) -> Cut:
    return lambda results: results[:number]


def _at_least(found: Found, score: float) -> Measures:
    return _measures(found, lambda results: [each for each in results if each.score >= score])


def _measures(found: Found, cut: Cut) -> Measures:
    wanted = shown = others = 0
    for query, results in found:
        kept = {each.paper_id for each in cut(results)}
        wanted += len(query.relevant)
        shown += len(kept & set(query.relevant))
        others += len(kept - set(query.relevant))
    return {"shown": round(shown / wanted, 4), "others a search": round(others / len(found), 4)}
