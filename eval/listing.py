"""Learns from judged questions which papers belong on a list that is asked for.

A logistic regression over the papers of every such question, one that belongs or does not;
those of which one could argue are left out. It answers from the same threshold on as questions
that ask for no papers. Needs scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from embeddings.reranker import Reranker
from eval.example import Example
from eval.logistic import FOLDS, folds, logistic
from search_api.answers.linear import Linear
from search_api.answers.listing import FEATURES, Entries, entries

MAX_FALSE_REFUSALS = 0.10
"""Of questions whose papers are there, that the threshold may cost: more than elsewhere, since at
6% two fifths of what is listed does not belong.
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A question with the papers that were read for it, and which `belong`, of shape (papers,);
    of those that do not, `argued` could.
    """

    entries: Entries
    belong: NDArray[np.bool_]
    argued: NDArray[np.bool_]
    answerable: bool


def read_lists(reader: Reranker, found: Sequence[Example], sentence: Linear) -> list[Listed]:
    """What is learned from, of the questions that ask for papers."""
    return [_listed(reader, each, sentence) for each in found]


def _listed(reader: Reranker, example: Example, sentence: Linear) -> Listed:
    judged, candidates = example.judged, example.evidence.candidates
    found = Entries([], np.empty((0, len(FEATURES))))
    if candidates:
        found = entries(reader, example.evidence, sentence.scores(example.rows))
    ids = [candidates[place].paper.paper_id for place in found.places]
    belong = np.array([each in judged.papers for each in ids], bool)
    argued = np.array([each in judged.partly for each in ids], bool)
    return Listed(found, belong, argued, judged.answerable)


def fit_listing(found: Sequence[Listed], threshold: float) -> Linear:
    """The model, shifted so that this threshold costs `MAX_FALSE_REFUSALS` in cross-validation."""
    fold = folds(len(found))
    best = np.zeros(len(found))
    for each in range(FOLDS):
        model = _fit([one for one, f in zip(found, fold, strict=True) if f != each])
        for place in map(int, np.flatnonzero(fold == each)):
            best[place] = model.scores(found[place].entries.rows).max(initial=-np.inf)
    answerable = np.array([each.answerable for each in found])
    costing = float(np.quantile(best[answerable], MAX_FALSE_REFUSALS))
    model = _fit(found)
    shift = np.log(threshold / (1 - threshold)) - costing
    return replace(model, bias=round(model.bias + float(shift), 5))


def _fit(found: Sequence[Listed]) -> Linear:
    rows = np.concatenate([each.entries.rows[~each.argued] for each in found])
    return logistic(FEATURES, rows, np.concatenate([each.belong[~each.argued] for each in found]))
