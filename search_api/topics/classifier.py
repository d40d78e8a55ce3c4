"""Which topics a paper or a text belongs to, how surely, and why.

Each topic is a regression of its own. What its definition says (`definition`) comes first;
examples correct it by kernel ridge regression of what is left, over meaning and words, with
both sides weighing the same: a Gaussian process's mean with the definition as its prior
(Rasmussen & Williams 2006, section 2.7). So one path serves a topic that is only described,
one that is only shown, and everything between. Nothing is stored: a new or changed topic
takes the seconds that solving takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from search_api.topics.definition import Definitions
from search_api.topics.space import Item, Matrix, Space, column
from search_api.topics.topic import Topic

RIDGE = 2.0
"""How little single examples are trusted; `eval/LOG.md` has the figures."""
ACCEPTED = 0.5
"""Labels from this score on are accepted."""
_SLOPE, _OFFSET = 4.0, -0.25
"""From a regression's value to log odds: what the archives' topics and categories both give,
each left out in turn."""
MIN_REST = 20
"""Papers that are not in a topic which its regression sees, where there are as many."""


@dataclass(frozen=True, slots=True)
class Pull:
    """An example that pulled a text towards a topic, and how far."""

    paper_id: str
    strength: float


@dataclass(frozen=True, slots=True)
class Regression:
    """What a topic's examples add to its definition. All have shape (its examples,): `rows`
    are their places among all topics' examples, `left_out` what the others say of each.
    """

    rows: NDArray[np.intp]
    weights: NDArray[np.float64]
    positive: NDArray[np.bool_]
    left_out: NDArray[np.float64]


class Classifier:
    """A classifier for some topics. Threads may share it.

    `items` are the papers that topics name as examples and counter-examples, as far as they
    are there, and any others to stand for what belongs to no topic.
    """

    def __init__(
        self,
        topics: Sequence[Topic],
        definitions: Definitions,
        space: Space,
        items: Mapping[str, Item],
    ) -> None:
        self.topics = tuple(topics)
        self._space = space
        self._definitions = definitions
        self._ids = tuple(items)
        self._examples = space.features([items[each] for each in self._ids])
        prior = definitions.fit(self._examples)
        similar = self._examples.similarity(self._examples)
        self._regressions = [
            _regress(similar, prior[:, place], *self._sides(topic))
            for place, topic in enumerate(self.topics)
        ]

    def _sides(self, topic: Topic) -> tuple[list[int], list[int]]:
        """The rows of a topic's examples, and of what is not in it."""
        every = {paper for each in self.topics for paper in each.examples}
        inside, counter = set(topic.examples), set(topic.counter_examples)
        positive, negative, rest = [], [], []
        for row, paper in enumerate(self._ids):
            if paper in counter:
                negative.append(row)
            elif paper in inside:
                positive.append(row)
            elif paper in every:
                negative.append(row)
            else:
                rest.append(row)
        return positive, negative + rest[: max(0, MIN_REST - len(negative))]

    def scores(self, items: Sequence[Item], ids: Sequence[str | None] = ()) -> Matrix:
        """How surely each item belongs to each topic, from 0 to 1, shape (items, topics).

        With the `ids` of papers, what examples among them teach is not asked of themselves.
        """
        features = self._space.features(items)
        values = self._definitions.fit(features)
        similar = features.similarity(self._examples)
        places = {paper_id: row for row, paper_id in enumerate(ids)}
        known = {row: places[each] for row, each in enumerate(self._ids) if each in places}
        for topic, found in enumerate(self._regressions):
            # One more than the similarity: a constant that every example shares.
            values[:, topic] += (similar[:, found.rows] + 1) @ found.weights
            for row, value in zip(found.rows.tolist(), found.left_out, strict=True):
                if row in known:
                    values[known[row], topic] = value
        return np.asarray(1 / (1 + np.exp(-(_SLOPE * values + _OFFSET))))

    def pulls(
        self, item: Item, topic: int, most: int = 3, besides: str | None = None
    ) -> list[Pull]:
        """The topic's examples that are most like an item, the likest first; without the
        paper that the item is.
        """
        found = self._regressions[topic]
        similar = self._space.features([item]).similarity(self._examples)[0, found.rows]
        likest = np.argsort(-similar, kind="stable")
        pulls = (
            Pull(self._ids[found.rows[place]], round(float(similar[place]), 4))
            for place in likest
            if found.positive[place] and similar[place] > 0
        )
        return list(islice((pull for pull in pulls if pull.paper_id != besides), most))

    def words(self, item: Item, topic: int) -> dict[int, float]:
        """How much each term of an item speaks for a topic, by term index; only those that do."""
        weights = self._definitions.words(topic)
        found = self._regressions[topic]
        learned = self._examples.words[found.rows].T @ found.weights
        own = self._space.features([item]).words
        by_column = dict(zip(own.indices.tolist(), own.data.tolist(), strict=True))
        said = {
            term: weights.get(term, 0.0)
            + by_column.get(column(term), 0.0) * float(learned[column(term)])
            for term in item.words
        }
        return {term: weight for term, weight in said.items() if weight > 0}


def _regress(
    similar: Matrix, prior: NDArray[np.float64], positive: list[int], negative: list[int]
) -> Regression:
    """Fit what the examples say beyond the prior; without a positive one, nothing."""
    rows = np.array(positive + negative if positive else [], np.intp)
    inside = np.arange(len(rows)) < len(positive)
    share = np.where(inside, 0.5 / max(1, len(positive)), 0.5 / max(1, len(negative)))
    target = np.where(inside, 1.0, -1.0)
    noise = np.diag(RIDGE / (share * len(rows)))
    inverse = np.linalg.inv(similar[np.ix_(rows, rows)] + 1 + noise)
    weights = inverse @ (target - prior[rows])
    # Allen's PRESS: the fit without each example, from the fit with all.
    left_out = target - weights / np.diag(inverse)
    return Regression(rows, weights, inside, left_out)
