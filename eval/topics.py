"""`archive eval topics`: how well papers are sorted into the topics that digests gave them.

Papers are asked for one at a time, with what the others teach; right is a paper whose first
topic is one of its own. What is measured is the classifier that users get, beside plain ones
on the same vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from embeddings.base import Embedder
from embeddings.errors import InputError
from eval.asking import indexed, measured
from eval.models import Models
from eval.plain_classifiers import PLAIN, Plain
from eval.report import commit
from indexer.observer import Observer
from indexer.paper import Language
from indexer.settings import Settings
from search_api.archive import Archive
from search_api.topics.classifier import ACCEPTED, RIDGE, Classifier
from search_api.topics.definition import Definitions
from search_api.topics.sets import MIN_EXAMPLES, learned
from search_api.topics.space import WORDS, Item, Matrix, Papers, Space
from search_api.topics.topic import Shipped, Topic, shipped_topics

_LANGUAGES: tuple[Language, ...] = ("zh", "en")
SHOTS = (1, 3, 5, 10)
_DRAWS = 10
_SETS: dict[str, Shipped] = {"topics": "machine_learning", "categories": "arxiv_categories"}
Truth = NDArray[np.bool_]
Measures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Shot:
    """Right papers with so many examples of each topic, mean of ten draws; `described` with
    the topics' definitions too, `shown` from names and examples.
    """

    dataset: str
    examples: int
    described: float
    shown: float
    plain: Measures


@dataclass(frozen=True, slots=True)
class Rejection:
    """A threshold, with the shares of papers whose best score reaches it (`kept`, topic known)
    and does not (`rejected`, their topic taken away from the classifier).
    """

    dataset: str
    threshold: float
    kept: float
    rejected: float


@dataclass(frozen=True, slots=True)
class TopicsReport:
    """Classification beside plain classifiers on the same vectors."""

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: Measures
    baselines: dict[str, Measures]
    few_shot: list[Shot]
    rejection: list[Rejection]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Papers that digests sorted: `items` by id, and which of the `topics` each is under,
    `truth` of shape (items, topics).
    """

    name: str
    topics: tuple[Topic, ...]
    items: Mapping[str, Item]
    truth: Truth
    space: Space
    embedder: Embedder

    def scores(
        self, topics: Sequence[Topic], languages: tuple[Language, ...] = ("zh", "en")
    ) -> Matrix:
        """What each paper's scores are, its own label unseen; shape (items, topics)."""
        return self.classifier(topics, self.items, languages).scores(
            list(self.items.values()), list(self.items)
        )

    def classifier(
        self,
        topics: Sequence[Topic],
        items: Mapping[str, Item],
        languages: tuple[Language, ...] = ("zh", "en"),
    ) -> Classifier:
        """A classifier that has learned from these items."""
        definitions = Definitions(topics, self.space, self.embedder, languages)
        return Classifier(topics, definitions, self.space, items)

    def right(self, scores: Matrix) -> float:
        """The share of papers whose first topic is one of theirs."""
        return share_right(scores, self.truth)


def share_right(scores: Matrix, truth: Truth) -> float:
    """The share of rows whose highest score stands in a true column."""
    return float(truth[np.arange(len(scores)), scores.argmax(axis=1)].mean())


def labelled(archive: Archive, name: str, language: Language | None = None) -> Labelled:
    """The archive's papers under topics or categories, read in one language if one is named."""
    embedder = archive.embedder
    papers = Papers(archive.catalogue, archive.store)
    space = Space([item for _, item in papers.background()])
    topics = learned(archive.catalogue.papers_by(name), shipped_topics(_SETS[name]))
    under = [set(topic.examples) for topic in topics]
    items = dict(papers.items(sorted(set().union(*under)), language))
    truth = np.array([[paper in examples for examples in under] for paper in items])
    return Labelled(name, tuple(topics), items, truth, space, embedder)


def evaluate(
    archives: Path | None, models: Models, settings: Settings, observer: Observer
) -> TopicsReport:
    """Measure classification on the labels that digest pages carry.

    Raises `InputError` for pages that sort their papers into fewer than two topics.
    """
    measures: Measures = {}
    baselines: dict[str, Measures] = {name: {} for name in PLAIN}
    few: list[Shot] = []
    rejected: list[Rejection] = []
    with indexed(archives, models, settings, observer) as archive:
        observer.stage("Classifying", 2)
        for name in _SETS:
            data = labelled(archive, name)
            if len(data.topics) < 2:
                continue
            measures |= _whole(data)
            for language in _LANGUAGES:
                measures |= _across(labelled(archive, name, language), language)
            for plain, classify in PLAIN.items():
                baselines[plain][f"{name} left out"] = _left_out(data, classify)
            least = int(data.truth.sum(axis=0).min())
            few += [_shot(data, count) for count in SHOTS if count < least]
            rejected += _rejection(data)
            observer.advance()
        identity = archive.identity
    if not measures:
        raise InputError(
            f"{measured(archives, settings)}: no two topics or categories with {MIN_EXAMPLES} "
            "papers each; name a folder of pages that sort their papers."
        )
    return TopicsReport(
        task="topics",
        dataset=measured(archives, settings).name,
        commit=commit(),
        configuration={
            "model": asdict(identity) if identity else None,
            "words": WORDS,
            "ridge": RIDGE,
            "accepted": ACCEPTED,
        },
        measures={name: round(value, 4) for name, value in measures.items()},
        baselines=baselines,
        few_shot=few,
        rejection=rejected,
    )


def _whole(data: Labelled) -> Measures:
    undescribed = [_cut(topic, description_en="", description_zh="") for topic in data.topics]
    unnamed = [_cut(topic, examples=()) for topic in data.topics]
    scores = data.scores(data.topics)
    accepted = scores >= ACCEPTED
    hits = (accepted & data.truth).sum()
    return {
        f"{data.name} papers": len(data.items),
        f"{data.name} left out": data.right(scores),
        f"{data.name} left out, names and examples": data.right(data.scores(undescribed)),
        f"{data.name} zero-shot": data.right(data.scores(unnamed)),
        f"{data.name} zero-shot, zh-defined": data.right(data.scores(unnamed, ("zh",))),
        f"{data.name} zero-shot, en-defined": data.right(data.scores(unnamed, ("en",))),
        f"{data.name} labels right": float(hits / accepted.sum()),
        f"{data.name} labels found": float(hits / data.truth.sum()),
        f"{data.name} calibration error": calibration_error(scores, data.truth),
    }


def _across(data: Labelled, language: Language) -> Measures:
    """Papers read in one language alone, defined in the same and in the other."""
    if len(data.items) < len(data.topics) * max(SHOTS):
        return {}  # the archive has these papers in the other language only
    unnamed = [_cut(topic, examples=()) for topic in data.topics]
    return {
        f"{data.name} zero-shot, {defined}-defined, {language} papers": data.right(
            data.scores(unnamed, (defined,))
        )
        for defined in _LANGUAGES
    }


def _cut(topic: Topic, **changes: Any) -> Topic:
    return topic.model_copy(update=changes)


def calibration_error(scores: Matrix, truth: Truth, bins: int = 10) -> float:
    """How far scores are from the share that is true, mean over scores (expected
    calibration error, Naeini et al. 2015, with bins of equal size).
    """
    order = np.argsort(scores, axis=None)
    parts = np.array_split(order, bins)
    gaps = [abs(scores.flat[part].mean() - truth.flat[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(order))


def _left_out(data: Labelled, classify: Plain) -> float:
    vectors = np.array([item.dense for item in data.items.values()])
    every = np.arange(len(vectors))
    scores = np.array(
        [
            classify(vectors[rest], data.truth[rest], vectors[[one]])[0]
            for one in every
            for rest in (every != one,)
        ]
    )
    return round(data.right(scores), 4)


def _shot(data: Labelled, count: int) -> Shot:
    """So many examples of each topic, the other papers asked for."""
    chance = np.random.default_rng(count)
    ids = np.array(list(data.items))
    items = list(data.items.values())
    vectors = np.array([item.dense for item in items])
    described: list[float] = []
    shown: list[float] = []
    plain: dict[str, list[float]] = {name: [] for name in PLAIN}
    for _ in range(_DRAWS):
        drawn = [chance.choice(np.flatnonzero(column), count, False) for column in data.truth.T]
        seen = np.unique(np.concatenate(drawn))
        asked = np.setdiff1d(np.arange(len(ids)), seen)
        known = {ids[place]: items[place] for place in seen}
        topics = [
            _cut(topic, examples=tuple(each for each in topic.examples if each in known))
            for topic in data.topics
        ]
        bare = [Topic(label=topic.label, examples=topic.examples) for topic in topics]
        wanted = [items[place] for place in asked]
        for kinds, found in ((topics, described), (bare, shown)):
            scores = data.classifier(kinds, known).scores(wanted)
            found.append(share_right(scores, data.truth[asked]))
        for name, classify in PLAIN.items():
            scores = classify(vectors[seen], data.truth[seen], vectors[asked])
            plain[name].append(share_right(scores, data.truth[asked]))
    return Shot(
        data.name,
        count,
        _mean(described),
        _mean(shown),
        {name: _mean(values) for name, values in plain.items()},
    )


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


def _rejection(data: Labelled) -> list[Rejection]:
    """Take away each topic in turn: its papers, of no known topic now, are to be rejected."""
    known: list[float] = []
    unknown: list[float] = []
    ids = list(data.items)
    for place in range(len(data.topics)):
        topics = [topic for other, topic in enumerate(data.topics) if other != place]
        taken = data.truth[:, place]
        rest = {i: data.items[i] for i, gone in zip(ids, taken, strict=True) if not gone}
        alone = [i for i, row in zip(ids, data.truth, strict=True) if row[place] and row.sum() == 1]
        classifier = data.classifier(topics, rest)
        known += classifier.scores(list(rest.values()), list(rest)).max(axis=1).tolist()
        unknown += classifier.scores([data.items[i] for i in alone]).max(axis=1).tolist()
    steps = (0.1, 0.2, 0.3, 0.4, ACCEPTED, 0.6, 0.7, 0.8, 0.9)
    return [
        Rejection(
            data.name,
            step,
            round(float(np.mean(np.array(known) >= step)), 4),
            round(float(np.mean(np.array(unknown) < step)), 4),
        )
        for step in steps
    ]


def tables(report: TopicsReport) -> tuple[Table, Table, Table]:
    """The report for people: measures, few examples, rejection."""
    whole = Table("", "paper-archive", *report.baselines, title=report.dataset)
    for name, value in report.measures.items():
        cell = f"{value:.0f}" if name.endswith(" papers") and value > 1 else f"{value:.3f}"
        others = (found.get(name) for found in report.baselines.values())
        whole.add_row(name, cell, *("" if v is None else f"{v:.3f}" for v in others))
    few = Table("", "examples", "described", "name and examples", *PLAIN, title="few examples")
    for each in report.few_shot:
        values = (each.described, each.shown, *each.plain.values())
        few.add_row(each.dataset, str(each.examples), *(f"{value:.3f}" for value in values))
    curve = Table("", "accepted from", "known kept", "unknown rejected", title="unknown topics")
    for step in report.rejection:
        values = (step.threshold, step.kept, step.rejected)
        curve.add_row(step.dataset, *(f"{value:.3f}" for value in values))
    return whole, few, curve
