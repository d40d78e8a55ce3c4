"""Retrieval measures with their uncertainty.

nDCG, recall and reciprocal rank come from `ir_measures`; what is added here is that every
judged query counts (a query without results scores 0), bootstrap confidence intervals, and
the paired test between two runs (Smucker et al. 2007, doi:10.1145/1321440.1321528).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ir_measures
import numpy as np
from numpy.typing import NDArray

Run = Mapping[str, Mapping[str, float]]
"""Query id to paper id to score."""
Qrels = Mapping[str, Mapping[str, int]]
"""Query id to paper id to grade."""

NAMES = ("nDCG@10", "RR@10", "Success@1", "Success@10", "R@5", "R@10", "R@100")
SAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries with its 95% bootstrap interval."""

    mean: float
    low: float
    high: float
    queries: int


def per_query(run: Run, qrels: Qrels) -> dict[str, dict[str, float]]:
    """Each measure's value for each judged query, 0 where the run has nothing."""
    wanted = {str(ir_measures.parse_measure(name)): name for name in NAMES}
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(qrels, 0.0) for name in NAMES}
    measures = [ir_measures.parse_measure(name) for name in NAMES]
    given = {query: dict(papers) for query, papers in run.items() if papers}
    judged = {query: dict(papers) for query, papers in qrels.items()}
    for metric in ir_measures.iter_calc(measures, judged, given):
        values[wanted[str(metric.measure)]][metric.query_id] = metric.value
    return values


def estimate(values: Mapping[str, float], seed: int = 0) -> Estimate:
    """Mean and interval of one measure's values per query."""
    array = np.array([values[query] for query in sorted(values)])
    picks = np.random.default_rng(seed).integers(len(array), size=(SAMPLES, len(array)))
    low, high = np.percentile(array[picks].mean(axis=1), [2.5, 97.5])
    return Estimate(
        round(float(array.mean()), 4), round(float(low), 4), round(float(high), 4), len(array)
    )


def paired_p(first: Mapping[str, float], second: Mapping[str, float], seed: int = 0) -> float:
    """How often chance alone makes two runs differ as much: a two-sided sign-flip test."""
    difference: NDArray[np.float64] = np.array([first[q] - second[q] for q in sorted(first)])
    signs = np.random.default_rng(seed).choice([-1, 1], size=(SAMPLES, len(difference)))
    chance = np.abs((signs * difference).mean(axis=1))
    return float((1 + (chance >= abs(difference.mean())).sum()) / (1 + SAMPLES))
