"""The model and the store of an archive, opened when first needed, and what it was made with.

Settings may ask for others than an archive was made with: nothing is mixed, and only `renew`
changes either. What is searched and indexed with them is `archive`'s.
"""

from __future__ import annotations

import shutil
import threading
import uuid
from pathlib import Path
from typing import Any

from pydantic import SecretStr, TypeAdapter

from embeddings.base import Embedder, ModelIdentity
from embeddings.bundled import NAME as BUNDLED
from embeddings.errors import ConfigError, ModelMismatch
from embeddings.open import default_identity, open_embedder
from embeddings.preparation import OnStep
from indexer.catalogue import Catalogue
from indexer.fulltexts.text import FULLTEXT
from indexer.observer import Observer
from indexer.settings import Settings
from indexer.stores.base import Store
from indexer.stores.open import check_store, drop_store, open_store
from indexer.stores.shelves import Shelves

PROJECTION = "projection.npz"
_SHELF = "fulltexts"
"""The catalogue's note that there is a store of full texts."""
_IDENTITY = TypeAdapter(ModelIdentity)


class Backend:
    """What an archive embeds with and keeps its vectors in. Threads may share it.

    An embedder that is `given` is used instead of the one that settings name. Settings count as
    they are now.
    """

    def __init__(
        self,
        home: Path,
        settings: Settings,
        catalogue: Catalogue,
        observer: Observer,
        given: Embedder | None,
    ) -> None:
        self._home = home
        self._settings = settings
        self._catalogue = catalogue
        self._observer = observer
        self._given = given
        self._opening = threading.RLock()
        self._store: Shelves | None = None
        self._embedder: Embedder | None = None

    @property
    def model(self) -> str:
        """The model's name, as asked for or as remembered."""
        return self._settings.model or self._catalogue.meta("model_name") or BUNDLED

    @property
    def projection(self) -> Path | None:
        """The map asked for, or the copy of the one that the archive was made with."""
        if self._settings.projection is not None:
            return self._settings.projection
        own = self._home / PROJECTION
        same_model = self.model == (self._catalogue.meta("model_name") or self.model)
        return own if same_model and own.exists() else None

    @property
    def identity(self) -> ModelIdentity | None:
        """The model that made the index, or None while there is none."""
        remembered = self._catalogue.meta("model")
        return _IDENTITY.validate_json(remembered) if remembered else None

    @property
    def store_kind(self) -> str:
        """The store's kind. Raises `ConfigError` if another one was asked for."""
        remembered, asked = self._catalogue.meta("store"), self._settings.store
        if remembered and asked and remembered != asked:
            raise ConfigError(
                f"This archive keeps its vectors in the {remembered!r} store, not {asked!r}; "
                f"run `archive rebuild --store {asked}` to move."
            )
        return asked or remembered or "edge"

    @property
    def embedder(self) -> Embedder:
        """The model, opened once. Raises `ModelMismatch` if it did not make this index."""
        with self._opening:
            if self._embedder is None:
                self._embedder = self._open_model()
            return self._embedder

    def _open_model(self, *, check: bool = True) -> Embedder:
        if check and self._given is None and self.model == BUNDLED:
            self._check(default_identity(self.projection))  # cheap, before anything is prepared
        embedder = self._given or open_embedder(
            self.model,
            self._settings.cache.expanduser(),
            api_key=_secret(self._settings.model_api_key),
            query_prefix=self._settings.query_prefix,
            passage_prefix=self._settings.passage_prefix,
            projection=self.projection,
            on_step=self.preparing("model"),
        )
        if check:
            self._check(embedder.identity)
        return embedder

    def preparing(self, what: str) -> OnStep:
        """What tells the observer of a model's preparation."""
        return lambda step: self._observer.stage(f"Preparing the {what}: {step}", 0)

    def _check(self, identity: ModelIdentity) -> None:
        if self.identity is not None and self.identity != identity:
            raise ModelMismatch(str(self.identity), str(identity))

    @property
    def store(self) -> Shelves:
        """The store, opened once. Raises `StoreBusy` where another process owns it."""
        with self._opening:
            if self._store is None:
                kind, dimension = self.store_kind, self._dimension
                papers = self._open_store(kind, dimension)
                try:
                    shelf = self._catalogue.meta(_SHELF)
                    there = self._open_store(kind, dimension, FULLTEXT) if shelf else None
                except BaseException:
                    papers.close()
                    raise
                self._store = Shelves(papers, there, self._make_shelf)
            return self._store

    def _make_shelf(self) -> Store:
        self._catalogue.set_meta(_SHELF, "1")  # before it is made: a crash must not hide it
        return self._open_store(self.store_kind, self._dimension, FULLTEXT)

    @property
    def _dimension(self) -> int:
        identity = self.identity
        if identity is None:
            default = self._given is None and self.model == BUNDLED
            identity = default_identity(self.projection) if default else self.embedder.identity
        return identity.dimension

    def _open_store(self, kind: str, dimension: int, shelf: str = "") -> Store:
        settings = self._settings
        return open_store(
            kind,
            dimension=dimension,
            shard_number=settings.qdrant_shards,
            replication_factor=settings.qdrant_replicas,
            write_consistency_factor=settings.qdrant_write_consistency,
            **self._place(kind, shelf),
        )

    def _place(self, kind: str, shelf: str) -> dict[str, Any]:
        """Where a store is and how to get there, as opening and dropping it want it."""
        settings = self._settings
        if kind != "qdrant":
            return {
                "location": self._home / _shelved(kind, shelf),
                "timeout": settings.lock_timeout,
            }
        return {
            "location": settings.qdrant_url,
            "collection": _shelved(self._collection, shelf),
            "api_key": _secret(settings.qdrant_api_key),
            "prefer_grpc": settings.qdrant_grpc,
        }

    @property
    def _collection(self) -> str:
        """A collection of its own: on a shared server, names must not meet."""
        if self._settings.qdrant_collection:
            return self._settings.qdrant_collection
        if (own_id := self._catalogue.meta("archive_id")) is None:
            own_id = uuid.uuid4().hex[:12]
            self._catalogue.set_meta("archive_id", own_id)
        return f"papers-{own_id}"

    def remember(self) -> None:
        """Note that this model makes the index from now on."""
        self._keep_projection()
        for key, value in self._facts(self.embedder.identity).items():
            self._catalogue.set_meta(key, value)

    def renew(self) -> None:
        """Give up the store, and take the model and the store that are asked for.

        A model or a store that cannot be opened changes nothing. Interrupted, it can be called
        again.
        """
        remembered = self._catalogue.meta("store")
        kind = self._settings.store or remembered or "edge"
        check_store(kind)
        self._embedder = self._open_model(check=False)
        self.close()
        self._drop_store(kind)
        if remembered and remembered != kind:
            self._open_store(kind, self._embedder.identity.dimension).close()
            self._drop_store(remembered)
        self._catalogue.derive_all()
        self._keep_projection()
        self._catalogue.restart({"store": kind, **self._facts(self._embedder.identity)})

    def _drop_store(self, kind: str) -> None:
        drop_store(kind, **self._place(kind, ""))
        if self._catalogue.meta(_SHELF):
            drop_store(kind, **self._place(kind, FULLTEXT))

    def _keep_projection(self) -> None:
        """Copy the map asked for into the archive, which cannot be searched without it."""
        own = self._home / PROJECTION
        if (chosen := self.projection) is None:
            own.unlink(missing_ok=True)
        elif chosen != own:
            work = own.with_suffix(".new")
            shutil.copyfile(chosen, work)
            work.replace(own)

    def _facts(self, identity: ModelIdentity) -> dict[str, str]:
        return {"model": _IDENTITY.dump_json(identity).decode(), "model_name": self.model}

    def close(self) -> None:
        """Close the store; closing twice is harmless."""
        with self._opening:
            if self._store is not None:
                self._store.close()
                self._store = None


def _shelved(name: str, shelf: str) -> str:
    """The name of a store's folder or collection, or of one of its shelves."""
    return f"{name}-{shelf}" if shelf else name


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
