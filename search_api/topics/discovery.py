"""Unnamed groups in what was collected, named by their most telling phrases.

Groups are k-means clusters of the papers' vectors, taken relative to the archive's mean and
of unit length (spherical k-means, Dhillon & Modha 2001), by scikit-learn; language is out of
the vectors, so a group holds papers of both. Names come from the words that a group's texts
have more often than the others', put together to phrases as they stand there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import BadQuery, ConfigError, InputError
from embeddings.lexical import fold, index_of, terms
from indexer.catalogue import Catalogue
from indexer.paper import Language
from indexer.stores.base import Store
from search_api.topics.labels import Because
from search_api.topics.phrases import phrases
from search_api.topics.space import Item, Papers, Space
from search_api.topics.topic import Topic

MIN_PAPERS = 10
"""An archive with fewer has no groups."""
_SIZE = 20
"""Papers of a group, about, unless it is said how many groups there shall be."""
_EXAMPLES = 15
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Papers that belong together: the phrases that tell them from the others in each
    language, and its papers, the most typical first.
    """

    zh: tuple[str, ...]
    en: tuple[str, ...]
    papers: tuple[str, ...]
    typical: tuple[Because, ...]

    def as_topic(self) -> Topic:
        """The group as a topic, to be renamed at leisure."""
        names = {"zh": "、".join(self.zh[:2]), "en": ", ".join(self.en[:2])}
        described = {"description_zh": "、".join(self.zh), "description_en": ", ".join(self.en)}
        return Topic.model_validate(names | described | {"examples": self.papers[:_EXAMPLES]})


def discover(catalogue: Catalogue, store: Store, groups: int | None = None) -> list[Group]:
    """The groups of an archive, the largest first.

    Raises `InputError` for an archive that is too small, `BadQuery` for more groups than
    papers, `ConfigError` where scikit-learn is not installed.
    """
    reader = Papers(catalogue, store)
    papers = dict(reader.items(catalogue.paper_ids()))
    if len(papers) < MIN_PAPERS:
        raise InputError(
            f"{len(papers)} papers are too few to find groups in; {MIN_PAPERS} will do."
        )
    wanted = groups or max(2, round(len(papers) / _SIZE))
    if not 2 <= wanted <= len(papers):
        raise BadQuery(f"there can be 2 to {len(papers)} groups, not {wanted}")
    space = Space([item for _, item in reader.background()])
    meaning = space.features(list(papers.values())).meaning
    members, nearness = _cluster(meaning, wanted)
    ids = np.array(list(papers))
    texts = {paper_id: _texts(catalogue, paper_id) for paper_id in papers}
    found = []
    for group in range(wanted):
        inside = np.flatnonzero(members == group)
        own = ids[inside[np.argsort(-nearness[inside], kind="stable")]].tolist()
        weights = _telling(set(own), papers)
        typical = tuple(Because(i, _title(catalogue, i), 1.0) for i in own[:_SHOWN])
        names = {
            language: _names([texts[i].get(language, "") for i in own], weights)
            for language in ("zh", "en")
        }
        found.append(Group(names["zh"], names["en"], tuple(own), typical))
    return sorted(found, key=lambda each: (-len(each.papers), each.papers))


def _cluster(
    vectors: NDArray[np.float64], groups: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Each row's group, and how near its group's middle it is."""
    try:
        from sklearn.cluster import KMeans
    except ModuleNotFoundError as error:
        raise ConfigError(
            "finding groups needs scikit-learn: pip install 'paper-archive[maps]'"
        ) from error
    fitted = KMeans(groups, n_init=4, random_state=0).fit(vectors)
    middles = fitted.cluster_centers_
    middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-12)
    members = fitted.labels_.astype(np.intp)
    return members, (vectors * middles[members]).sum(axis=1)


def _telling(own: set[str], papers: Mapping[str, Item]) -> dict[int, float]:
    """How much more often each term stands in a group's papers than in the others': the
    smoothed log ratio, times the share of the group that has it; only what is positive.
    """
    inside: Counter[int] = Counter()
    outside: Counter[int] = Counter()
    for paper_id, item in papers.items():
        (inside if paper_id in own else outside).update(item.words.keys())
    rest = len(papers) - len(own)
    weights = {}
    for term, count in inside.items():
        share = (count + 0.5) / (len(own) + 1)
        ratio = math.log(share / ((outside[term] + 0.5) / (rest + 1)))
        if count > 1 and ratio > math.log(2):
            weights[term] = share * ratio
    return weights


def _names(texts: Sequence[str], weights: Mapping[int, float], most: int = 5) -> tuple[str, ...]:
    """The phrases that most of the texts share and that weigh most."""
    papers: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for text in texts:
        for phrase in phrases(text, weights, most=12):
            papers[fold(phrase)] += 1
            written.setdefault(fold(phrase), Counter())[phrase] += 1
    worth = {
        key: count * sum(weights.get(index_of(term), 0.0) for term in set(terms(key)))
        for key, count in papers.items()
        if count > 1 or len(texts) < MIN_PAPERS
    }
    best = sorted(worth, key=lambda key: (-worth[key], key))
    chosen: list[str] = []
    for key in best:
        if len(chosen) < most and not any(key in other or other in key for other in chosen):
            chosen.append(key)
    return tuple(written[key].most_common(1)[0][0] for key in chosen)


def _texts(catalogue: Catalogue, paper_id: str) -> dict[Language, str]:
    found: dict[Language, str] = {}
    if (paper := catalogue.paper(paper_id)) is not None:
        said = [(title.language, title.text) for title in paper.titles]
        said += [(text.language, text.text) for text in paper.texts]
        for language, text in said:
            found[language] = found.get(language, "") + text + "\n"
    return found


def _title(catalogue: Catalogue, paper_id: str) -> str:
    paper = catalogue.paper(paper_id)
    return paper.title if paper else ""
