"""Papers and texts as classification sees them: a vector of meaning and one of words.

Both are measured against a background of the archive's own papers: what all of them share
says nothing. Everything is read from catalogue and store; only a text that is not in the
archive is embedded.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from embeddings.base import Embedder
from embeddings.lexical import passage_vector
from indexer.catalogue import Catalogue
from indexer.paper import Language
from indexer.stores.base import Point, Store

Matrix = NDArray[np.float64]
WORDS = 0.5
"""What words weigh beside a meaning that weighs 1; `eval/LOG.md` has the figures."""
BACKGROUND = 2000
"""Papers, drawn at random but always the same, that say what is common in an archive."""
_COLUMNS = 2**20
"""Term indices are folded into so many columns; some hundred of an archive's terms meet."""
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Item:
    """A paper or a text: `dense` is its unit vector, float32 of shape (dimension,), `words`
    the BM25 weight of each of its terms, by term index.
    """

    dense: NDArray[np.float32]
    words: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Features:
    """Items ready to be compared: `meaning` has shape (items, dimension), `words` (items,
    columns), both with rows of unit length; `has` is how much an item says of each term.
    """

    meaning: Matrix
    words: csr_array
    has: csr_array

    def similarity(self, other: Features) -> Matrix:
        """Cosine of meaning plus `WORDS` times that of words, shape (items, others)."""
        words = (self.words @ other.words.T).toarray()
        return np.asarray(self.meaning @ other.meaning.T + WORDS * words)


class Space:
    """What is common among a background of papers, and how others differ from it."""

    def __init__(self, background: Sequence[Item]) -> None:
        self.centre = np.mean([item.dense for item in background], axis=0, dtype=np.float64)
        papers = np.zeros(_COLUMNS)
        for item in background:
            papers[_columns(item.words)] += 1
        # As BM25 has it, over papers instead of passages.
        self._information = np.log(1 + (len(background) - papers + 0.5) / (papers + 0.5))

    def informs(self, term: int) -> float:
        """The information of a term, in nats."""
        return float(self._information[column(term)])

    def features(self, items: Sequence[Item]) -> Features:
        """Items as they differ from the background."""
        dense = np.array([item.dense for item in items], np.float64).reshape(len(items), -1)
        meaning = dense - self.centre
        meaning /= np.maximum(np.linalg.norm(meaning, axis=1, keepdims=True), 1e-12)
        # Between presence and BM25: a short text that says something once says it, too.
        has = self.spread([{t: math.sqrt(w) for t, w in item.words.items()} for item in items])
        words = self.spread([item.words for item in items]) * self._information
        norms = np.sqrt(words.multiply(words).sum(axis=1))
        return Features(meaning, diags_array(1 / np.maximum(norms, 1e-12)) @ words.tocsr(), has)

    def spread(self, rows: Sequence[Mapping[int, float]]) -> csr_array:
        """Weights by term index as the rows of a matrix, shape (rows, columns)."""
        starts = np.cumsum([0, *map(len, rows)])
        columns = np.concatenate([_columns(row) for row in rows]) if rows else np.empty(0)
        weights = np.array([weight for row in rows for weight in row.values()])
        return csr_array((weights, columns, starts), shape=(len(rows), _COLUMNS))


def column(term: int) -> int:
    """The column of a term index."""
    return term % _COLUMNS


def _columns(terms: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(map(column, terms), np.int64)


class Papers:
    """Reads an archive's papers as items."""

    def __init__(self, catalogue: Catalogue, store: Store) -> None:
        self._catalogue = catalogue
        self._store = store

    def items(
        self, paper_ids: Sequence[str], language: Language | None = None
    ) -> Iterator[tuple[str, Item]]:
        """Papers with their items, as far as the store has them, in the order given; only of
        their passages in one language, if one is named.
        """
        for batch in self.batches(paper_ids, language):
            yield from batch

    def batches(
        self, paper_ids: Sequence[str], language: Language | None = None
    ) -> Iterator[list[tuple[str, Item]]]:
        """The same, some hundred at a time."""
        for start in range(0, len(paper_ids), _BATCH):
            papers = paper_ids[start : start + _BATCH]
            points: dict[str, list[Point]] = {paper_id: [] for paper_id in papers}
            for point in self._store.fetch(self._catalogue.passage_ids(papers)):
                if language in (None, point.payload.language):
                    points[point.payload.paper_id].append(point)
            yield [(paper_id, _item(found)) for paper_id, found in points.items() if found]

    def background(self) -> list[tuple[str, Item]]:
        """A sample of the archive."""
        known = self._catalogue.paper_ids()
        drawn = random.Random(0).sample(known, min(len(known), BACKGROUND))
        return list(self.items(drawn))


def text_item(text: str, embedder: Embedder) -> Item:
    """A text that is not in the archive."""
    sparse = passage_vector(text)
    words = dict(zip(sparse.indices, sparse.values, strict=True))
    return Item(embedder.embed_passages([text])[0], words)


def _item(points: Sequence[Point]) -> Item:
    """A paper from its passages: the mean of their meaning, each term at its heaviest."""
    mean = np.mean([point.dense for point in points], axis=0)
    words: dict[int, float] = {}
    for point in points:
        for term, weight in zip(point.sparse.indices, point.sparse.values, strict=True):
            words[term] = max(words.get(term, 0.0), weight)
    return Item((mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32), words)
