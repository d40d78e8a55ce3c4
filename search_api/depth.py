"""How deep a search looks into a store, so that its pages join to one list of papers."""

from __future__ import annotations

import math
from dataclasses import replace

from indexer.stores.base import Filter, HybridQuery, Legs, Store, Vector
from search_api.ranking import Ranked, rank
from search_api.words import Words

MIN_DEPTH = 400
"""Passages that each leg gives at least."""
_PASSAGES_PER_PAPER = 4
_STEP = 4


def ranked(store: Store, words: Words, vector: Vector, filter: Filter, wanted: int) -> list[Ranked]:
    """At least `wanted` papers where there are as many, best first.

    Deeper legs see words in passages that had none before, which moves papers. So those on the
    first pages stay where they are, and what deeper legs find follows, scored no better.
    """
    found: dict[str, Ranked] = {}
    depth = MIN_DEPTH
    while True:
        papers, exhausted = ranked_to(store, depth, words, vector, filter)
        new = [each for each in papers if each.paper_id not in found]
        share = depth // _PASSAGES_PER_PAPER
        done = exhausted or min(len(papers), share) >= wanted
        if not done:
            new = new[: max(0, share - len(found))]
        last = next(reversed(found.values())).score if found else math.inf
        found |= {each.paper_id: replace(each, score=min(each.score, last)) for each in new}
        if done:
            return list(found.values())
        depth *= _STEP


def ranked_to(
    store: Store, depth: int, words: Words, vector: Vector, filter: Filter
) -> tuple[list[Ranked], bool]:
    """The papers of so many passages of each leg, best first, and whether these are all."""
    legs = store.query(HybridQuery(vector, words.expanded, filter, depth))
    cosines = missing_cosines(store, legs, vector)
    return rank(legs, words.asked, store.count(), cosines), len(legs.dense) < depth


def missing_cosines(store: Store, legs: Legs, vector: Vector) -> dict[str, float]:
    """Cosines of the passages that only the lexical leg found."""
    known = {hit.id for hit in legs.dense}
    missing = [hit.id for hit in legs.lexical if hit.id not in known]
    return {point.id: float(point.dense @ vector) for point in store.fetch(missing)}
