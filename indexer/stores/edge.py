"""The embedded default: the Qdrant engine inside this process, one shard in one folder.

Knows Qdrant Edge and its schema. Does not know papers, models, or how legs are fused.

Edge has no background work. Below about 10 MB of dense vectors (6,600 of 384 dimensions) a
scan is fast and `optimize` does nothing; above, it builds the search graph, which takes
minutes for 100,000 points and starts afresh when many points were added, so call it once at
the end of a large import. Points written since are found by a scan, so results stay right.

Term statistics are kept per segment: deletions count in the idf of the lexical leg until
their segment is rebuilt, which `optimize` does at 20% deleted. Points still in the newest
segment, which has no graph yet, leave the statistics at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import qdrant_edge as qe

from embeddings.errors import ArchiveError, StoreError
from indexer.stores import base
from indexer.stores.lock import DEFAULT_TIMEOUT, busy, own, sync_folder
from indexer.stores.payload import KEYWORD_FIELDS, by_payload, clauses, from_dict, to_dict
from indexer.stores.validate import (
    SEARCH_EFFORT,
    batches,
    canonical_id,
    checked_ids,
    checked_payloads,
    checked_points,
    checked_query,
    ranked,
)

DENSE, SPARSE = "dense", "bm25"
_BATCH = 500
"""Points an operation: each is one entry of the write-ahead log, which wants them small."""
_ALL_VALUES = 1_000_000
_DAMAGED = (
    "If the model was changed or the folder is damaged, `archive rebuild` makes it anew from the "
    "catalogue."
)


@contextmanager
def _engine_errors(what: str) -> Iterator[None]:
    """Edge raises bare `Exception`; anything of ours passes through."""
    try:
        yield
    except ArchiveError:
        raise
    except BaseException as error:
        if not _is_engines(error):
            raise
        raise StoreError(f"{what} failed: {error}. {_DAMAGED}") from error


def _is_engines(error: BaseException) -> bool:
    """Whether the engine failed; where a file is damaged it may panic, which is no `Exception`."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


class EdgeStore:
    """A `Store` in a folder of its own. Threads may share it; processes take turns.

    Args:
        path: the folder, created where missing.
        dimension: of the dense vectors.
        timeout: seconds to wait for another process to let go.

    Raises:
        StoreBusy: another process still owns it.
        StoreError: it was made with another dimension, or is damaged.

    """

    def __init__(
        self, path: Path | str, dimension: int, *, timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        self._path = Path(path)
        self._dimension = dimension
        self._timeout = timeout
        self._lock = own(self._path, timeout)
        try:
            self._shard = self._open()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> qe.EdgeShard:
        if not any(self._path.glob("segments/*/segment.json")):
            self._create()
        try:
            shard = qe.EdgeShard.load(str(self._path), _config(self._dimension))
            for field in _INDEXES.keys() - shard.info().payload_schema.keys():
                shard.update(qe.UpdateOperation.create_field_index(field, _INDEXES[field]))
        except BaseException as error:
            if not _is_engines(error):
                raise
            if "WouldBlock" in str(error):  # an owner that does not know our lock
                raise busy(self._path, self._timeout) from error
            raise StoreError(
                f"{self._path} cannot be opened for vectors of {self._dimension} dimensions: "
                f"{error}. {_DAMAGED}"
            ) from error
        return shard

    def _create(self) -> None:
        """Make the shard elsewhere and move it into place, so that it is whole or absent."""
        if self._path.exists():
            strange = {entry.name for entry in self._path.iterdir()} - _SHARD_ENTRIES
            if strange:
                raise StoreError(f"{self._path} holds other files: {', '.join(sorted(strange))}")
            shutil.rmtree(self._path)  # left by a process that died while creating it
        draft = self._path.with_name(f"{self._path.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        with _engine_errors(f"Creating {self._path}"):
            shard = qe.EdgeShard.create(str(draft), _config(self._dimension))
            shard.flush()
            shard.close()
            draft.rename(self._path)
            sync_folder(self._path.parent)

    def upsert(self, points: Sequence[base.Point]) -> None:
        """Write points, replacing those with the same id.

        Written points survive the death of this process at once, and a loss of power after
        `flush`. Each dense vector has shape (dimension,) and is stored as float32 of length 1.

        Raises:
            StoreError: a point is unusable (then nothing was written), or the engine failed.

        """
        ready = checked_points(points, self._dimension)
        with _engine_errors("Writing points"):
            for batch in batches(ready, _BATCH):
                self._shard.update(qe.UpdateOperation.upsert_points([_to_edge(p) for p in batch]))

    def set_payload(self, payloads: Sequence[tuple[str, base.Payload]]) -> None:
        """Replace the payload of existing points; ids that are not there are ignored."""
        wanted = checked_payloads(payloads)
        with _engine_errors("Writing payloads"):
            there = self._existing(list(wanted))
            for payload, ids in by_payload((i, wanted[i]) for i in there):
                self._shard.update(
                    qe.UpdateOperation.overwrite_payload(list(ids), to_dict(payload))
                )

    def delete(self, ids: Iterable[str]) -> None:
        """Delete points; ids that are not there are ignored."""
        with _engine_errors("Deleting points"):
            for batch in batches(self._existing(checked_ids(ids)), _BATCH):
                # A deleted point's terms would stay in the statistics; emptied ones leave.
                self._shard.update(
                    qe.UpdateOperation.update_vectors(
                        [qe.PointVectors(i, {SPARSE: qe.SparseVector([], [])}) for i in batch]
                    )
                )
                self._shard.update(qe.UpdateOperation.delete_points(list(batch)))

    def query(self, query: base.HybridQuery) -> base.Legs:
        """Both legs of a hybrid query."""
        query = checked_query(query, self._dimension)
        condition = _to_filter(query.filter)

        def leg(vector: qe.NamedVector, using: str) -> tuple[base.Hit, ...]:
            def ask(limit: int) -> list[base.Hit]:
                request = qe.QueryRequest(
                    limit=limit,
                    query=qe.Query.Nearest(vector, using=using),
                    filter=condition,
                    params=qe.SearchParams(hnsw_ef=SEARCH_EFFORT),
                    with_payload=True,
                )
                return [
                    base.Hit(str(hit.id), hit.score, from_dict(hit.payload))
                    for hit in self._shard.query(request)
                ]

            return ranked(ask, query.limit)

        with _engine_errors("Searching"):
            return base.Legs(
                dense=() if query.dense is None else leg(query.dense.tolist(), DENSE),
                lexical=() if query.sparse is None else leg(_to_sparse(query.sparse), SPARSE),
            )

    def fetch(self, ids: Sequence[str]) -> list[base.Point]:
        """The points with these ids, in this order; missing ones are left out."""
        wanted = [canonical_id(i) for i in ids]
        with _engine_errors("Reading points"):
            found = {
                str(record.id): _from_edge(record)
                for batch in batches(checked_ids(wanted), _BATCH)
                for record in self._shard.retrieve(list(batch), True, True)
            }
        return [found[i] for i in wanted if i in found]

    def ids(self) -> Iterator[str]:
        """Every point's id, in no particular order."""
        offset: qe.PointId | None = None
        while True:
            with _engine_errors("Reading ids"):
                records, offset = self._shard.scroll(
                    qe.ScrollRequest(offset=offset, limit=1000, with_payload=False)
                )
            yield from (str(record.id) for record in records)
            if offset is None:
                return

    def count(self, filter: base.Filter | None = None) -> int:
        """How many points match, exactly."""
        with _engine_errors("Counting"):
            return self._shard.count(qe.CountRequest(exact=True, filter=_to_filter(filter)))

    def facets(self, field: base.FacetField, filter: base.Filter | None = None) -> dict[str, int]:
        """How many points carry each value of a payload field, exactly."""
        request = qe.FacetRequest(field, limit=_ALL_VALUES, exact=True, filter=_to_filter(filter))
        with _engine_errors("Counting values"):
            hits = self._shard.facet(request).hits
        return {str(hit.value): hit.count for hit in hits if hit.count}  # 0: all of them deleted

    def flush(self) -> None:
        """Make everything written so far survive a loss of power."""
        with _engine_errors("Flushing"):
            self._shard.flush()

    def optimize(self) -> None:
        """Build the search graph where it is worth it; blocks (see the top of this file)."""
        with _engine_errors("Optimizing"):
            self._shard.optimize()

    def clear(self) -> None:
        """Delete every point, and with them the statistics and the disk space they took."""
        with _engine_errors("Clearing"):
            self._shard.close()
            shutil.rmtree(self._path)
            self._shard = self._open()

    def info(self) -> base.StoreInfo:
        """The store's facts."""
        return base.StoreInfo("edge", str(self._path), self.count(), self._dimension)

    def close(self) -> None:
        """Flush and let go of the folder; closing twice is harmless."""
        if self._lock.is_locked:
            try:
                self.flush()
                self._shard.close()
            finally:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _existing(self, ids: Sequence[str]) -> list[str]:
        return [
            str(record.id)
            for batch in batches(ids, _BATCH)
            for record in self._shard.retrieve(list(batch), False, False)
        ]


_SHARD_ENTRIES = {"segments", "wal", "edge_config.json"}

_INDEXES = dict.fromkeys(KEYWORD_FIELDS, qe.PayloadSchemaType.Keyword) | {
    "date": qe.PayloadSchemaType.Integer,
    "has_code": qe.PayloadSchemaType.Bool,
}


def _config(dimension: int) -> qe.EdgeConfig:
    return qe.EdgeConfig(
        vectors={DENSE: qe.EdgeVectorParams(size=dimension, distance=qe.Distance.Cosine)},
        sparse_vectors={SPARSE: qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)},
    )


def _to_filter(filter: base.Filter | None) -> qe.Filter | None:
    wanted = clauses(filter)
    if not wanted:
        return None
    must: list[Any] = [
        qe.FieldCondition(field, match=qe.MatchAny(list(values))) for field, values in wanted.any_of
    ]
    if wanted.dates is not None:
        first, last = wanted.dates
        must.append(qe.FieldCondition("date", range=qe.RangeFloat(gte=first, lte=last)))
    if wanted.has_code is not None:
        # Edge 0.9.0 takes Python's True for the integer 1, which matches no bool; NumPy's is safe.
        value: Any = np.bool_(wanted.has_code)
        must.append(qe.FieldCondition("has_code", match=qe.MatchValue(value)))
    must_not: list[Any] = [
        qe.FieldCondition(field, match=qe.MatchAny(list(values)))
        for field, values in wanted.none_of
    ]
    return qe.Filter(must=must or None, must_not=must_not or None)


def _to_sparse(sparse: base.SparseVector) -> qe.SparseVector:
    return qe.SparseVector(list(sparse.indices), list(sparse.values))


def _to_edge(point: base.Point) -> qe.Point:
    vectors: dict[str, Any] = {DENSE: point.dense.tolist()}
    if point.sparse.indices:  # a point without terms is no document to the idf
        vectors[SPARSE] = _to_sparse(point.sparse)
    return qe.Point(point.id, vectors, to_dict(point.payload))


def _from_edge(record: qe.Record) -> base.Point:
    vectors: Any = record.vector
    sparse = vectors.get(SPARSE)
    return base.Point(
        id=str(record.id),
        dense=np.asarray(vectors[DENSE], dtype=np.float32),
        sparse=base.SparseVector(tuple(sparse.indices), tuple(sparse.values))
        if sparse
        else base.SparseVector((), ()),
        payload=from_dict(record.payload),
    )
