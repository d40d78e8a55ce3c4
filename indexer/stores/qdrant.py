"""A Qdrant server or cluster, reached over the network through `qdrant-client`.

Knows that client, the collection's schema (the same as the embedded store's) and which
failures pass by themselves. Does not know papers, models, or how legs are fused. Importing
this module costs more than a second: only `open_store` does, and only when asked to.

The server builds its search graph by itself, and each shard and segment keeps its own term
statistics: with several shards, or after many deletions, idf differs a little from that of a
store in one piece. Dense scores do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ParamSpec, Self, TypeVar

import numpy as np
import stamina
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from embeddings.errors import StoreError, StoreUnavailable
from indexer.stores import base
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

_P = ParamSpec("_P")
_T = TypeVar("_T")

DENSE, SPARSE = "dense", "bm25"
_BATCH = 256
"""Points a request: about a megabyte, well under the 32 MB that a server accepts."""
_ALL_VALUES = 1_000_000
_ATTEMPTS = 4
DEFAULT_REQUEST_TIMEOUT = 30.0

_PASSING_STATUS = {408, 425, 429, 500, 502, 503, 504}
_PASSING_GRPC = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED"}
_REFUSED_GRPC = {"UNAUTHENTICATED", "PERMISSION_DENIED"}

_INDEXES = dict.fromkeys(KEYWORD_FIELDS, models.PayloadSchemaType.KEYWORD) | {
    "date": models.PayloadSchemaType.INTEGER,
    "has_code": models.PayloadSchemaType.BOOL,
}


class QdrantStore:
    """A `Store` in one collection of a server. Threads and processes may share it.

    Args:
        client: a connected client; closed by this store.
        collection: created where missing, checked where it exists.
        dimension: of the dense vectors.
        shard_number: parts that a new collection is cut into; the server's default if None.
        replication_factor: copies of each part, likewise.
        write_consistency_factor: copies that must confirm a write, likewise.
        location: how messages call the server.

    Raises:
        StoreUnavailable: the server does not answer.
        StoreError: the collection has another schema, or the server refused.

    """

    def __init__(
        self,
        client: QdrantClient,
        collection: str,
        dimension: int,
        *,
        shard_number: int | None = None,
        replication_factor: int | None = None,
        write_consistency_factor: int | None = None,
        location: str = "the Qdrant server",
    ) -> None:
        self._client = client
        self._collection = collection
        self._dimension = dimension
        self._location = location
        if not self._call(client.collection_exists, collection):
            try:
                self._call(
                    client.create_collection,
                    collection,
                    vectors_config={
                        DENSE: models.VectorParams(size=dimension, distance=models.Distance.COSINE)
                    },
                    sparse_vectors_config={
                        SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)
                    },
                    shard_number=shard_number,
                    replication_factor=replication_factor,
                    write_consistency_factor=write_consistency_factor,
                )
            except StoreError:  # another process, or our own repeated request, was first
                if not self._call(client.collection_exists, collection):
                    raise
        self._check_schema()

    @classmethod
    def connect(
        cls,
        url: str,
        collection: str,
        dimension: int,
        *,
        api_key: str | None = None,
        prefer_grpc: bool = False,
        timeout: float = DEFAULT_REQUEST_TIMEOUT,
        shard_number: int | None = None,
        replication_factor: int | None = None,
        write_consistency_factor: int | None = None,
    ) -> Self:
        """Open a collection of the server at `url`; `timeout` is in seconds for one request.

        Raises:
            StoreUnavailable: the server does not answer.
            StoreError: the collection has another schema, or the server refused.

        """
        client = _client(url, api_key, prefer_grpc, timeout)
        try:
            return cls(
                client,
                collection,
                dimension,
                shard_number=shard_number,
                replication_factor=replication_factor,
                write_consistency_factor=write_consistency_factor,
                location=url,
            )
        except BaseException:
            client.close()
            raise

    @staticmethod
    def drop(
        url: str,
        collection: str,
        *,
        api_key: str | None = None,
        prefer_grpc: bool = False,
        timeout: float = DEFAULT_REQUEST_TIMEOUT,
    ) -> None:
        """Delete a collection, whatever its schema; fine if it is not there.

        Raises:
            StoreUnavailable: the server does not answer.

        """
        client = _client(url, api_key, prefer_grpc, timeout)
        try:
            _asked(url, client.delete_collection, collection)
        finally:
            client.close()

    def upsert(self, points: Sequence[base.Point]) -> None:
        """Write points, replacing those with the same id; confirmed by the server on return.

        Each dense vector has shape (dimension,) and is stored as float32 of length 1.

        Raises:
            StoreError: a point is unusable; then nothing was written.
            StoreUnavailable: the server does not answer; repeat the call.

        """
        for batch in batches(checked_points(points, self._dimension), _BATCH):
            self._call(
                self._client.upsert, self._collection, [_to_qdrant(p) for p in batch], wait=True
            )

    def set_payload(self, payloads: Sequence[tuple[str, base.Payload]]) -> None:
        """Replace the payload of existing points; ids that are not there are ignored."""
        wanted = checked_payloads(payloads)
        there = [
            str(record.id)
            for batch in batches(list(wanted), _BATCH)
            for record in self._call(
                self._client.retrieve, self._collection, batch, with_payload=False
            )
        ]
        operations: list[Any] = [
            models.OverwritePayloadOperation(
                overwrite_payload=models.SetPayload(payload=to_dict(payload), points=list(ids))
            )
            for payload, ids in by_payload((i, wanted[i]) for i in there)
        ]
        for batch in batches(operations, _BATCH):
            self._call(self._client.batch_update_points, self._collection, batch, wait=True)

    def delete(self, ids: Iterable[str]) -> None:
        """Delete points; ids that are not there are ignored."""
        for batch in batches(checked_ids(ids), _BATCH):
            self._delete(models.PointIdsList(points=list(batch)))

    def query(self, query: base.HybridQuery) -> base.Legs:
        """Both legs of a hybrid query."""
        query = checked_query(query, self._dimension)
        condition = _to_filter(query.filter)

        def leg(vector: list[float] | models.SparseVector, using: str) -> tuple[base.Hit, ...]:
            def ask(limit: int) -> list[base.Hit]:
                response = self._call(
                    self._client.query_points,
                    self._collection,
                    query=vector,
                    using=using,
                    query_filter=condition,
                    search_params=models.SearchParams(hnsw_ef=SEARCH_EFFORT),
                    limit=limit,
                    with_payload=True,
                )
                return [
                    base.Hit(str(hit.id), hit.score, from_dict(hit.payload))
                    for hit in response.points
                ]

            return ranked(ask, query.limit)

        return base.Legs(
            dense=() if query.dense is None else leg(query.dense.tolist(), DENSE),
            lexical=() if query.sparse is None else leg(_to_sparse(query.sparse), SPARSE),
        )

    def fetch(self, ids: Sequence[str]) -> list[base.Point]:
        """The points with these ids, in this order; missing ones are left out."""
        wanted = [canonical_id(i) for i in ids]
        found = {
            str(record.id): _from_qdrant(record)
            for batch in batches(checked_ids(wanted), _BATCH)
            for record in self._call(
                self._client.retrieve, self._collection, batch, with_vectors=True
            )
        }
        return [found[i] for i in wanted if i in found]

    def ids(self) -> Iterator[str]:
        """Every point's id, in no particular order."""
        offset: Any = None
        while True:
            records, offset = self._call(
                self._client.scroll,
                self._collection,
                limit=1000,
                offset=offset,
                with_payload=False,
            )
            yield from (str(record.id) for record in records)
            if offset is None:
                return

    def count(self, filter: base.Filter | None = None) -> int:
        """How many points match, exactly."""
        counted = self._call(
            self._client.count, self._collection, count_filter=_to_filter(filter), exact=True
        )
        return counted.count

    def facets(self, field: base.FacetField, filter: base.Filter | None = None) -> dict[str, int]:
        """How many points carry each value of a payload field, exactly."""
        response = self._call(
            self._client.facet,
            self._collection,
            field,
            facet_filter=_to_filter(filter),
            limit=_ALL_VALUES,
            exact=True,
        )
        return {str(hit.value): hit.count for hit in response.hits if hit.count}

    def flush(self) -> None:
        """Nothing to do: the server confirmed every write, and its own log keeps them."""

    def optimize(self) -> None:
        """Nothing to do: the server builds its search graph in the background."""

    def clear(self) -> None:
        """Delete every point; the collection and its settings stay."""
        self._delete(models.FilterSelector(filter=models.Filter()))

    def info(self) -> base.StoreInfo:
        """The store's facts."""
        return base.StoreInfo("qdrant", self._location, self.count(), self._dimension)

    def close(self) -> None:
        """Let go of the connection; closing twice is harmless."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _check_schema(self) -> None:
        """Refuse a collection that is not ours, and add the indexes that it lacks."""
        info = self._call(self._client.get_collection, self._collection)
        params = info.config.params
        dense = params.vectors.get(DENSE) if isinstance(params.vectors, dict) else None
        sparse = (params.sparse_vectors or {}).get(SPARSE)
        if dense is None or sparse is None or sparse.modifier != models.Modifier.IDF:
            raise StoreError(
                f"The collection {self._collection!r} at {self._location} was not made by Paper "
                "Archive. Choose another collection."
            )
        if dense.size != self._dimension or dense.distance != models.Distance.COSINE:
            raise StoreError(
                f"The collection {self._collection!r} at {self._location} holds vectors of "
                f"{dense.size} dimensions ({dense.distance}), not {self._dimension} (Cosine). If "
                "the model was changed, choose another collection or delete this one."
            )
        for field, schema in _INDEXES.items():
            if field not in info.payload_schema:
                self._call(
                    self._client.create_payload_index,
                    self._collection,
                    field,
                    field_schema=schema,
                    wait=True,
                )

    def _delete(self, selector: models.PointIdsList | models.FilterSelector) -> None:
        self._call(self._client.delete, self._collection, selector, wait=True)

    def _call(self, request: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return _asked(self._location, request, *args, **kwargs)


def _asked(location: str, request: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """One request, repeated where the failure may pass: every request here is idempotent."""
    try:
        return stamina.retry(on=_passes, attempts=_ATTEMPTS)(request)(*args, **kwargs)
    except Exception as error:
        reason = " ".join(str(getattr(error, "source", error)).split()) or type(error).__name__
        if _passes(error):
            raise StoreUnavailable(
                f"The Qdrant server at {location} does not answer: {reason}. Check that "
                "it is running and that the address and port are right."
            ) from error
        if _refused(error):
            raise StoreError(
                f"The Qdrant server at {location} refused the API key: {reason}"
            ) from error
        raise StoreError(f"The Qdrant server at {location} failed: {reason}") from error


def _grpc_code(error: Exception) -> str:
    code = getattr(error, "code", None)
    return str(getattr(code(), "name", "")) if callable(code) else ""


def _passes(error: Exception) -> bool:
    """Whether asking again may help: no connection, a timeout, an overloaded server."""
    if isinstance(error, UnexpectedResponse):
        return error.status_code in _PASSING_STATUS
    return (
        isinstance(error, ResponseHandlingException | ResourceExhaustedResponse)
        or _grpc_code(error) in _PASSING_GRPC
    )


def _refused(error: Exception) -> bool:
    if isinstance(error, UnexpectedResponse):
        return error.status_code in {401, 403}
    return _grpc_code(error) in _REFUSED_GRPC


def _to_filter(filter: base.Filter | None) -> models.Filter | None:
    wanted = clauses(filter)
    if not wanted:
        return None
    must: list[Any] = [
        models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))
        for field, values in wanted.any_of
    ]
    if wanted.dates is not None:
        first, last = wanted.dates
        must.append(models.FieldCondition(key="date", range=models.Range(gte=first, lte=last)))
    if wanted.has_code is not None:
        must.append(
            models.FieldCondition(key="has_code", match=models.MatchValue(value=wanted.has_code))
        )
    must_not: list[Any] = [
        models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))
        for field, values in wanted.none_of
    ]
    return models.Filter(must=must or None, must_not=must_not or None)


def _to_sparse(sparse: base.SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(sparse.indices), values=list(sparse.values))


def _to_qdrant(point: base.Point) -> models.PointStruct:
    vectors: dict[str, Any] = {DENSE: point.dense.tolist()}
    if point.sparse.indices:  # a point without terms is no document to the idf
        vectors[SPARSE] = _to_sparse(point.sparse)
    return models.PointStruct(id=point.id, vector=vectors, payload=to_dict(point.payload))


def _from_qdrant(record: models.Record) -> base.Point:
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


def _client(url: str, api_key: str | None, prefer_grpc: bool, timeout: float) -> QdrantClient:
    try:
        return QdrantClient(
            url=url,
            api_key=api_key,
            prefer_grpc=prefer_grpc,
            timeout=max(1, round(timeout)),
            check_compatibility=False,  # asks the server before we can handle its silence
        )
    except ValueError as error:
        raise StoreError(f"{url!r} is not the address of a Qdrant server: {error}") from error
