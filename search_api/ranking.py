"""From two ranked lists of passages to one ranked list of papers.

Meaning decides; shared words add to it. The lexical leg can only match in the query's own
language, so it is never given a vote of its own (reciprocal rank fusion would): it adds
`LEXICAL_WEIGHT` times the share of the query's words that a passage bears. Stores, texts
and languages are unknown here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indexer.stores.base import Hit, Legs
from search_api.results import LegRank

LEXICAL_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper in the order of the answer, with the passage that speaks for it best."""

    paper_id: str
    passage_id: str
    score: float
    legs: tuple[LegRank, ...]


def rank(legs: Legs, coverage: Callable[[str], float]) -> list[Ranked]:
    """Papers, best first, ties by id.

    `coverage` tells which share of the query's words, weighted, a passage bears (0 to 1);
    it is asked once, for the best passage of the lexical leg, whose score then measures
    the others.
    """
    share = coverage(legs.lexical[0].id) if legs.lexical else 0.0
    top = legs.lexical[0].score if legs.lexical else 1.0
    # Below the last passage that the dense leg returned, nothing more is known than that.
    floor = legs.dense[-1].score if legs.dense else 0.0
    dense = {hit.id: hit.score for hit in legs.dense}
    lexical = {hit.id: hit.score / top * share for hit in legs.lexical}
    best: dict[str, tuple[float, str]] = {}
    for hit in (*legs.dense, *legs.lexical):
        score = dense.get(hit.id, floor) + LEXICAL_WEIGHT * lexical.get(hit.id, 0.0)
        known = best.get(hit.payload.paper_id)
        if known is None or (-score, hit.id) < (-known[0], known[1]):
            best[hit.payload.paper_id] = (score, hit.id)
    places = _places(legs)
    ranked = [
        Ranked(paper_id, passage_id, min(1.0, max(0.0, score)), places[paper_id])
        for paper_id, (score, passage_id) in best.items()
    ]
    return sorted(ranked, key=lambda each: (-each.score, each.paper_id))


def _places(legs: Legs) -> dict[str, tuple[LegRank, ...]]:
    """Each paper's rank among papers in each leg that found it."""
    places: dict[str, tuple[LegRank, ...]] = {}
    for name, hits in (("dense", legs.dense), ("lexical", legs.lexical)):
        first: dict[str, Hit] = {}
        for hit in hits:
            first.setdefault(hit.payload.paper_id, hit)
        for place, (paper_id, hit) in enumerate(first.items(), 1):
            found = LegRank(name, place, round(hit.score, 4))  # type: ignore[arg-type]
            places[paper_id] = (*places.get(paper_id, ()), found)
    return places
