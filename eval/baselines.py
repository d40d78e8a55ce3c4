"""What a user would pick instead, over the same passages.

Each function gives a search: a query in, paper id to score out, best passage per paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from embeddings.base import Embedder
from embeddings.lexical import query_vector
from indexer.passages import Passage
from indexer.stores.base import Hit, HybridQuery
from search_api.archive import Archive

Search = Callable[[str], dict[str, float]]
DEPTH = 1000
RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack et al. 2009, doi:10.1145/1571941.1572114)."""


def dense(passages: Sequence[Passage], embedder: Embedder) -> Search:
    """Cosine alone, with any embedder; exact."""
    vectors = embedder.embed_passages([passage.text for passage in passages])

    def search(query: str) -> dict[str, float]:
        scores = vectors @ embedder.embed_queries([query])[0]
        best: dict[str, float] = {}
        for index in np.argsort(-scores, kind="stable"):
            best.setdefault(passages[index].paper_id, float(scores[index]))
        return best

    return search


def lexical(archive: Archive) -> Search:
    """BM25 over our own terms, as the store scores it."""

    def search(query: str) -> dict[str, float]:
        legs = archive.store.query(HybridQuery(sparse=query_vector(query), limit=DEPTH))
        return _papers(legs.lexical)

    return search


def fused(archive: Archive) -> Search:
    """Our vectors and BM25 by reciprocal rank fusion."""

    def search(query: str) -> dict[str, float]:
        vector = archive.embedder.embed_queries([query])[0]
        legs = archive.store.query(HybridQuery(vector, query_vector(query), limit=DEPTH))
        scores: dict[str, float] = {}
        for leg in (legs.dense, legs.lexical):
            for rank, paper_id in enumerate(_papers(leg), 1):
                scores[paper_id] = scores.get(paper_id, 0.0) + 1 / (RRF_K + rank)
        return scores

    return search


def _papers(hits: Sequence[Hit]) -> dict[str, float]:
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.payload.paper_id, hit.score)
    return best
