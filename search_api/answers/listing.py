"""Which papers belong on the list that a question asks for.

Each paper is read by itself, its best sentences together; whether it belongs is told by a linear
model over what was read and what the paper has of the topic. The archive answers where one does.
What in a question asks for a list is `list_request`'s, what it is about `list_topic`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.lexical import fold
from embeddings.reranker import Reranker
from search_api.answers.decision import everything
from search_api.answers.evidence import Evidence
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.reading import joint, log_odds
from search_api.answers.wording import mentions

OF_EACH = 2
"""Sentences of each paper that are read as one text."""
FEATURES = (
    "reading",
    "coverage",  # by what was read, with the title
    "coverage by paper",
    "missing",  # the most telling term that the paper lacks
    "names missing",
    "nearness",  # of the nearest sentence that was read
    "paper score",
    "behind best",
    "crossing",  # what was read first is in the other language, where all of the above sees less
)


@dataclass(frozen=True, slots=True)
class Entries:
    """Papers that may belong on a list: the `places` of the best candidate of each, and their
    features, `rows` of shape (papers, features).
    """

    places: list[int]
    rows: NDArray[np.float64]

    def listed(self, chances: NDArray[np.float64], threshold: float) -> tuple[int, ...]:
        """What is quoted of the papers that belong with these chances, the surest first."""
        order = np.argsort(-chances, kind="stable")
        return tuple(self.places[n] for n in order if chances[n] >= threshold)


def entries(reader: Reranker, evidence: Evidence, scores: NDArray[np.float64]) -> Entries:
    """The papers of the evidence, each read by its best sentences, by scores of shape
    (candidates,).
    """
    by_paper: dict[str, list[int]] = {}
    for place in np.argsort(-scores, kind="stable"):
        by_paper.setdefault(evidence.candidates[place].paper.paper_id, []).append(int(place))
    read = [sorted(places[:OF_EACH]) for places in by_paper.values()]
    texts = [joint([evidence.candidates[place] for place in places]) for places in read]
    odds = log_odds(reader.scores(evidence.question.text, texts))
    top = max(each.paper_score for each in evidence.candidates)
    rows = [
        _row(evidence, places, text, float(of_one), top)
        for places, text, of_one in zip(read, texts, odds, strict=True)
    ]
    return Entries([places[0] for places in by_paper.values()], np.array(rows))


def _row(
    evidence: Evidence, places: Sequence[int], text: str, odds: float, top: float
) -> list[float]:
    topic, first = evidence.question.topic, evidence.candidates[places[0]]
    whole_paper = everything(first.paper, evidence.candidates)
    in_paper = matches(topic, indices(whole_paper))
    lacking = (weight * (1 - in_paper[term]) for term, weight in topic.terms.items())
    folded = fold(whole_paper)
    return [
        odds,
        coverage(topic, matches(topic, indices(text))),
        coverage(topic, in_paper),
        max(lacking, default=0.0),
        sum(not mentions(folded, name) for name in topic.names),
        float(evidence.nearness[places].max()),
        first.paper_score,
        first.paper_score - top,
        first.sentence.language != evidence.question.language,
    ]
