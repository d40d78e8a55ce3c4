"""From two ranked lists of passages to one ranked list of papers.

A passage's score is the mean, weighted `lexical_weight` to 1, of two figures that mean the
same in every query: its cosine, and the share of the query's information that its words
bear. The lexical leg finds words and their translations (`embeddings.lexicon`), so it
speaks for both languages; ranks, which reciprocal rank fusion would add up, say nothing of
how much was found.

`eval/LOG.md` has the figures that chose this. Stores, texts and languages are unknown here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from indexer.stores.base import Hit, Legs, SparseVector
from search_api.results import LegRank

LEXICAL_WEIGHT = 0.6
"""Of the words of a query, beside a meaning that weighs 1."""
TYPICAL_TERMS = 8
"""Terms of a query up to which that weight holds. The more words, the less often they stand
together, and the smaller the share that even the right text bears: beyond this the weight
grows with the square root of their number, up to threefold for a pasted abstract."""
CHANCES = 0.02
"""How much better a passage of a full text must be than a paper's own ones to speak for it: the
best of sixty is better than that of two by chance alone. More hides what only a full text says."""
NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper in the order of the answer, with the passage that speaks for it best."""

    paper_id: str
    passage_id: str
    score: float
    legs: tuple[LegRank, ...]

    def rank_in(self, leg: str) -> float:
        """Its rank among papers in one leg, infinite where that leg did not find it."""
        return next((found.rank for found in self.legs if found.leg == leg), math.inf)


def rank(
    legs: Legs, query: SparseVector, points: int, cosines: Mapping[str, float] = NONE
) -> list[Ranked]:
    """Papers, best first, ties by id.

    `query` is without translations, `points` the size of the collection, `cosines` what the
    dense leg would say of the passages that only the lexical leg found.
    """
    scores = passage_scores(legs, query, points, cosines)
    best: dict[str, tuple[float, str]] = {}
    for hit in (*legs.dense, *legs.lexical):
        score = scores[hit.id]
        known = best.get(hit.payload.paper_id)
        if known is None or (-score, hit.id) < (-known[0], known[1]):
            best[hit.payload.paper_id] = (score, hit.id)
    places = _places(legs)
    ranked = [
        Ranked(paper_id, passage_id, score, places[paper_id])
        for paper_id, (score, passage_id) in best.items()
    ]
    return sorted(ranked, key=lambda each: (-each.score, each.paper_id))


def passage_scores(
    legs: Legs, query: SparseVector, points: int, cosines: Mapping[str, float] = NONE
) -> dict[str, float]:
    """The score of every passage that a leg found, by id; see `rank`."""
    dense = {hit.id: hit.score for hit in legs.dense} | dict(cosines)
    whole = information(query, points)
    weight = lexical_weight(query)
    lexical = {hit.id: min(1.0, hit.score / whole) for hit in legs.lexical}
    return {
        found: (dense.get(found, 0.0) + weight * lexical.get(found, 0.0)) / (1 + weight)
        for found in dense | lexical
    }


def with_fulltexts(papers: Sequence[Ranked], texts: Sequence[Ranked]) -> list[Ranked]:
    """Papers in the order of what is better, their own passages or those of their full texts.

    Ranks in the legs stay those of a paper's own passages, where it has any among them.
    """
    best = {each.paper_id: each for each in papers}
    for each in texts:
        own, score = best.get(each.paper_id), each.score - CHANCES
        if own is None or score > own.score:
            legs = each.legs if own is None else own.legs
            best[each.paper_id] = replace(each, score=score, legs=legs)
    return sorted(best.values(), key=lambda each: (-each.score, each.paper_id))


def lexical_weight(query: SparseVector) -> float:
    """What a query's words weigh beside its meaning, which weighs 1."""
    return LEXICAL_WEIGHT * max(1.0, math.sqrt(len(query.indices) / TYPICAL_TERMS))


def information(query: SparseVector, points: int) -> float:
    """The lexical score of a passage that bears every word of a query, were each word in no
    other passage.
    """
    return sum(query.values) * math.log(1 + (points - 0.5) / 1.5) or 1.0


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
