"""Unnamed groups in what was collected, named by their most telling phrases.

Groups are k-means clusters of the papers' vectors, taken relative to the archive's mean and
of unit length (spherical k-means, Dhillon & Modha 2001), by scikit-learn; language is out of
the vectors, so a group holds papers of both. Its name is made of the phrases that its papers
have more often than the others, in each language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import BadQuery, InputError, MissingPackage
from embeddings.lexical import fold
from indexer.catalogue import Catalogue
from indexer.paper import Language
from indexer.stores.base import Store
from search_api.phrases import phrases
from search_api.topics.space import Papers, Space
from search_api.topics.topic import Topic

MIN_PAPERS = 10
"""An archive with fewer has no groups."""
_SIZE = 20
"""Papers of a group, about, unless it is said how many groups there shall be."""
_EXAMPLES = 15
_SHOWN = 3
_NAMES = 5
LANGUAGES: tuple[Language, Language] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Typical:
    """A paper near the middle of its group."""

    paper_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Group:
    """Papers that belong together: the phrases that tell them from the others in each
    language, and its papers, the most typical first.
    """

    zh: tuple[str, ...]
    en: tuple[str, ...]
    papers: tuple[str, ...]
    typical: tuple[Typical, ...]

    def as_topic(self) -> Topic:
        """The group as a topic, to be renamed at leisure."""
        names = {"zh": "、".join(self.zh[:2]), "en": ", ".join(self.en[:2])}
        if not any(names.values()):  # nothing tells it from the others but its papers
            names["en"] = f"Like {self.typical[0].title}"
        described = {"description_zh": "、".join(self.zh), "description_en": ", ".join(self.en)}
        return Topic.model_validate(names | described | {"examples": self.papers[:_EXAMPLES]})


def discover(catalogue: Catalogue, store: Store, groups: int | None = None) -> list[Group]:
    """The groups of an archive, the largest first; fewer than asked for where papers say the same.

    Raises `InputError` for an archive that is too small, `BadQuery` for more groups than
    papers, `MissingPackage` where scikit-learn is not installed.
    """
    reader = Papers(catalogue, store)
    papers = dict(reader.items(catalogue.paper_ids()))
    if len(papers) < MIN_PAPERS:
        raise InputError(
            f"{len(papers)} papers are too few to find groups in; {MIN_PAPERS} will do."
        )
    wanted = max(2, round(len(papers) / _SIZE)) if groups is None else groups
    if not 2 <= wanted <= len(papers):
        raise BadQuery(f"there can be 2 to {len(papers)} groups, not {wanted}")
    space = Space([item for _, item in reader.background()])
    members, nearness = _cluster(space.features(list(papers.values())).meaning, wanted)
    said = {language: _said(catalogue, list(papers), language) for language in LANGUAGES}
    ids = np.array(list(papers))
    found = []
    for group in np.unique(members).tolist():
        inside = np.flatnonzero(members == group)
        own = ids[inside[np.argsort(-nearness[inside], kind="stable")]].tolist()
        typical = tuple(Typical(i, catalogue.title(i)) for i in own[:_SHOWN])
        zh, en = (_telling(said[language], frozenset(own)) for language in LANGUAGES)
        found.append(Group(zh, en, tuple(own), typical))
    return sorted(found, key=lambda each: (-len(each.papers), each.papers))


def _cluster(
    vectors: NDArray[np.float64], groups: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Each row's group, and how near its group's middle it is."""
    try:
        from sklearn.cluster import KMeans
    except ModuleNotFoundError as error:
        raise MissingPackage("finding groups", "scikit-learn", "maps") from error
    fitted = KMeans(groups, n_init=4, random_state=0).fit(vectors)
    middles = fitted.cluster_centers_
    middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-12)
    members = fitted.labels_.astype(np.intp)
    return members, (vectors * middles[members]).sum(axis=1)


def _said(
    catalogue: Catalogue, paper_ids: Sequence[str], language: Language
) -> dict[str, frozenset[str]]:
    """The phrases of the papers' texts in one language, and the papers that have each."""
    texts = {paper_id: _text(catalogue, paper_id, language) for paper_id in paper_ids}
    with_text = [paper_id for paper_id, text in texts.items() if text]
    found = phrases([texts[paper_id] for paper_id in with_text])
    return {
        phrase: frozenset(with_text[place] for place in places) for phrase, places in found.items()
    }


def _telling(said: Mapping[str, frozenset[str]], own: frozenset[str]) -> tuple[str, ...]:
    """The phrases that tell a group from the others best: by the papers of the group that
    have one, times how much more often they do (the smoothed log ratio).
    """
    spoken = len(frozenset().union(*said.values())) if said else 0
    worth = {}
    for phrase, papers in said.items():
        inside = len(papers & own)
        share = (inside + 0.5) / (len(own) + 1)
        others = (len(papers) - inside + 0.5) / (max(0, spoken - len(own)) + 1)
        if inside > 1 and share > 2 * others:
            worth[phrase] = inside * math.log(share / others)
    chosen: list[str] = []
    for phrase in sorted(worth, key=lambda each: (-worth[each], each)):
        key = fold(phrase)
        # Of "扩散" and "扩散模型" the longer says more, unless it is said much less.
        longer = any(
            worth[other] > worth[phrase] / 2 for other in worth if key in fold(other) != key
        )
        if not longer and not any(key in fold(o) or fold(o) in key for o in chosen):
            chosen.append(phrase)
        if len(chosen) == _NAMES:
            break
    return tuple(chosen)


def _text(catalogue: Catalogue, paper_id: str, language: Language) -> str:
    paper = catalogue.paper(paper_id)
    if paper is None:
        return ""
    titles = [title.text for title in paper.titles if title.language == language]
    return "\n".join(titles + [text.text for text in paper.texts if text.language == language])
