"""Which papers are the same work: two ids, or nearly the same title and abstract.

Compares stored vectors; nothing is embedded. How joined papers are shown is unknown here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.catalogue import Catalogue
from indexer.identity import bare_title
from indexer.stores.base import Store

NEAR = 0.8
"""Cosine of two passages from which on they may say the same. Measured on 632 papers with the
bundled model: different papers reach 0.62, copies of an abstract with a sentence or a tenth of
its words gone stay above 0.83 (`eval/LOG.md`)."""
SHARED = 0.4
"""Share of both passages' terms that must be common, since other models' cosines lie elsewhere.
Different papers reach 0.22; 19 of 20 copies with a third of the text gone stay above 0.54."""
_BLOCK = 1024


def same_works(
    catalogue: Catalogue, store: Store, paper_ids: Sequence[str]
) -> list[tuple[str, ...]]:
    """Papers in groups of one work each, most of them alone; order as given.

    Papers are one work if their titles differ in case, spacing and punctuation at most, or if
    a passage of one nearly repeats a passage of the other: `NEAR` in meaning, with `SHARED`
    terms.
    """
    papers = {each: catalogue.paper(each) for each in dict.fromkeys(paper_ids)}
    group = {paper_id: paper_id for paper_id in papers}

    def root(paper_id: str) -> str:
        while group[paper_id] != paper_id:
            paper_id = group[paper_id]
        return paper_id

    titled: dict[str, str] = {}
    for paper_id, paper in papers.items():
        for title in paper.titles if paper else ():
            if essence := bare_title(title.text):
                group[root(paper_id)] = root(titled.setdefault(essence, paper_id))
    for one, other in _near(catalogue, store, list(papers)):
        group[root(other)] = root(one)
    groups: dict[str, list[str]] = {}
    for paper_id in papers:
        groups.setdefault(root(paper_id), []).append(paper_id)
    return [tuple(each) for each in groups.values()]


def _near(catalogue: Catalogue, store: Store, paper_ids: list[str]) -> set[tuple[str, str]]:
    """Pairs of papers of which a passage of one nearly repeats one of the other."""
    owner = {
        passage.id: paper_id
        for paper_id in paper_ids
        for passage in catalogue.passages_of(paper_id)
    }
    points = store.fetch(list(owner))
    if not points:
        return set()
    vectors = np.array([point.dense for point in points])
    owners = [owner[point.id] for point in points]
    terms = [frozenset(point.sparse.indices) for point in points]
    pairs = set()
    # In blocks: all cosines at once would not fit for a long digest.
    for start in range(0, len(vectors), _BLOCK):
        near = np.argwhere(vectors[start : start + _BLOCK] @ vectors.T >= NEAR).tolist()
        for one, other in ((start + row, column) for row, column in near):
            if owners[one] < owners[other] and _shared(terms[one], terms[other]) >= SHARED:
                pairs.add((owners[one], owners[other]))
    return pairs


def _shared(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / max(len(one | other), 1)
