"""Learns which questions ask for papers, from questions that do and others.

Logistic regression over their clues with an L1 penalty, so that few remain (Tibshirani 1996).
The questions are those that answers and the reader learn from, and those of
`asking_questions.jsonl`: all ways of asking, and what looks like them. Needs scikit-learn.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from eval.logistic import FOLDS
from eval.questions import load_questions
from eval.reading import asked, records, strangers
from search_api.answers.list_request import RequestModel, clues, tokens

_INVERSE_PENALTY = 1.0
_FREQUENT = 80
"""Words of which all pairs are looked at."""
_FEWEST = 15
"""Questions that a clue must be in; in fewer, it tells what they are about."""
_LEAST = 0.01
"""Weight that a clue must have to be kept."""
MAX_FALSE = 0.003
"""Of questions that ask for no papers, those that may be taken for some in cross-validation."""
_ASKING = "asking_questions.jsonl"
_LISTS = ("which_papers", "no_such_papers")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that asks for papers or does not; those of one `group` share a paper."""

    text: str
    group: str
    lists: bool


def questions() -> list[Asked]:
    """All to learn from: no question of a split that answers are measured on."""
    judged = [*load_questions("train"), *load_questions("hard"), *load_questions("lists-told")]
    return [
        *(Asked(each.question, each.id, each.kind in _LISTS) for each in judged),
        *(Asked(text, paper_id, kind in _LISTS) for text, paper_id, kind in asked()),
        *(Asked(text, text, lists=False) for text in strangers()),
        *(Asked(each["question"], each["id"], each["lists"]) for each in records(_ASKING)),
    ]


def learn(found: list[Asked]) -> tuple[RequestModel, float]:
    """The model, and how many of those that ask for papers it knows in cross-validation."""
    texts = [each.text for each in found]
    counts = Counter(token for text in texts for token in set(tokens(text)))
    frequent = frozenset(token for token, _ in counts.most_common(_FREQUENT))
    counting = CountVectorizer(
        analyzer=partial(clues, frequent=frequent), binary=True, min_df=_FEWEST, dtype=np.float64
    )
    rows = counting.fit_transform(texts)
    names = counting.get_feature_names_out()
    lists = np.array([each.lists for each in found])
    fold = np.array([zlib.crc32(each.group.encode()) % FOLDS for each in found])
    scores = np.empty(len(found))
    for each in range(FOLDS):
        bias, weights = _logistic(names, rows[fold != each], lists[fold != each])
        model = RequestModel(bias, frequent, weights)
        for place in np.flatnonzero(fold == each):
            scores[place] = model.score(texts[place])
    threshold = float(np.quantile(scores[~lists], 1 - MAX_FALSE))
    bias, weights = _logistic(names, rows, lists)
    model = RequestModel(round(bias - threshold, 2), frequent, weights)
    return model, float((scores[lists] > threshold).mean())


def _logistic(
    names: Sequence[str], rows: csr_matrix, lists: NDArray[np.bool_]
) -> tuple[float, dict[str, float]]:
    model = LogisticRegression(
        l1_ratio=1.0, C=_INVERSE_PENALTY, solver="liblinear", max_iter=300, random_state=0
    )
    model.fit(rows, lists)
    weights = {
        str(name): round(float(weight), 2)
        for name, weight in zip(names, model.coef_[0], strict=True)
        if abs(weight) >= _LEAST
    }
    return float(model.intercept_[0]), weights
