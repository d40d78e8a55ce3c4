"""Sentences of other papers that look like answers to a question: what a search brings up.

They share the question's words, in its language or translated, and answer nothing, since they
speak of something else. The reader learns from them to mind what a question is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from embeddings.lexical import index_of
from indexer.paper import Paper
from search_api.answers.matching import ENOUGH, indices
from search_api.answers.question import Question
from search_api.answers.sentence import sentences

SHOWN = 8
"""Sentences of each question."""
_OF_ONE_PAPER = 3
_SHORTLIST = 40
_BATCH = 256
_COLUMNS = 1 << 22
_LONGEST = 700
"""Characters of a sentence; longer ones are lists."""


class Neighbours:
    """Finds, for questions about one paper, sentences of these papers but that one."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        found = [(p, s.quote) for p in papers for s in sentences(p) if len(s.quote) < _LONGEST]
        self._papers = [paper for paper, _ in found]
        self._quotes = [quote for _, quote in found]
        self._columns: dict[int, int] = {}
        self._rows = self._matrix([dict.fromkeys(indices(quote), 1.0) for quote in self._quotes])

    def of(self, questions: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
        """For each question with its paper's id, up to `SHOWN` titles with a sentence, the most
        alike first.
        """
        found = []
        for start in range(0, len(questions), _BATCH):
            batch = questions[start : start + _BATCH]
            weights = self._matrix([_weights(question) for question, _ in batch])
            shares = (weights @ self._rows.T).toarray()
            found += [
                self._best(share, paper) for share, (_, paper) in zip(shares, batch, strict=True)
            ]
        return found

    def _best(self, shares: NDArray[np.float64], asked: str) -> list[tuple[str, str]]:
        own = {paper.title for paper in self._papers if paper.paper_id == asked}
        taken: dict[str, int] = {}
        best: list[tuple[str, str]] = []
        for place in np.argsort(-shares, kind="stable")[:_SHORTLIST]:
            paper = self._papers[place]
            of_paper = taken.get(paper.paper_id, 0)
            if paper.title not in own and of_paper < _OF_ONE_PAPER:
                taken[paper.paper_id] = of_paper + 1
                best.append((paper.title, self._quotes[place]))
        return best[:SHOWN]

    def _matrix(self, rows: Sequence[Mapping[int, float]]) -> sparse.csr_matrix:
        """One row each, a column a term."""
        columns = [self._columns.setdefault(term, len(self._columns)) for r in rows for term in r]
        ends = np.cumsum([0, *map(len, rows)])
        values = [value for row in rows for value in row.values()]
        # More columns than there are terms yet, so that all matrices have the same.
        return sparse.csr_matrix((values, columns, ends), shape=(len(rows), _COLUMNS))


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
