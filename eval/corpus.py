"""The passages that an archive indexed, as every baseline gets them.

A baseline scores passages; a paper counts by its best one. What is costly and used by
several baselines is made once and kept here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.base import Vectors
from eval.bm25 import BM25
from eval.models import Models
from eval.task import Ranking
from indexer.catalogue import Catalogue
from indexer.passages import Passage
from indexer.stores.validate import batches

_READ = 5000
PASSAGES_PER_PAPER = 4
"""That a baseline with ranked passages is asked for; an archive's papers seldom have more."""


class Corpus:
    """Passages ordered by paper; `texts[i]` belongs to the paper `owners[i]`."""

    def __init__(self, passages: Iterable[Passage], models: Models) -> None:
        ordered = sorted(passages, key=lambda passage: (passage.paper_id, passage.id))
        self.texts = [passage.text for passage in ordered]
        self.owners = [passage.paper_id for passage in ordered]
        self.papers, starts = np.unique(self.owners, return_index=True)
        self._starts = starts
        self.models = models

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def plain(self) -> Vectors:
        """The model's vectors as they come, shape (passages, dimension)."""
        return self.models.plain.embed_passages(self.texts)

    @cached_property
    def ours(self) -> Vectors:
        """The archive's vectors, shape (passages, dimension)."""
        return self.models.ours.embed_passages(self.texts)

    @cached_property
    def bm25(self) -> BM25:
        """The words of the passages."""
        return BM25(self.texts)

    def best(self, scores: NDArray[np.float32], depth: int, above: float = -np.inf) -> Ranking:
        """The `depth` best papers by their best passages' scores, ties by id.

        `scores` has shape (passages,); papers that score no more than `above` are not found.
        """
        best = np.maximum.reduceat(scores, self._starts)
        order = np.argsort(-best, kind="stable")[:depth]
        return [str(self.papers[index]) for index in order if best[index] > above]

    def papers_of(self, passages: Sequence[int], depth: int) -> Ranking:
        """The first `depth` papers that ranked passages belong to."""
        return list(dict.fromkeys(self.owners[index] for index in passages))[:depth]


def read_passages(catalogue: Catalogue) -> list[Passage]:
    """Every passage that the store holds."""
    ids = catalogue.ids_in_state("stored")
    return [p for chunk in batches(ids, _READ) for p in catalogue.passages(chunk).values()]
