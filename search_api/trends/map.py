"""A map of the archive: papers near in meaning lie near each other, in one page of HTML.

A paper's place comes from the mean of its passages' vectors by t-SNE (van der Maaten & Hinton
2008), which keeps more of the neighbours than UMAP and PCA do (`eval/LOG.md`). The page needs
nothing but itself: how it looks and behaves is `templates/map.html`'s business.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import BadQuery, MissingPackage
from indexer.paper import Paper, known_date
from indexer.stores.base import Vector
from search_api.archive import Archive
from search_api.filters import Narrowing, as_written
from search_api.trends.counted import entries

MAX_PAPERS = 20_000
"""A map of more takes many minutes to make, and shows nobody anything."""
SEED = 0
PERPLEXITY = 30
_FEWEST = 5
_ONE_THREAD = threading.Lock()
_BATCH = 1_000
_BLOCK = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def draw_map(archive: Archive, narrowing: Narrowing | None = None) -> str:
    """The page. Raises `BadQuery` for a bad filter, or one that leaves no paper or more than
    `MAX_PAPERS`, and `MissingPackage` where scikit-learn is missing.
    """
    _ = archive.searcher  # an empty archive, or one that lost its vectors, is told as such
    filter = as_written(archive.catalogue, narrowing or Narrowing()).to_filter()
    wanted = [entry.paper_id for entry in entries(archive.catalogue, filter, "month")]
    vectors = mean_vectors(archive, wanted)
    papers = [paper for key in vectors if (paper := archive.catalogue.paper(key)) is not None]
    if not papers:
        raise BadQuery("No paper is left to draw; loosen the filters.")
    if len(papers) > MAX_PAPERS:
        raise BadQuery(
            f"{len(papers)} papers are too many for one map of at most {MAX_PAPERS}; narrow it, "
            "with --from for one."
        )
    places = project(np.stack([vectors[paper.paper_id] for paper in papers]))
    data = {"papers": [_point(*each) for each in zip(papers, places.tolist(), strict=True)]}
    return _page(data)


def project(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Places for unit vectors (n, dimension), shape (n, 2), each axis from 0 to 1; the same for
    the same vectors. Raises `MissingPackage` where scikit-learn is missing.
    """
    if len(vectors) < _FEWEST:  # too few to have neighbours: a row of them will do
        places = np.full((len(vectors), 2), 0.5)
        places[:, 0] = np.arange(1, len(vectors) + 1) / (len(vectors) + 1)
        return places
    try:
        from sklearn.manifold import TSNE
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise MissingPackage("a map", "scikit-learn", "maps") from error
    perplexity = min(PERPLEXITY, (len(vectors) - 1) / 3)
    method = TSNE(perplexity=perplexity, metric="cosine", init=_start(vectors), random_state=SEED)
    # Its many short parallel steps are slower on several threads, on a busy machine tenfold.
    # That limit is the process's: two maps at once would leave it behind.
    with _ONE_THREAD, threadpool_limits(1):
        found = method.fit_transform(vectors)
    low, high = found.min(axis=0), found.max(axis=0)
    return np.asarray((found - low) / np.maximum(high - low, 1e-9), np.float64)


def _start(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Small places to start from: the two principal components, and a little chance that parts
    papers which are all alike (scikit-learn's own start divides by zero there and crashes).
    """
    centred = vectors - vectors.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, [-1, -2]]
    places = centred @ axes
    places += np.random.default_rng(SEED).normal(scale=1e-3, size=places.shape)
    return np.asarray(1e-4 * places / places.std(), np.float32)


def mean_vectors(archive: Archive, paper_ids: Sequence[str]) -> dict[str, Vector]:
    """The mean of each paper's vectors, of unit length, for those that the store has, in order."""
    found: dict[str, list[Vector]] = {paper_id: [] for paper_id in paper_ids}
    ids = [each.id for key in paper_ids for each in archive.catalogue.passages_of(key)]
    for start in range(0, len(ids), _BATCH):
        for point in archive.store.fetch(ids[start : start + _BATCH]):
            found[point.payload.paper_id].append(point.dense)
    means = {paper_id: np.mean(own, axis=0) for paper_id, own in found.items() if own}
    return {key: mean / max(float(np.linalg.norm(mean)), 1e-12) for key, mean in means.items()}


def _point(paper: Paper, place: list[float]) -> dict[str, Any]:
    return {
        "x": round(place[0], 4),
        "y": round(place[1], 4),
        "id": paper.paper_id,
        "title": paper.title,
        "others": [each.text for each in paper.titles if each.text != paper.title],
        "date": known_date(paper.date, paper.date_precision),
        "url": paper.url or "",
        "topics": paper.topics,
        "categories": paper.categories,
        "sources": paper.sources,
    }


def _page(data: dict[str, Any]) -> str:
    template = (files("search_api.trends") / "templates" / "map.html").read_text(encoding="utf-8")
    # Only the page's own script and style may run, whatever a title contains.
    hashes = {kind: _hash(body) for kind, body in _BLOCK.findall(template)}
    policy = (
        f"default-src 'none'; script-src '{hashes['script']}'; style-src '{hashes['style']}'; "
        "base-uri 'none'; form-action 'none'"
    )
    # Within a script element no text but "<" can end it.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return template.replace("{policy}", policy, 1).replace("{data}", text, 1)


def _hash(body: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
