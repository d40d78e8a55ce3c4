"""One place that picks a store by name, importing only the one that is asked for.

Knows which kinds exist and what each needs. Does not know settings files or environments.
"""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path
from typing import get_args

from embeddings.errors import ConfigError, MissingPackage
from indexer.stores.base import Store
from indexer.stores.kind import StoreKind
from indexer.stores.lock import DEFAULT_TIMEOUT, own

_PACKAGES = {"faiss": ("faiss", "faiss-cpu"), "qdrant": ("qdrant_client", "qdrant-client")}
"""What kinds need that an extra of the same name brings: the module, and the package."""


def check_store(kind: str) -> None:
    """Raise `MissingPackage` where what a kind of store needs is not installed."""
    if kind in _PACKAGES:
        module, package = _PACKAGES[kind]
        try:
            import_module(module)
        except ImportError as error:
            raise MissingPackage(f"the store {kind!r}", package, kind) from error


def open_store(
    kind: str,
    location: Path | str,
    dimension: int,
    *,
    timeout: float | None = None,
    collection: str = "papers",
    api_key: str | None = None,
    prefer_grpc: bool = False,
    shard_number: int | None = None,
    replication_factor: int | None = None,
    write_consistency_factor: int | None = None,
) -> Store:
    """Open a store, creating it where missing.

    Args:
        kind: "edge" or "faiss" in a folder, or "qdrant" on a server.
        location: the folder, or the server's URL.
        dimension: of the dense vectors.
        timeout: seconds to wait for another process (edge, faiss) or for a request (qdrant).
        collection: on a server only, like all that follow; see `QdrantStore`.
        api_key: the server's key.
        prefer_grpc: speak gRPC instead of HTTP.
        shard_number: parts of a new collection.
        replication_factor: copies of each part.
        write_consistency_factor: copies that must confirm a write.

    Raises:
        ConfigError: there is no such kind, or a package that it needs is not installed.
        StoreBusy: another process owns the folder.
        StoreUnavailable: the server does not answer.
        StoreError: the store was made with another dimension, or cannot be read.

    """
    check_store(kind)
    # Imported here: a search in the default store must not wait for faiss or qdrant-client.
    if kind == "edge":
        from indexer.stores.edge import EdgeStore

        return EdgeStore(
            location, dimension, timeout=DEFAULT_TIMEOUT if timeout is None else timeout
        )
    if kind == "faiss":
        from indexer.stores.faiss import FaissStore

        return FaissStore(
            location, dimension, timeout=DEFAULT_TIMEOUT if timeout is None else timeout
        )
    if kind == "qdrant":
        from indexer.stores.qdrant import DEFAULT_REQUEST_TIMEOUT, QdrantStore

        return QdrantStore.connect(
            str(location),
            collection,
            dimension,
            api_key=api_key,
            prefer_grpc=prefer_grpc,
            timeout=timeout or DEFAULT_REQUEST_TIMEOUT,
            shard_number=shard_number,
            replication_factor=replication_factor,
            write_consistency_factor=write_consistency_factor,
        )
    raise ConfigError(
        f"There is no store {kind!r}; choose one of {', '.join(get_args(StoreKind))}."
    )


def drop_store(
    kind: str,
    location: Path | str,
    *,
    timeout: float | None = None,
    collection: str = "papers",
    api_key: str | None = None,
    prefer_grpc: bool = False,
) -> None:
    """Delete a store with all its points, whatever it was made with; fine if it is not there.

    Raises:
        MissingPackage: the package for the server is not installed.
        StoreBusy: another process owns the folder.
        StoreUnavailable: the server does not answer.

    """
    if kind == "qdrant":  # a folder goes without the package that made it
        check_store(kind)
        from indexer.stores.qdrant import DEFAULT_REQUEST_TIMEOUT, QdrantStore

        QdrantStore.drop(
            str(location),
            collection,
            api_key=api_key,
            prefer_grpc=prefer_grpc,
            timeout=timeout or DEFAULT_REQUEST_TIMEOUT,
        )
        return
    folder = Path(location)
    lock = own(folder, DEFAULT_TIMEOUT if timeout is None else timeout)
    try:
        if folder.exists():
            shutil.rmtree(folder)
    finally:
        lock.release()
