"""What `archive trends` and `archive map` rest on, measured on an archive that is there.

From which score a paper counts as near a query (topics of the archive, by name, among the
papers that have any), how often chance looks like change, and which projection keeps the most
neighbours. The libraries compared are taken as they are installed.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from embeddings.errors import InputError
from eval.report import commit
from search_api.archive import Archive
from search_api.filters import Narrowing
from search_api.trends.change import FALSE_DISCOVERIES, q_values, ratio
from search_api.trends.counted import Entry, entries, names, tallies
from search_api.trends.map import mean_vectors, project

SCORES = (0.08, 0.1, 0.12, 0.14, 0.15, 0.16, 0.18, 0.2, 0.22, 0.25, 0.3)
LEAST_PAPERS = 10
"""Of a topic that is asked for."""
NEIGHBOURS = 10
MAP = "t-SNE"
"""What the map is drawn by."""
Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrendsReport:
    """What chance looks like and how the map's projection keeps neighbours, beside the other
    projections; `curve` has precision, recall and F1 by the score from which a paper is near.
    """

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: dict[str, float]
    baselines: dict[str, dict[str, float]]
    curve: dict[str, dict[str, float]]


def evaluate(archive: Archive) -> TrendsReport:
    """All three, of one archive.

    Raises `InputError` where it has too few papers under a topic, in time or at all.
    """
    curve = nearness(archive)
    told, doubled = chance(archive)
    projected = {
        name: {"trustworthiness": trust, "neighbours kept": kept, "seconds": seconds}
        for name, trust, kept, seconds in projections(archive)
    }
    by_chance = {"runs that tell of a phrase": told, "phrases doubled or halved": doubled}
    return TrendsReport(
        task="trends",
        dataset=archive.home.name,
        commit=commit(),
        configuration={"model": str(archive.identity), "neighbours": NEIGHBOURS, "map": MAP},
        measures=_rounded(by_chance | projected.pop(MAP)),
        baselines={name: _rounded(found) for name, found in projected.items()},
        curve={
            f"{least:.2f}": _rounded(dict(zip(("precision", "recall", "F1"), found, strict=True)))
            for least, found in curve.items()
        },
    )


def _rounded(found: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in found.items()}


def tables(report: TrendsReport) -> tuple[Table, Table]:
    """The report for people: what counts as near, and chance and projections."""
    near = Table("score", "precision", "recall", "F1", title="topics of the archive, by name")
    for least, found in report.curve.items():
        near.add_row(least, *(f"{value:.3f}" for value in found.values()))
    rest = Table("", report.configuration["map"], *report.baselines, title=report.dataset)
    for name, value in report.measures.items():
        others = (found.get(name) for found in report.baselines.values())
        rest.add_row(name, f"{value:.3f}", *("" if v is None else f"{v:.3f}" for v in others))
    return near, rest


def nearness(archive: Archive) -> dict[float, tuple[float, float, float]]:
    """For each score, mean precision, recall and F1 of the papers from it on.

    Raises `InputError` where no topic has enough papers.
    """
    topics: dict[str, set[str]] = defaultdict(set)
    for entry in entries(archive.catalogue, Narrowing().to_filter(), "month"):
        for topic in entry.payload.topics:
            topics[topic].add(entry.paper_id)
    judged = set[str]().union(*topics.values())
    found: dict[float, list[tuple[float, float, float]]] = defaultdict(list)
    for topic, right in topics.items():
        if len(right) < LEAST_PAPERS:
            continue
        scores = archive.searcher.near(topic, min(SCORES))
        for least in SCORES:
            near = {key for key, score in scores.items() if score >= least} & judged
            both = len(near & right)
            precision = both / len(near) if near else 1.0
            f1 = 2 * both / (len(near) + len(right))
            found[least].append((precision, both / len(right), f1))
    if not found:
        raise InputError(
            f"The archive in {archive.home} has no topic with {LEAST_PAPERS} papers to measure by."
        )
    means = {least: np.mean(each, axis=0).tolist() for least, each in found.items()}
    return {least: (each[0], each[1], each[2]) for least, each in means.items()}


def chance(archive: Archive, runs: int = 40) -> tuple[float, float]:
    """Where the papers of each layout are dealt to its periods at random: the share of runs that
    tell of any phrase, and how many phrases a run would tell of by a ratio of at least 2.

    Raises `InputError` where no phrase can be compared.
    """
    every = entries(archive.catalogue, Narrowing().to_filter(), "week")
    placed = [entry for entry in every if entry.period]
    # Of the layouts, most papers are in that with the most: its own newest week is compared.
    layouts = defaultdict(list)
    for entry in placed:
        layouts[entry.layout].append(entry)
    placed = max(layouts.values(), key=len, default=[])
    newest = max((entry.period for entry in placed if entry.period), default="")
    family = names("terms", placed, range(len(placed)))
    if not any(tallies(family, placed, newest)):
        raise InputError(f"The archive in {archive.home} has too few dated papers to compare.")
    told, doubled = [], []
    for run in range(runs):
        compared = tallies(family, _dealt(placed, run), newest)
        told.append(min(q_values(compared)) <= FALSE_DISCOVERIES)
        doubled.append(sum(not 0.5 < ratio(each) < 2 for each in compared))
    return float(np.mean(told)), float(np.mean(doubled))


def _dealt(placed: Sequence[Entry], seed: int) -> list[Entry]:
    periods = [entry.period for entry in placed]
    random.Random(seed).shuffle(periods)
    return [replace(entry, period=each) for entry, each in zip(placed, periods, strict=True)]


def projections(archive: Archive) -> Iterator[tuple[str, float, float, float]]:
    """Name, trustworthiness (Venna & Kaski 2001), share of neighbours kept, and seconds.

    Raises `InputError` where papers are too few to have neighbours.
    """
    from sklearn.manifold import trustworthiness

    found = mean_vectors(archive, archive.catalogue.paper_ids())
    if len(found) <= 2 * NEIGHBOURS:
        raise InputError(
            f"The archive in {archive.home} has {len(found)} embedded papers, too few to tell "
            f"{NEIGHBOURS} neighbours from the rest."
        )
    vectors = np.stack(list(found.values()))
    for name, method in _methods().items():
        started = time.perf_counter()
        places = method(vectors)
        seconds = time.perf_counter() - started
        trust = trustworthiness(vectors, places, n_neighbors=NEIGHBOURS, metric="cosine")
        yield name, float(trust), _kept(vectors, places), seconds


def _methods() -> Mapping[str, Callable[[NDArray[np.float32]], Places]]:
    from sklearn.decomposition import PCA

    def pca(vectors: NDArray[np.float32]) -> Places:
        return np.asarray(PCA(2, random_state=0).fit_transform(vectors))

    methods: dict[str, Callable[[NDArray[np.float32]], Places]] = {"PCA": pca, MAP: project}
    try:
        import umap
    except ImportError:
        return methods

    def by_umap(vectors: NDArray[np.float32]) -> Places:
        made = umap.UMAP(metric="cosine", random_state=0, n_jobs=1)
        return np.asarray(made.fit_transform(vectors))

    return methods | {"UMAP": by_umap}


def _kept(vectors: NDArray[np.float32], places: Places) -> float:
    """The share of each paper's neighbours that are its neighbours on the map too."""
    far = -(vectors @ vectors.T).astype(np.float64)
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=-1)
    for distances in (far, apart):
        np.fill_diagonal(distances, np.inf)
    first, second = (np.argsort(each, axis=1)[:, :NEIGHBOURS] for each in (far, apart))
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return float(np.mean([len({*one} & {*other}) / len(one) for one, other in pairs]))
