"""The embedding model of an evaluation, as it comes and as the archive uses it.

Both share one memory of vectors, so that measuring again embeds nothing again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.base import Embedder, Vectors
from embeddings.bundled import NAME as BUNDLED
from embeddings.bundled import BundledEmbedder
from embeddings.open import open_embedder
from embeddings.projection import ProjectedEmbedder, load, load_bundled
from eval.task import Query
from eval.vectors import RememberingEmbedder
from indexer.observer import Observer
from indexer.settings import Settings, read_settings
from search_api.console import TerminalObserver

MEMORY = "evaluation.sqlite"


@dataclass(frozen=True, slots=True)
class Models:
    """`plain` is the model as it comes; `ours` is what an archive would use."""

    plain: Embedder
    ours: Embedder


@contextmanager
def open_models(settings: Settings, observer: Observer) -> Iterator[Models]:
    """The model that the settings name, with its memory in the cache folder.

    A model other than the bundled one has no projection unless the settings name one. Raises
    `ModelError` and `ConfigError` as `embeddings.open` does.
    """
    cache = settings.cache.expanduser()
    bundled = settings.model in (None, BUNDLED)
    key = settings.model_api_key
    model: Embedder = (
        BundledEmbedder(cache, lambda step: observer.stage(f"Preparing the model: {step}", 0))
        if bundled
        else open_embedder(
            str(settings.model),
            cache,
            api_key=key.get_secret_value() if key else None,
            query_prefix=settings.query_prefix,
            passage_prefix=settings.passage_prefix,
        )
    )
    projection = load(settings.projection) if settings.projection else None
    if projection is None and bundled:
        projection = load_bundled()
    with closing(RememberingEmbedder(model, cache / MEMORY)) as plain:
        yield Models(plain, ProjectedEmbedder(plain, projection) if projection else plain)


@contextmanager
def measuring(home: Path | None) -> Iterator[tuple[Settings, Models, TerminalObserver]]:
    """What a command that measures needs; the settings name the archive at `home`."""
    settings = read_settings()
    if home is not None:
        settings = settings.model_copy(update={"home": home})
    with TerminalObserver() as observer, open_models(settings, observer) as models:
        yield settings, models, observer


def embed(embedder: Embedder, queries: Sequence[Query]) -> Vectors:
    """Vectors of queries, a pasted text as the passage that it is; shape (queries, dimension)."""
    vectors = np.empty((len(queries), embedder.identity.dimension), np.float32)
    for pasted, role in ((False, embedder.embed_queries), (True, embedder.embed_passages)):
        places = [index for index, query in enumerate(queries) if query.pasted == pasted]
        if places:
            vectors[places] = role([queries[index].text for index in places])
    return vectors
