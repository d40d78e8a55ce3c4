"""Labels an archive's papers, and pasted texts, with topics.

Brings catalogue, store, model and a set of topics together; the deciding is `classifier`'s.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from embeddings.base import Embedder
from embeddings.errors import InputError
from indexer.catalogue import Catalogue
from indexer.stores.base import Store
from search_api.search import check_either, checked_query, find_paper, not_embedded
from search_api.topics.classifier import ACCEPTED, MIN_REST, Classifier
from search_api.topics.definition import Definitions
from search_api.topics.highlights import highlights
from search_api.topics.labels import AllClassified, Assigned, Because, Classified, Label
from search_api.topics.space import Item, Papers, Space, text_item
from search_api.topics.topic import Topic

MAX_EXAMPLES = 1500
"""Examples that all topics learn from together: more take longer than they help."""
_EXPLAINED = 3
"""Labels that come with their reasons; further ones where they are accepted."""


class Labeller:
    """Labels papers and texts with some topics. Threads may share it.

    Raises `InputError` where there is no topic, or no paper to compare with.
    """

    def __init__(
        self, catalogue: Catalogue, store: Store, embedder: Embedder, topics: Sequence[Topic]
    ) -> None:
        if not topics:
            raise InputError(
                "There is no topic to classify by; define some in topics/*.toml below the "
                "archive's folder, or use the shipped ones with `--set shipped`."
            )
        self._catalogue = catalogue
        self._embedder = embedder
        self._papers = Papers(catalogue, store)
        background = self._papers.background()
        if not background:
            raise InputError("The archive is empty; fill it with `archive index PATH…`.")
        space = Space([item for _, item in background])
        definitions = Definitions(topics, space, embedder)
        named = {p for topic in topics for p in (*topic.examples, *topic.counter_examples)}
        items = dict(self._papers.items(sorted(_drawn(topics))))
        rest = [(paper, item) for paper, item in background if paper not in named]
        items |= islice(_unclaimed(rest, definitions, space), MIN_REST)
        self._classifier = Classifier(topics, definitions, space, items)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics in use."""
        return self._classifier.topics

    def classify(self, paper_id: str | None = None, *, text: str | None = None) -> Classified:
        """The labels of a paper of the archive, or of a text.

        Raises `UnknownPaper` for an id that is not there, `BadQuery` for bad arguments.
        """
        started = time.perf_counter()
        check_either(paper_id, text)
        filed: tuple[str, ...] = ()
        if paper_id is not None:
            paper = find_paper(self._catalogue, paper_id)
            paper_id, filed = paper.paper_id, paper.topics
            item = dict(self._papers.items([paper_id])).get(paper_id)
            if item is None:
                raise not_embedded(paper_id)
            own = self._catalogue.passages_of(paper_id)
            text = "\n".join(dict.fromkeys(passage.text for passage in own))
        else:
            text = checked_query(text or "")
            item = text_item(text, self._embedder)
        labels = self._labels(item, text, paper_id)
        none = not any(label.accepted for label in labels)
        took = round((time.perf_counter() - started) * 1000, 2)
        return Classified(paper_id, labels, none, filed, took)

    def _labels(self, item: Item, text: str, paper_id: str | None) -> tuple[Label, ...]:
        classifier = self._classifier
        scores = classifier.scores([item], [paper_id])[0]
        labels = []
        for rank, place in enumerate(np.argsort(-scores, kind="stable")):
            accepted = bool(scores[place] >= ACCEPTED)
            because: tuple[Because, ...] = ()
            said: tuple[str, ...] = ()
            if accepted or rank < _EXPLAINED:
                pulls = classifier.pulls(item, place, besides=paper_id)
                because = tuple(
                    Because(p.paper_id, self._catalogue.title(p.paper_id), p.strength)
                    for p in pulls
                )
                said = highlights(text, classifier.words(item, place))
            label = classifier.topics[place].label
            labels.append(Label(label, round(float(scores[place]), 4), accepted, because, said))
        return tuple(labels)

    def classify_all(self) -> AllClassified:
        """Every paper of the archive; nothing is embedded."""
        started = time.perf_counter()
        labels = [topic.label for topic in self.topics]
        found: dict[str, tuple[str, ...]] = {}
        for batch in self._papers.batches(self._catalogue.paper_ids()):
            ids = [paper_id for paper_id, _ in batch]
            scores = self._classifier.scores([item for _, item in batch], ids)
            for paper_id, row in zip(ids, scores, strict=True):
                order = [p for p in np.argsort(-row, kind="stable") if row[p] >= ACCEPTED]
                found[paper_id] = tuple(labels[place] for place in order)
        papers = tuple(
            Assigned(paper_id, self._catalogue.title(paper_id), topics)
            for paper_id, topics in sorted(found.items())
        )
        counts = Counter(topic for topics in found.values() for topic in topics)
        none = sum(not topics for topics in found.values())
        took = round((time.perf_counter() - started) * 1000, 2)
        return AllClassified(papers, dict(counts.most_common()), none, took)


def _drawn(topics: Sequence[Topic]) -> set[str]:
    """The examples to learn from, a share of each topic's where there are very many."""
    most = max(10, MAX_EXAMPLES // len(topics))
    chance = random.Random(0)
    drawn = {paper_id for topic in topics for paper_id in topic.counter_examples}
    for topic in topics:
        drawn |= set(chance.sample(topic.examples, min(most, len(topic.examples))))
    return drawn


def _unclaimed(
    papers: Sequence[tuple[str, Item]], definitions: Definitions, space: Space
) -> Iterator[tuple[str, Item]]:
    """Papers that no definition claims, to stand for what is in no topic."""
    if papers:
        claims = definitions.fit(space.features([item for _, item in papers])).max(axis=1)
        yield from (each for each, claim in zip(papers, claims, strict=True) if claim < 0)
