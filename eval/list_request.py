"""Learns which questions ask for papers, from questions that do and others.

Logistic regression over their clues with an L1 penalty, so that few remain (Tibshirani 1996).
The questions are those that answers and the reader learn from, and those of
`asking_questions.jsonl`: all ways of asking, and what looks like them. Needs scikit-learn.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from eval.logistic import FOLDS
from eval.questions import Split, load_questions, normal
from eval.reading import reading_questions, records, strangers
from search_api.answers.list_request import RequestModel, clues, tokens

_INVERSE_PENALTY = 1.0
_FREQUENT = 80
"""Words of which all pairs are looked at."""
_FEWEST = 15
"""Questions that a clue must be in; in fewer, it tells what they are about."""
_LEAST = 0.01
"""Weight that a clue must have to be kept."""
MAX_FALSE = 0.004
"""Of questions that ask for no papers, those that may be taken for some in cross-validation."""
_ASKING = "asking_questions.jsonl"
_ASKING_WEIGHT = 5.0
"""How much more one of those counts: the others are many, and of a few kinds."""
_LEARNED: tuple[Split, ...] = ("train", "hard")
_LISTS = ("which_papers", "no_such_papers")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that asks for papers or does not; those of one `group` share a paper."""

    text: str
    group: str
    lists: bool
    weight: float = 1.0


def questions() -> list[Asked]:
    """All to learn from: none of a split that answers are measured on."""
    judged = [each for split in _LEARNED for each in load_questions(split)]
    about = [next(iter(each.papers or each.about), each.id) for each in judged]
    found = [
        *(Asked(j.question, a, j.kind in _LISTS) for j, a in zip(judged, about, strict=True)),
        *(Asked(text, paper_id, kind in _LISTS) for text, paper_id, kind in reading_questions()),
        *(Asked(text, text, lists=False) for text in strangers()),
        *(
            Asked(each["question"], each["id"], each["lists"], _ASKING_WEIGHT)
            for each in records(_ASKING)
        ),
    ]
    measured = (load_questions(split) for split in get_args(Split) if split not in _LEARNED)
    left_out = {normal(each.question) for split in measured for each in split}
    return [each for each in found if normal(each.text) not in left_out]


def learn(found: list[Asked]) -> tuple[RequestModel, float]:
    """The model, and how many of those that ask for papers it knows in cross-validation, at the
    threshold that was chosen in it.
    """
    texts = [each.text for each in found]
    counts = Counter(token for text in texts for token in set(tokens(text)))
    frequent = frozenset(token for token, _ in counts.most_common(_FREQUENT))
    counting = CountVectorizer(
        analyzer=partial(clues, frequent=frequent), binary=True, min_df=_FEWEST, dtype=np.float64
    )
    rows = counting.fit_transform(texts)
    names = counting.get_feature_names_out()
    lists = np.array([each.lists for each in found])
    weights = np.array([each.weight for each in found])
    fold = np.array([zlib.crc32(each.group.encode()) % FOLDS for each in found])
    scores = np.empty(len(found))
    for each in range(FOLDS):
        model = _logistic(names, frequent, rows, lists, weights * (fold != each))
        for place in np.flatnonzero(fold == each):
            scores[place] = model.score(texts[place])
    threshold = float(np.quantile(scores[~lists], 1 - MAX_FALSE))
    model = _logistic(names, frequent, rows, lists, weights)
    model = replace(model, bias=round(model.bias - threshold, 2))
    return model, float((scores[lists] > threshold).mean())


def _logistic(
    names: Sequence[str],
    frequent: frozenset[str],
    rows: csr_matrix,
    lists: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> RequestModel:
    """Learned from the questions whose weight is above 0."""
    model = LogisticRegression(
        l1_ratio=1.0, C=_INVERSE_PENALTY, solver="liblinear", max_iter=300, random_state=0
    )
    used = weights > 0
    model.fit(rows[used], lists[used], sample_weight=weights[used])
    learned = {
        str(name): round(float(weight), 2)
        for name, weight in zip(names, model.coef_[0], strict=True)
        if abs(weight) >= _LEAST
    }
    return RequestModel(float(model.intercept_[0]), frequent, learned)
