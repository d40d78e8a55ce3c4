"""Which papers are the same work: two ids, or nearly the same title and abstract.

Compares stored vectors; nothing is embedded. How joined papers are shown is unknown here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from indexer.catalogue import Catalogue
from indexer.identity import bare_title, is_generic
from indexer.stores.base import Store

NEAR = 0.8
"""Cosine of two passages from which on they may say the same. Measured on 632 papers with the
bundled model: different papers reach 0.62, copies of an abstract with a sentence or a tenth of
its words gone stay above 0.83 (`eval/LOG.md`)."""
SHARED = 0.4
"""Share of both passages' terms that must be common, since other models' cosines lie elsewhere.
Different papers reach 0.22; 19 of 20 copies with a third of the text gone stay above 0.54."""
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Match:
    """Two papers that seem to be one work: what speaks for it, and its words or figure."""

    one: str
    other: str
    because: Literal["doi", "title", "text"]
    detail: str


def same_works(
    catalogue: Catalogue, store: Store, paper_ids: Sequence[str]
) -> list[tuple[str, ...]]:
    """Papers in groups of one work each, most of them alone; order as given."""
    return grouped(paper_ids, matches(catalogue, store, paper_ids))


def grouped(paper_ids: Iterable[str], matches: Iterable[Match]) -> list[tuple[str, ...]]:
    """Papers in groups that matches join, directly or over others; order as given."""
    group = {paper_id: paper_id for paper_id in paper_ids}

    def root(paper_id: str) -> str:
        while group[paper_id] != paper_id:
            paper_id = group[paper_id]
        return paper_id

    for match in matches:
        group[root(match.other)] = root(match.one)
    groups: dict[str, list[str]] = {}
    for paper_id in group:
        groups.setdefault(root(paper_id), []).append(paper_id)
    return [tuple(each) for each in groups.values()]


def matches(catalogue: Catalogue, store: Store, paper_ids: Sequence[str]) -> Iterator[Match]:
    """What speaks for two papers being one work.

    That is a title that differs in case, spacing and punctuation at most, unless many papers
    bear it, or a passage of one that nearly repeats a passage of the other: `NEAR` in meaning,
    with `SHARED` terms.
    """
    papers = {each: catalogue.paper(each) for each in dict.fromkeys(paper_ids)}
    titled: dict[str, str] = {}
    for paper_id, paper in papers.items():
        for title in paper.titles if paper else ():
            essence = bare_title(title.text)
            if not essence or is_generic(title.text):
                continue
            if (other := titled.setdefault(essence, paper_id)) != paper_id:
                yield Match(other, paper_id, "title", title.text)
    for (one, other), cosine in _near(catalogue, store, list(papers)).items():
        yield Match(one, other, "text", f"{cosine:.2f}")


def _near(catalogue: Catalogue, store: Store, paper_ids: list[str]) -> dict[tuple[str, str], float]:
    """Pairs of papers of which a passage of one nearly repeats one of the other, and how nearly."""
    owner = {
        passage.id: paper_id
        for paper_id in paper_ids
        for passage in catalogue.passages_of(paper_id)
    }
    points = store.fetch(list(owner))
    if not points:
        return {}
    vectors = np.array([point.dense for point in points])
    owners = [owner[point.id] for point in points]
    terms = [frozenset(point.sparse.indices) for point in points]
    pairs: dict[tuple[str, str], float] = {}
    # In blocks: all cosines at once would not fit for a long digest.
    for start in range(0, len(vectors), _BLOCK):
        cosines = vectors[start : start + _BLOCK] @ vectors.T
        for row, column in np.argwhere(cosines >= NEAR).tolist():
            one, other = start + row, column
            if owners[one] < owners[other] and _shared(terms[one], terms[other]) >= SHARED:
                pair = owners[one], owners[other]
                pairs[pair] = max(pairs.get(pair, 0.0), float(cosines[row, column]))
    return pairs


def _shared(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / max(len(one | other), 1)
