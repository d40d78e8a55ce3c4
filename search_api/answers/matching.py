"""How much of one text's wording stands in another, in its own words or translated."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from embeddings.lexical import index_of, terms
from search_api.answers.wording import Wording

ENOUGH = 2.0
"""A translation of half the probability is as good as the word itself: the rest of the
probability belongs to its other senses."""


@lru_cache(maxsize=8192)
def indices(text: str) -> frozenset[int]:
    """The term indices of a text."""
    return frozenset(map(index_of, terms(text)))


def matches(wording: Wording, there: frozenset[int]) -> Mapping[str, float]:
    """For each term how surely it is among these indices, 0 to 1."""
    found = {}
    for term in wording.terms:
        if index_of(term) in there:
            found[term] = 1.0
        else:
            shares = (share for index, share in wording.translations[term] if index in there)
            found[term] = min(1.0, ENOUGH * sum(shares))
    return found


def coverage(wording: Wording, matched: Mapping[str, float]) -> float:
    """The share of a text's information that is matched, 0 to 1."""
    whole = sum(wording.terms.values())
    covered = sum(weight * matched[term] for term, weight in wording.terms.items())
    return covered / whole if whole else 0.0
