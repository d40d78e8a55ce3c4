"""What a query says in words: its terms, and beside them what translates them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from embeddings import lexicon
from embeddings.lexical import SparseVector, index_of, query_vector, terms


class Words:
    """The words of one query.

    `asked` are its own terms, `expanded` those and their translations, both as sparse
    vectors.
    """

    def __init__(self, text: str) -> None:
        self.terms = tuple(dict.fromkeys(terms(text)))
        self.asked: SparseVector = query_vector(text)
        self.expanded: SparseVector = lexicon.load_bundled().expand(self.asked)

    @cached_property
    def weights(self) -> Mapping[int, float]:
        """The weight of each term and translation, by term index."""
        pairs = zip(self.expanded.indices, self.expanded.values, strict=True)
        return MappingProxyType(dict(pairs))

    def weight_in(self, text: str) -> float:
        """The weight of all that a text has of the query, each term once."""
        return sum(self.weights.get(index, 0.0) for index in set(map(index_of, terms(text))))

    def matched_in(self, text: str) -> tuple[str, ...]:
        """The query's terms that stand in a text, in the query's order, and behind them the
        text's own terms that translate others, the weightiest first.
        """
        there = dict.fromkeys(terms(text))
        translated = [
            term for term in there if term not in self.terms and index_of(term) in self.weights
        ]
        translated.sort(key=lambda term: -self.weights[index_of(term)])
        return (*(term for term in self.terms if term in there), *translated)
