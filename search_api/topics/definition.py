"""How well a text fits what a topic's name and description say, without any example.

A topic is a query that many papers answer: meaning and words are weighed much as a search
weighs them (`search_api.ranking`), words through the lexicon, so that a Chinese definition
finds English papers and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from embeddings.base import Embedder
from indexer.paper import Language
from search_api.topics.space import Features, Matrix, Space
from search_api.topics.topic import Topic
from search_api.words import Words

MEANING = 0.5
"""What the cosine weighs beside the share of a definition's words, which weighs 1."""
_SLOPE, _OFFSET = 10.0, -3.0
"""From that sum to log odds: between what the archives' six topics and three categories give,
each fitted alone; `eval/LOG.md` has how well scores hold."""
NAME_ALONE = 0.4
"""How far a topic is trusted that is a name without a description; `eval/LOG.md` has the
figures."""
_UNKNOWN = -0.5


class Definitions:
    """The definitions of some topics, ready to be compared with."""

    def __init__(
        self,
        topics: Sequence[Topic],
        space: Space,
        embedder: Embedder,
        languages: Iterable[Language] = ("zh", "en"),
    ) -> None:
        languages = tuple(languages)
        texts = [topic.definitions(languages) for topic in topics]
        vectors = iter(embedder.embed_queries([text for each in texts for text in each]))
        self._meaning = np.array(
            [np.mean([next(vectors) for _ in each], axis=0) for each in texts], np.float64
        )
        self._words = [_shares([Words(text) for text in each], space) for each in texts]
        trust = [1.0 if topic.is_described else NAME_ALONE for topic in topics]
        self._trust = np.array(trust)
        self._space = space

    def fit(self, features: Features) -> Matrix:
        """Between -1 (certainly not) and 1 (certainly), shape (items, topics)."""
        shares = [
            np.mean(np.minimum((features.has @ words.T).toarray(), 1), axis=1)
            for words in map(self._space.spread, self._words)
        ]
        found = MEANING * features.meaning @ self._meaning.T + np.array(shares).T
        sure = np.tanh((_SLOPE * found + _OFFSET) / 2)
        return np.asarray(self._trust * sure + (1 - self._trust) * _UNKNOWN)

    def words(self, topic: int) -> dict[int, float]:
        """How much each term says for a topic, by term index."""
        weights: dict[int, float] = {}
        for share in self._words[topic]:
            for term, weight in share.items():
                weights[term] = max(weights.get(term, 0.0), weight)
        return weights


def _shares(texts: Sequence[Words], space: Space) -> list[dict[int, float]]:
    """For each text the share of its information that each term bears, or translates."""
    shares = []
    for words in texts:
        asked = zip(words.asked.indices, words.asked.values, strict=True)
        whole = sum(weight * space.informs(term) for term, weight in asked) or 1.0
        shares.append(
            {term: weight * space.informs(term) / whole for term, weight in words.weights.items()}
        )
    return shares
