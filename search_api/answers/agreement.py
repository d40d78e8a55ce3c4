"""Where two texts on the same matter say different things.

A Chinese summary and its English abstract should give the same numbers; two papers need not,
and a reader wants to know. What merely leaves something out agrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from search_api.answers.answer import Citation, Conflict
from search_api.answers.direction import opposite
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.quantity import ITEM, Quantity, quantities
from search_api.answers.wording import Wording

MIN_SHARED = 0.5
"""Share of a sentence's information that must stand in the other one: they speak of the same."""
MIN_SHARED_OPPOSED = 0.75
"""The same, where only words such as "higher" and "lower" are opposed: most such pairs speak of
two things.
"""
MAX_RATIO = 20
"""Between two figures for the same; beyond it they are figures for different things."""


def conflicts(citations: Sequence[Citation]) -> tuple[Conflict, ...]:
    """What citations and their parallel sentences, or citations of two papers, say differently."""
    return tuple(_conflicts(citations))


def _conflicts(citations: Sequence[Citation]) -> Iterator[Conflict]:
    for each in citations:
        if each.parallel and (reason := disagreement(each.quote, each.parallel.quote)):
            yield Conflict((each.marker,), reason, (each.quote, each.parallel.quote))
    for one, other in combinations(citations, 2):
        if one.paper_id == other.paper_id:
            continue
        if _shared(one.quote, other.quote) < MIN_SHARED:
            continue
        if reason := disagreement(one.quote, other.quote):
            yield Conflict((one.marker, other.marker), reason, (one.quote, other.quote))


def disagreement(one: str, other: str) -> str | None:
    """What two sentences on the same matter say differently; None where nothing is."""
    first, second = (quantities(ITEM.sub(" ", text)) for text in (one, other))
    for each in _unsaid(first, second):
        for opposed in _unsaid(second, first):
            if _comparable(each, opposed):
                return f"{each.written} against {opposed.written}"
    return opposite(one, other) if _shared(one, other) >= MIN_SHARED_OPPOSED else None


def _comparable(one: Quantity, other: Quantity) -> bool:
    """Whether two figures may stand for the same thing, so that one of them is wrong."""
    small, large = sorted((one.value, other.value))
    years = [_is_year(each) for each in (one, other)]
    alike = one.unit == other.unit or {one.unit, other.unit} == {"%", "pp"}
    return alike and large <= MAX_RATIO * small and years[0] == years[1]


def _is_year(quantity: Quantity) -> bool:
    return quantity.written.removesuffix("年").strip().isdigit() and 1950 <= quantity.value <= 2100


def _unsaid(own: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    def is_among(value: float) -> bool:  # 8.3 billion is 83 亿, but for the last digit of a float
        return any(math.isclose(value, other.value, rel_tol=1e-9) for other in others)

    return [each for each in own if not is_among(each.value)]


def _shared(one: str, other: str) -> float:
    wording = Wording(one)
    return coverage(wording, matches(wording, indices(other)))
