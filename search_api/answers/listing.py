"""Which papers belong on the list that a question asks for.

Each paper is read by itself, its best sentences together; whether it belongs is told by a linear
model over what was read and what the paper has of the topic. The archive answers where one does.
What in a question asks for a list is `list_request`'s, what it is about `list_topic`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.lexical import fold
from embeddings.reranker import Reranker
from search_api.answers.decision import everything
from search_api.answers.evidence import Evidence
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.numeral import ENGLISH, counted
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


_COUNT = re.compile(
    rf"(?P<count>\d{{1,2}}|\b(?:{ENGLISH})\b)(?: [a-z-]+){{0,2}} (?:papers|articles|preprints)\b"
    rf"|\btop[ -](?P<top>\d{{1,2}})\b|(?P<zh>\d{{1,2}}|[二两三四五六七八九十]) ?篇",
    re.IGNORECASE,
)
_NEWEST = re.compile(r"\b(?:newest|latest|most recent)\b|最新", re.IGNORECASE)
_NOT = re.compile(
    r"\bnot (?:about|on|related|concerned|dealing)\b|\bunrelated to\b"
    r"|不(?:是关于|涉及|讨论|包含|属于)|无关",
    re.IGNORECASE,
)


def wanted(question: str) -> int | None:
    """How many papers a question asks for, if it says so: "top 3 papers", 推荐两篇."""
    found = _COUNT.search(question)
    return int(counted(next(filter(None, found.groups())).lower())) if found else None


def is_denied(question: str) -> bool:
    """Whether it asks for papers that are not about something, which no nearness tells."""
    return bool(_NOT.search(question))


@dataclass(frozen=True, slots=True)
class Entries:
    """Papers that may belong on a list: the `places` of the best candidate of each, and their
    features, `rows` of shape (papers, features).
    """

    places: list[int]
    rows: NDArray[np.float64]

    def listed(
        self, chances: NDArray[np.float64], threshold: float, evidence: Evidence
    ) -> tuple[int, ...]:
        """What is quoted of the papers that belong with these chances, as many as are asked for:
        the surest first, or of these the newest if those are.
        """
        text = evidence.question.text
        order = np.argsort(-chances, kind="stable")
        places = [self.places[n] for n in order if chances[n] >= threshold][: wanted(text)]
        if _NEWEST.search(text):
            places.sort(key=lambda n: evidence.candidates[n].paper.date or "", reverse=True)
        return tuple(places)


def entries(reader: Reranker, evidence: Evidence, scores: NDArray[np.float64]) -> Entries:
    """The papers of the evidence, each read by its best sentences, by scores of shape
    (candidates,).
    """
    by_paper: dict[str, list[int]] = {}
    for place in np.argsort(-scores, kind="stable"):
        by_paper.setdefault(evidence.candidates[place].paper.paper_id, []).append(int(place))
    read = [sorted(places[:OF_EACH]) for places in by_paper.values()]
    question = evidence.question
    texts = [joint([evidence.candidates[place] for place in places], question) for places in read]
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
