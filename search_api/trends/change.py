"""Whether something is told of more, or less, than before, and not by chance.

Of the papers that carry a name, how many are new, given how many papers are new at all? That
is Fisher's exact test (two-sided by doubling), and over several groups of papers the exact form
of Cochran, Mantel and Haenszel's: like is compared with like. Among many names some look new by
chance, so they are told of only as far as the false discovery rate stays below
`FALSE_DISCOVERIES` (Benjamini & Hochberg 1995). Names too rare to ever pass are left out of
that reckoning, since they would only raise the bar for the others (Tarone 1990; Gilbert 2005).
What a name stands for is unknown here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

FALSE_DISCOVERIES = 0.05
"""The expected share of chance among what is told."""
LEAST_RATIO = 1.25
"""A smaller change is told to nobody, however many papers prove it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many papers of one group carry a name: `recent` of its `recent_papers` in the newest
    period, and `before` of its `before_papers`.
    """

    recent: int
    recent_papers: int
    before: int
    before_papers: int

    @property
    def papers(self) -> int:
        """All papers of the group."""
        return self.recent_papers + self.before_papers


def ratio(tallies: Sequence[Tally]) -> float:
    """The newest share over the one before: Mantel and Haenszel's, with half a paper added to
    each side so that few papers make no large ratio.
    """
    new = sum(each.recent * each.before_papers / each.papers for each in tallies)
    old = sum(each.before * each.recent_papers / each.papers for each in tallies)
    return (new + 0.5) / (old + 0.5)


def p_value(tallies: Sequence[Tally]) -> float:
    """How likely a change at least as large is by chance; 1 without papers on both sides."""
    return _p_values(tuple(tallies))[0]


def q_values(changes: Sequence[Sequence[Tally]]) -> list[float]:
    """The smallest false discovery rate at which each change would be told of, in 0 to 1."""
    tested = [_p_values(tuple(each)) for each in changes]
    possible = [place for place, (_, least) in enumerate(tested) if least <= FALSE_DISCOVERIES]
    possible.sort(key=lambda place: -tested[place][0])
    found, best = [1.0] * len(tested), 1.0
    for rank, place in zip(range(len(possible), 0, -1), possible, strict=True):
        best = min(best, tested[place][0] * len(possible) / rank)
        found[place] = best
    return found


@lru_cache(maxsize=65536)
def _p_values(tallies: tuple[Tally, ...]) -> tuple[float, float]:
    """The p-value, and the smallest one that so many papers could have."""
    chances: NDArray[np.float64] = reduce(np.convolve, map(_chances, tallies), np.ones(1))
    place = sum(each.recent - _lowest(each) for each in tallies)
    tail = min(chances[: place + 1].sum(), chances[place:].sum())
    return min(1.0, 2 * float(tail)), min(1.0, 2 * float(min(chances[0], chances[-1])))


def _chances(tally: Tally) -> NDArray[np.float64]:
    """The chance of each possible number of new papers, from the lowest on."""
    carry = tally.recent + tally.before
    new = range(_lowest(tally), min(carry, tally.recent_papers) + 1)
    logs = [
        _log_choose(tally.recent_papers, each)
        + _log_choose(tally.before_papers, carry - each)
        - _log_choose(tally.papers, carry)
        for each in new
    ]
    return np.exp(logs)


def _lowest(tally: Tally) -> int:
    return max(0, tally.recent + tally.before - tally.before_papers)


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
