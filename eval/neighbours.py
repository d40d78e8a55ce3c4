"""Sentences of other papers that look like answers to a question: what a search brings up.

They share the question's words, in its language or translated, or are near it in either language,
and answer nothing, since they speak of something else. The reader learns from them to mind what a
question is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from embeddings.base import Embedder
from embeddings.lexical import index_of
from indexer.paper import Language, Paper
from search_api.answers.matching import ENOUGH, indices
from search_api.answers.question import Question
from search_api.answers.sentence import sentences

BY_WORDS, NEAR = 8, 4
"""Sentences of each question that share its words; and that are near it, in each language, since
those of its own language are nearer as such.
"""
_OF_ONE_PAPER = 3
_SHORTLIST = 40
_BATCH = 256
_COLUMNS = 1 << 22
_LONGEST = 700
"""Characters of a sentence; longer ones are lists."""


class Neighbours:
    """Finds, for questions about one paper, sentences of these papers but that one."""

    def __init__(self, papers: Iterable[Paper], embedder: Embedder) -> None:
        found = [(p, s) for p in papers for s in sentences(p) if len(s.quote) < _LONGEST]
        self._papers = [paper for paper, _ in found]
        self._titles = {paper.paper_id: paper.title for paper in self._papers}
        self._quotes = [said.quote for _, said in found]
        self._languages = np.array([said.language for _, said in found])
        self._columns: dict[int, int] = {}
        self._rows = self._matrix([dict.fromkeys(indices(quote), 1.0) for quote in self._quotes])
        self._embedder = embedder
        self._vectors = embedder.embed_passages(self._quotes)

    def of(self, questions: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
        """For each question with its paper's id, up to `BY_WORDS` titles with a sentence, the most
        alike first, and `NEAR` in each language.
        """
        found = []
        for start in range(0, len(questions), _BATCH):
            batch = questions[start : start + _BATCH]
            weights = self._matrix([_weights(question) for question, _ in batch])
            shares = (weights @ self._rows.T).toarray()
            asked = self._embedder.embed_queries([question for question, _ in batch])
            nearness = asked @ self._vectors.T
            for share, near, (_, paper) in zip(shares, nearness, batch, strict=True):
                found.append(self._best(share, paper, BY_WORDS))
                for language in get_args(Language):
                    within = np.where(self._languages == language, near, -np.inf)
                    found[-1] += self._best(within, paper, NEAR)
        return found

    def _best(
        self, likeness: NDArray[np.floating], asked: str, count: int
    ) -> list[tuple[str, str]]:
        taken: dict[str, int] = {}
        best: list[tuple[str, str]] = []
        for place in _highest(likeness, _SHORTLIST):
            paper = self._papers[place]
            of_paper = taken.get(paper.paper_id, 0)
            if paper.title != self._titles.get(asked) and of_paper < _OF_ONE_PAPER:
                taken[paper.paper_id] = of_paper + 1
                best.append((paper.title, self._quotes[place]))
        return best[:count]

    def _matrix(self, rows: Sequence[Mapping[int, float]]) -> sparse.csr_matrix:
        """One row each, a column a term."""
        columns = [self._columns.setdefault(term, len(self._columns)) for r in rows for term in r]
        ends = np.cumsum([0, *map(len, rows)])
        values = [value for row in rows for value in row.values()]
        # More columns than there are terms yet, so that all matrices have the same.
        return sparse.csr_matrix((values, columns, ends), shape=(len(rows), _COLUMNS))


def _highest(values: NDArray[np.floating], count: int) -> NDArray[np.intp]:
    """The places of so many, the highest first."""
    places = np.argpartition(-values, min(count, len(values)) - 1)[:count]
    return places[np.argsort(-values[places], kind="stable")]


def _weights(question: str) -> dict[int, float]:
    """Of each term and translation, the share of a question's information that it covers."""
    asked = Question(question)
    whole = sum(asked.terms.values()) or 1.0
    found: dict[int, float] = {}
    for term, weight in asked.terms.items():
        found[index_of(term)] = weight / whole
        for index, share in asked.translations[term]:
            found[index] = max(found.get(index, 0.0), weight / whole * min(1.0, ENOUGH * share))
    return found
