"""The dense search of the FAISS store, in memory: a graph and the rows written after it.

Knows FAISS and row numbers. Does not know points, payloads, or the tables it is made from.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.stores.base import Vector
from indexer.stores.faiss_rows import Rows
from indexer.stores.validate import SEARCH_EFFORT

_NEIGHBOURS, _BUILD_EFFORT = 32, 100
_EXACT_BELOW = 0.5
"""Share of rows let through below which the graph is scanned instead of walked: a walk must
cross rows that do not count, and finds fewer and fewer of those that do."""


_faiss: Any = faiss
"""FAISS again, for what its type stubs lack."""


class DenseIndex:
    """Rows and their unit vectors, searched by cosine.

    Args:
        dimension: of the vectors.
        graph: an HNSW graph over row numbers, or None for exact search alone.

    """

    def __init__(self, dimension: int, graph: faiss.IndexIDMap | None = None) -> None:
        self._graph = graph if graph is not None else _empty_graph(dimension)
        self._tail = faiss.IndexFlatIP(dimension)
        self._rows: Rows = faiss.vector_to_array(self._graph.id_map).astype(np.int64)
        self._alive = np.ones(len(self._rows), dtype=np.bool_)

    @property
    def last_row(self) -> int:
        """The highest row number held, 0 where there is none."""
        return int(self._rows[-1]) if len(self._rows) else 0

    @property
    def rows(self) -> Rows:
        """Every row held, ascending, with those marked dead."""
        return self._rows

    @property
    def graph_size(self) -> int:
        """How many rows the graph holds; the others are scanned."""
        return int(self._graph.ntotal)

    @property
    def living(self) -> int:
        """How many rows are not marked dead."""
        return int(self._alive.sum())

    def add(self, rows: Rows, vectors: NDArray[np.float32]) -> None:
        """Rows above all others, ascending; vectors of shape (rows, dimension)."""
        self._tail.add(vectors)
        self._rows = np.concatenate([self._rows, rows])
        self._alive = np.concatenate([self._alive, np.ones(len(rows), dtype=np.bool_)])

    def mark_dead(self, rows: Rows) -> None:
        """Find these no more."""
        self._alive[np.searchsorted(self._rows, rows)] = False

    def extend_graph(self) -> None:
        """Move the rows written after the graph into it."""
        if self._tail.ntotal:
            vectors = self._tail.reconstruct_n(0, self._tail.ntotal)
            self._graph.add_with_ids(vectors, self._rows[self.graph_size :])
            self._tail.reset()

    def search(
        self, vector: Vector, limit: int, rows: Rows | None = None
    ) -> tuple[Rows, NDArray[np.float32]]:
        """The nearest rows and their cosines, best first, at most `limit` of each.

        Args:
            vector: of length 1, shape (dimension,).
            limit: above 0.
            rows: consider only these; all that are alive where None.

        """
        keep = self._alive
        if rows is not None:
            keep = np.zeros(len(self._rows), dtype=np.bool_)
            keep[np.searchsorted(self._rows, rows)] = True
        split = self.graph_size
        graph = _faiss.downcast_index(self._graph.index)
        if split and keep[:split].mean() < _EXACT_BELOW:
            graph = graph.storage
        parts = [_search(graph, vector, limit, keep[:split])]
        positions, scores = _search(self._tail, vector, limit, keep[split:])
        parts.append((positions + split, scores))
        positions = np.concatenate([part[0] for part in parts])
        scores = np.concatenate([part[1] for part in parts])
        best = np.argsort(-scores, kind="stable")[:limit]
        return self._rows[positions[best]], scores[best]

    def save(self, path: Path) -> None:
        """Write the graph, without the rows after it."""
        faiss.write_index(self._graph, str(path))

    @classmethod
    def load(cls, path: Path, dimension: int) -> DenseIndex:
        """Read a graph.

        Raises:
            ValueError: it is no graph of this dimension.
            RuntimeError: it is no file of FAISS at all.

        """
        graph = faiss.read_index(str(path))
        if not isinstance(graph, faiss.IndexIDMap) or graph.d != dimension:
            raise ValueError(f"{path} is not a graph of {dimension} dimensions")
        return cls(dimension, graph)


def _empty_graph(dimension: int) -> faiss.IndexIDMap:
    graph = faiss.IndexHNSWFlat(dimension, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = _BUILD_EFFORT
    return faiss.IndexIDMap(graph)


def _search(
    index: faiss.Index, vector: Vector, limit: int, keep: NDArray[np.bool_]
) -> tuple[Rows, NDArray[np.float32]]:
    """Positions and cosines of the nearest vectors among those to keep."""
    limit = min(limit, int(keep.sum()))
    if not limit:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    selector = None if keep.all() else _faiss.IDSelectorBitmap(np.packbits(keep, bitorder="little"))
    if isinstance(index, faiss.IndexHNSW):
        effort = max(SEARCH_EFFORT, 2 * limit)
        parameters = _faiss.SearchParametersHNSW(sel=selector, efSearch=effort)
    else:
        parameters = _faiss.SearchParameters(sel=selector)
    scores, positions = index.search(vector[np.newaxis], limit, params=parameters)
    found = positions[0] >= 0
    return positions[0][found], scores[0][found]


def checksum(path: Path) -> int:
    """CRC-32 of a file: FAISS itself reads many damaged files without complaint."""
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total
