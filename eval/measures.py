"""Retrieval measures with their uncertainty.

nDCG (gains as graded), recall and reciprocal rank come from `ir_measures`; what is added
here is that every judged query counts (one without results scores 0), bootstrap intervals
over queries (Sakai 2006, doi:10.1145/1148170.1148261), and the paired randomisation test
between two runs (Smucker et al. 2007, doi:10.1145/1321440.1321528).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import ir_measures
import numpy as np
from numpy.typing import NDArray

from eval.task import Qrels

NAMES = {
    "nDCG@10": "nDCG@10",
    "R@1": "R@1",
    "R@5": "R@5",
    "R@10": "R@10",
    "R@100": "R@100",
    "MRR@10": "RR@10",
}
"""Our names, and those of `ir_measures`, which names a measure for one query."""
SAMPLES = 10_000
_BLOCK = 250

Values = dict[str, dict[str, float]]
"""Measure to query id to value."""
Floats = NDArray[np.float64]


def per_query(run: Mapping[str, Sequence[str]], qrels: Qrels) -> Values:
    """Each measure of a run (query id to paper ids, best first) for each judged query."""
    measures = {ir_measures.parse_measure(known): name for name, known in NAMES.items()}
    values: Values = {name: dict.fromkeys(qrels, 0.0) for name in NAMES}
    # The rank as score: ties must not be broken in another order than users see.
    ranked = {
        query: {paper: -float(rank) for rank, paper in enumerate(papers)}
        for query, papers in run.items()
        if papers
    }
    judged = {query: dict(papers) for query, papers in qrels.items()}
    for metric in ir_measures.iter_calc(list(measures), judged, ranked):
        values[measures[metric.measure]][metric.query_id] = metric.value
    return values


def intervals(values: Floats, seed: int = 0) -> tuple[Floats, Floats]:
    """The 95% bootstrap interval of each column's mean: its low and its high ends.

    `values` has shape (queries, columns); every column meets the same resamples.
    """
    queries = len(values)
    picks = _blocks(seed, queries, high=queries)
    means = []
    for pick in picks:
        cells = (pick + queries * np.arange(len(pick))[:, None]).ravel()
        counts = np.bincount(cells, minlength=pick.size).reshape(pick.shape)
        means.append(counts @ values / queries)
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5], axis=0)
    return low, high


def paired_p(differences: Floats, seed: int = 0) -> Floats:
    """How often chance alone makes two runs differ as much as they do, two-sided.

    `differences` has shape (queries, columns): one run's values minus the other's.
    """
    queries = len(differences)
    observed = np.abs(differences.mean(axis=0))
    as_much = np.zeros(differences.shape[1])
    for coins in _blocks(seed, queries, high=2):
        chance = np.abs((2.0 * coins - 1.0) @ differences / queries)
        as_much += (chance >= observed - 1e-12).sum(axis=0)
    return (1 + as_much) / (1 + SAMPLES)


def _blocks(seed: int, queries: int, *, high: int) -> Iterator[NDArray[np.int64]]:
    """`SAMPLES` rows of random numbers below `high`, one for each query, a block at a time."""
    random = np.random.default_rng(seed)
    for _ in range(SAMPLES // _BLOCK):
        yield random.integers(high, size=(_BLOCK, queries))
