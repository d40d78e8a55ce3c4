"""FAISS on one machine, for large collections that are read far more than written.

Knows how the three parts make one store: `points.sqlite3` holds everything and decides what
is there; the graph file is derived from it and may be missing, old or damaged; the dense
index is loaded into memory by the first dense search. Does not know papers or models.

Up to `graph_above` points the dense leg is an exact scan and there is no graph file. Above,
`optimize` builds a graph, adds the points written since, or builds it anew when a fifth of it
has been deleted. A graph file that does not fit is left out with a warning: results stay
right, only slower, until the next `optimize`. A search with a filter that lets through less
than half of the points is always exact.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer.stores import base
from indexer.stores.faiss_index import DenseIndex, checksum
from indexer.stores.faiss_rows import FaissRows, Rows
from indexer.stores.lock import DEFAULT_TIMEOUT, own, sync_file, sync_folder
from indexer.stores.payload import clauses
from indexer.stores.validate import (
    batches,
    canonical_id,
    checked_ids,
    checked_payloads,
    checked_points,
    checked_query,
    ranked,
)

_BATCH = 2000
"""Points a transaction: what a killed import repeats at most."""
_REBUILD_ABOVE = 0.2
_log = logging.getLogger(__name__)


class FaissStore:
    """A `Store` in a folder of its own. Threads may share it; processes take turns.

    Args:
        path: the folder, created where missing.
        dimension: of the dense vectors.
        timeout: seconds to wait for another process to let go.
        graph_above: points above which `optimize` builds a graph.

    Raises:
        StoreBusy: another process still owns it.
        StoreError: it was made with another dimension, or is damaged.

    """

    def __init__(
        self,
        path: Path | str,
        dimension: int,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        graph_above: int = 50_000,
    ) -> None:
        self._path = Path(path)
        self._dimension = dimension
        self._graph_above = graph_above
        self._mutex = RLock()
        self._loaded: DenseIndex | None = None
        self._lock = own(self._path, timeout)
        try:
            self._path.mkdir(exist_ok=True)
            self._rows = FaissRows(self._path / "points.sqlite3", dimension)
        except BaseException:
            self._lock.release()
            raise
        # Reads that repeat from query to query; every write forgets them.
        self._match = lru_cache(16)(self._rows.match)
        self._postings = lru_cache(1024)(self._rows.postings)
        self._extent = lru_cache(1)(lambda: (self._rows.documents(), self._rows.last_row()))

    def upsert(self, points: Sequence[base.Point]) -> None:
        """Write points, replacing those with the same id.

        Written points survive the death of this process at once, and a loss of power after
        `flush`. Each dense vector has shape (dimension,) and is stored as float32 of length 1.

        Raises:
            StoreError: a point is unusable (then nothing was written), or the file failed.

        """
        ready = checked_points(points, self._dimension)
        with self._mutex:
            for batch in batches(ready, _BATCH):
                dead, made = self._rows.write(batch)
                self._forget()
                if self._loaded is not None:
                    self._loaded.mark_dead(dead)
                    self._loaded.add(made, np.stack([point.dense for point in batch]))

    def set_payload(self, payloads: Sequence[tuple[str, base.Payload]]) -> None:
        """Replace the payload of existing points; ids that are not there are ignored."""
        wanted = checked_payloads(payloads)
        with self._mutex:
            self._rows.set_payload(wanted)
            self._forget()

    def delete(self, ids: Iterable[str]) -> None:
        """Delete points; ids that are not there are ignored."""
        wanted = checked_ids(ids)
        with self._mutex:
            dead = self._rows.delete(wanted)
            self._forget()
            if self._loaded is not None:
                self._loaded.mark_dead(dead)

    def query(self, query: base.HybridQuery) -> base.Legs:
        """Both legs of a hybrid query."""
        query = checked_query(query, self._dimension)
        wanted = clauses(query.filter)
        with self._mutex:
            rows = self._match(wanted) if wanted else None
            return base.Legs(
                dense=self._dense(query.dense, rows, query.limit),
                lexical=self._lexical(query.sparse, rows, query.limit),
            )

    def _dense(
        self, vector: base.Vector | None, rows: Rows | None, limit: int
    ) -> tuple[base.Hit, ...]:
        if vector is None:
            return ()
        index = self._index()

        def ask(take: int) -> list[base.Hit]:
            return self._hits(*index.search(vector, take, rows))

        return ranked(ask, limit)

    def _lexical(
        self, sparse: base.SparseVector | None, rows: Rows | None, limit: int
    ) -> tuple[base.Hit, ...]:
        if sparse is None or limit < 1:
            return ()
        documents, last = self._extent()
        scores = np.zeros(last + 1)
        for term, weight in zip(sparse.indices, sparse.values, strict=True):
            found, weights = self._postings(term)
            idf = math.log(1 + (documents - len(found) + 0.5) / (len(found) + 0.5))
            scores[found] += weight * idf * weights  # a row comes once among a term's postings
        candidates = np.flatnonzero(scores) if rows is None else rows[scores[rows] > 0]
        kept = scores[candidates].astype(np.float32)
        if len(kept) > limit:
            best = kept >= np.partition(kept, -limit)[-limit]  # with all that tie at the cut
            candidates, kept = candidates[best], kept[best]
        hits = self._hits(candidates, kept)
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit])

    def _hits(self, rows: Rows, scores: NDArray[np.float32]) -> list[base.Hit]:
        known = self._rows.described(rows.tolist())
        return [
            base.Hit(known[row][0], score, known[row][1])
            for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
        ]

    def fetch(self, ids: Sequence[str]) -> list[base.Point]:
        """The points with these ids, in this order; missing ones are left out."""
        wanted = [canonical_id(i) for i in ids]
        with self._mutex:
            found = self._rows.points(list(dict.fromkeys(wanted)))
        return [found[i] for i in wanted if i in found]

    def ids(self) -> Iterator[str]:
        """Every point's id, in no particular order."""
        with self._mutex:
            ids = self._rows.ids()
        yield from ids

    def count(self, filter: base.Filter | None = None) -> int:
        """How many points match, exactly."""
        with self._mutex:
            return self._rows.count(clauses(filter))

    def facets(self, field: base.FacetField, filter: base.Filter | None = None) -> dict[str, int]:
        """How many points carry each value of a payload field, exactly."""
        with self._mutex:
            return self._rows.facets(field, clauses(filter))

    def flush(self) -> None:
        """Make everything written so far survive a loss of power."""
        with self._mutex:
            self._rows.flush()
            sync_folder(self._path)
            sync_folder(self._path.parent)

    def optimize(self) -> None:
        """Build or extend the graph where it is worth it; blocks, for minutes when large."""
        with self._mutex:
            index = self._index()
            if index.living <= self._graph_above:
                return
            dead_share = 1 - index.living / len(index.rows)
            if index.graph_size and dead_share <= _REBUILD_ABOVE:
                if index.graph_size == len(index.rows):
                    return
            else:
                index = self._read_rest(DenseIndex(self._dimension))
            index.extend_graph()
            self._save(index)
            self._loaded = index

    def clear(self) -> None:
        """Delete every point."""
        with self._mutex:
            self._rows.clear()
            self._forget()
            self._loaded = None

    def info(self) -> base.StoreInfo:
        """The store's facts."""
        return base.StoreInfo("faiss", str(self._path), self.count(), self._dimension)

    def close(self) -> None:
        """Flush and let go of the folder; closing twice is harmless."""
        with self._mutex:
            if self._lock.is_locked:
                try:
                    self.flush()
                    self._rows.close()
                finally:
                    self._forget()
                    self._loaded = None
                    self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _forget(self) -> None:
        self._match.cache_clear()
        self._postings.cache_clear()
        self._extent.cache_clear()

    def _index(self) -> DenseIndex:
        """The dense index in memory, brought up to what the tables hold."""
        if self._loaded is None:
            index = self._read_graph() or DenseIndex(self._dimension)
            index.mark_dead(np.setdiff1d(index.rows, self._rows.live(index.last_row), True))
            self._loaded = self._read_rest(index)
        return self._loaded

    def _read_rest(self, index: DenseIndex) -> DenseIndex:
        for rows, vectors in self._rows.vectors_after(index.last_row):
            index.add(rows, vectors)
        return index

    def _read_graph(self) -> DenseIndex | None:
        """The graph that the tables speak of, if its file is there and whole."""
        recorded = self._rows.fact("graph")
        if recorded is None:
            return None
        graph = json.loads(recorded)
        file = self._path / graph["file"]
        try:
            if checksum(file) == graph["crc32"]:
                return DenseIndex.load(file, self._dimension)
            reason = "it is damaged"
        except (OSError, RuntimeError, ValueError) as error:
            reason = str(error)
        _log.warning("%s is not used, searches are slower until `optimize`: %s", file, reason)
        return None

    def _save(self, index: DenseIndex) -> None:
        """Write the graph under a new name and only then speak of it."""
        recorded = json.loads(self._rows.fact("graph") or '{"generation": 0}')
        generation = recorded["generation"] + 1
        file = self._path / f"graph-{generation}.faiss"
        index.save(file)
        sync_file(file)
        sync_folder(self._path)
        fact = {"generation": generation, "file": file.name, "crc32": checksum(file)}
        with self._rows.transaction():
            self._rows.set_fact("graph", json.dumps(fact))
        self._rows.flush()
        for old in self._path.glob("graph-*.faiss"):
            if old != file:
                old.unlink()
