"""One archive in one folder, opened as far as a task needs it.

Brings catalogue, store and model together and remembers what the archive was made with.
Every surface starts here; what they ask is answered by `search` and `indexer.pipeline`.
"""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr, TypeAdapter

from embeddings.base import Embedder, ModelIdentity
from embeddings.bundled import NAME as BUNDLED
from embeddings.errors import ConfigError, InputError, ModelMismatch, StoreUnavailable
from embeddings.open import default_identity, open_embedder
from embeddings.preparation import OnStep
from embeddings.reranker import CrossEncoderReranker
from indexer import deciding
from indexer.bulk.selection import Selection
from indexer.catalogue import Catalogue
from indexer.deciding import Place
from indexer.decisions import Decision
from indexer.fulltexts.text import FULLTEXT
from indexer.identity import named_key
from indexer.paper import BESIDE, Paper
from indexer.pipeline import Indexer, IndexReport, Observer, Silent
from indexer.readers.registry import load_registry
from indexer.settings import Settings
from indexer.stores.base import Store
from indexer.stores.lock import own
from indexer.stores.open import drop_store, open_store
from indexer.stores.shelves import Shelves
from search_api.results import Stats, StoreFacts
from search_api.search import Searcher, check_either, find_paper

if TYPE_CHECKING:
    from search_api.answers.asker import Asker
    from search_api.checks.summaries import SummaryReport
    from search_api.topics.labeller import Labeller
    from search_api.topics.labels import AllClassified, Classified
    from search_api.topics.sets import TopicSet

CATALOGUE = "catalogue.sqlite"
PROJECTION = "projection.npz"
_SHELF = "fulltexts"
"""The catalogue's note that there is a store of full texts."""
_IDENTITY = TypeAdapter(ModelIdentity)


class Archive:
    """An archive. Use as a context manager; opening it creates its folder.

    The store and the model are opened when first needed: a look at the catalogue waits for
    neither. An `embedder` given here is used instead of the one that settings name. Raises
    `CatalogueError` if the catalogue is unusable.
    """

    def __init__(
        self,
        settings: Settings,
        observer: Observer | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        self.settings = settings
        self.observer = observer or Silent()
        self.home = settings.home.expanduser().resolve()
        self.catalogue = Catalogue(self.home / CATALOGUE)
        self._opening = threading.RLock()
        self._store: Shelves | None = None
        self._embedder: Embedder | None = None
        self._given = embedder
        self._labellers: dict[tuple[TopicSet | None, object], Labeller] = {}

    @staticmethod
    def exists(settings: Settings) -> bool:
        """Whether there is an archive; opening one that is not there makes it."""
        return (settings.home.expanduser() / CATALOGUE).exists()

    # What the archive was made with

    @property
    def model(self) -> str:
        """The model's name, as asked for or as remembered."""
        return self.settings.model or self.catalogue.meta("model_name") or BUNDLED

    @property
    def projection(self) -> Path | None:
        """The map asked for, or the copy of the one that the archive was made with."""
        if self.settings.projection is not None:
            return self.settings.projection
        own = self.home / PROJECTION
        same_model = self.model == (self.catalogue.meta("model_name") or self.model)
        return own if same_model and own.exists() else None

    @property
    def identity(self) -> ModelIdentity | None:
        """The model that made the index, or None while there is none."""
        remembered = self.catalogue.meta("model")
        return _IDENTITY.validate_json(remembered) if remembered else None

    @property
    def store_kind(self) -> str:
        """The store's kind. Raises `ConfigError` if another one was asked for."""
        remembered, asked = self.catalogue.meta("store"), self.settings.store
        if remembered and asked and remembered != asked:
            raise ConfigError(
                f"This archive keeps its vectors in the {remembered!r} store, not {asked!r}; "
                f"run `archive rebuild --store {asked}` to move."
            )
        return asked or remembered or "edge"

    # Parts, opened when needed

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
            self.settings.cache.expanduser(),
            api_key=_secret(self.settings.model_api_key),
            query_prefix=self.settings.query_prefix,
            passage_prefix=self.settings.passage_prefix,
            projection=self.projection,
            on_step=self._preparing("model"),
        )
        if check:
            self._check(embedder.identity)
        return embedder

    def _preparing(self, what: str) -> OnStep:
        return lambda step: self.observer.stage(f"Preparing the {what}: {step}", 0)

    def _check(self, identity: ModelIdentity) -> None:
        if self.identity is not None and self.identity != identity:
            raise ModelMismatch(str(self.identity), str(identity))

    @property
    def store(self) -> Shelves:
        """The store, opened once. Raises `StoreBusy` where another process owns it."""
        with self._opening:
            if self._store is None:
                papers = self._open_store()
                try:
                    there = self._open_store(FULLTEXT) if self.catalogue.meta(_SHELF) else None
                except BaseException:
                    papers.close()
                    raise
                self._store = Shelves(papers, there, self._make_shelf)
            return self._store

    def _make_shelf(self) -> Store:
        self.catalogue.set_meta(_SHELF, "1")  # before it is made: a crash must not hide it
        return self._open_store(FULLTEXT)

    def _open_store(self, shelf: str = "") -> Store:
        identity = self.identity
        if identity is None:
            default = self._given is None and self.model == BUNDLED
            identity = default_identity(self.projection) if default else self.embedder.identity
        settings, kind = self.settings, self.store_kind
        if kind != "qdrant":
            return open_store(
                kind,
                self.home / _shelved(kind, shelf),
                identity.dimension,
                timeout=settings.lock_timeout,
            )
        return open_store(
            kind,
            settings.qdrant_url,
            identity.dimension,
            collection=_shelved(self._collection, shelf),
            api_key=_secret(settings.qdrant_api_key),
            prefer_grpc=settings.qdrant_grpc,
            shard_number=settings.qdrant_shards,
            replication_factor=settings.qdrant_replicas,
            write_consistency_factor=settings.qdrant_write_consistency,
        )

    @property
    def _collection(self) -> str:
        """A collection of its own: on a shared server, names must not meet."""
        if self.settings.qdrant_collection:
            return self.settings.qdrant_collection
        if (own_id := self.catalogue.meta("archive_id")) is None:
            own_id = uuid.uuid4().hex[:12]
            self.catalogue.set_meta("archive_id", own_id)
        return f"papers-{own_id}"

    @cached_property
    def searcher(self) -> Searcher:
        """What answers searches. Raises `InputError` while the archive is empty."""
        if self.identity is None:
            waiting = self.catalogue.counts()["passages"]
            raise InputError(
                f"The archive in {self.home} has {waiting} passages, none of them embedded yet; "
                "run `archive embed`."
                if waiting
                else f"The archive in {self.home} is empty; fill it with `archive index PATH…`."
            )
        # Asked only of an empty store: it must not find nothing where it lost everything.
        if not self.store.count() and (lost := self.catalogue.counts()["stored"]):
            raise StoreUnavailable(
                f"The store of the archive in {self.home} is empty, but should hold {lost} "
                "passages; `archive rebuild` makes it anew."
            )
        name = self.settings.reranker
        reranker = CrossEncoderReranker(name) if name else None
        store = self.store
        return Searcher(
            self.catalogue, store, self.embedder, reranker, fulltexts=lambda: store.fulltexts
        )

    @cached_property
    def asker(self) -> Asker:
        """What answers questions, in the words of the language model that the settings name.

        Raises `InputError` while the archive is empty, `ConfigError` if that model cannot be
        opened.
        """
        from embeddings.reader import BundledReader  # searches do without these
        from search_api.answers.asker import Asker
        from search_api.answers.writer import open_writer

        searcher, embedder = self.searcher, self.embedder
        reader = BundledReader(self.settings.cache.expanduser(), self._preparing("reader"))
        writer = open_writer(self.settings, embedder)
        return Asker(self.catalogue, searcher, embedder, reader, writer)

    def classify(
        self,
        paper_id: str | None = None,
        *,
        text: str | None = None,
        topics: TopicSet | None = None,
    ) -> Classified:
        """The labels of a paper or a text; see `search_api.topics.labeller.Labeller.classify`."""
        check_either(paper_id, text)
        return self._labeller(topics).classify(paper_id, text=text)

    def classify_all(self, topics: TopicSet | None = None) -> AllClassified:
        """The topics of every paper."""
        return self._labeller(topics).classify_all()

    def _labeller(self, topics: TopicSet | None) -> Labeller:
        """What labels with a set of topics.

        Raises `InputError` while the archive is empty, `ConfigError` for topics that make no
        sense.
        """
        from search_api.topics.labeller import Labeller  # searches do without it
        from search_api.topics.sets import files_of, topics_of

        with self._opening:
            key = (topics, files_of(self.home))
            if key not in self._labellers:
                _ = self.searcher  # says what is wrong with an empty archive
                chosen = topics_of(self.catalogue, self.home, topics)
                made = Labeller(self.catalogue, self.store, self.embedder, chosen)
                self._labellers = {k: v for k, v in self._labellers.items() if k[1] == key[1]}
                self._labellers[key] = made
            return self._labellers[key]

    def paper(self, paper_id: str) -> Paper:
        """A paper by id or link, from the catalogue alone. Raises `UnknownPaper`."""
        return find_paper(self.catalogue, paper_id)

    def check_summaries(self, paper_ids: Sequence[str] | None = None) -> SummaryReport:
        """Which summaries disagree with their abstracts, of these papers or of all.

        Raises `UnknownPaper`.
        """
        from search_api.checks.summaries import check  # searches do without it

        papers = {paper.paper_id: paper for paper in map(self.paper, paper_ids or ())}
        ids = list(papers) or self.catalogue.paper_ids()
        self.observer.stage("Checking summaries", len(ids))
        found = (papers.get(each) or self.paper(each) for each in ids)
        return check(found, self.embedder, self.observer.advance)

    # Work

    def merge(self, paper_ids: Sequence[str], into: str | None = None) -> Decision:
        """Make papers one, named by ids or links; see `indexer.deciding.merge`.

        `into` may also be an arXiv id or DOI that no page gave. Raises `UnknownPaper`.
        """
        ids = [self.paper(each).paper_id for each in paper_ids]
        key = named_key(into) if into else None
        if into and key is None:
            self.paper(into)
            key = into.strip()
        return self._decide(lambda: deciding.merge(self.catalogue, ids, key))

    def split(self, paper_id: str, places: Sequence[Place]) -> Decision:
        """Make rows of a paper one of their own; see `indexer.deciding.split`."""
        found = self.paper(paper_id).paper_id
        return self._decide(lambda: deciding.split(self.catalogue, found, places))

    def undo(self, number: int | None = None) -> Decision:
        """Take back a merge or split; see `indexer.deciding.undo`."""
        return self._decide(lambda: deciding.undo(self.catalogue, number))

    def _decide(self, decide: Callable[[], Decision]) -> Decision:
        with self._writing():
            decision = decide()
            if self.identity is not None:  # else nothing is embedded yet
                self._indexer().sync()
        return decision

    def index(
        self,
        paths: Iterable[Path],
        *,
        source: str | None = None,
        prune: bool = False,
        selection: Selection | None = None,
        embed: bool = True,
    ) -> IndexReport:
        """Index files and folders; see `indexer.pipeline.Indexer.index`."""
        with self._writing():
            return self._indexer().index(
                paths, source=source, prune=prune, selection=selection, embed=embed
            )

    def sync(self) -> None:
        """Bring the store in step with the catalogue; see `indexer.pipeline.Indexer.sync`."""
        with self._writing():
            self._indexer().sync()

    def remove(self, paths: Sequence[Path]) -> IndexReport:
        """Take files out; see `indexer.pipeline.Indexer.remove`.

        Files of what a language model wrote and of full texts are the archive's own, and deleted.
        """
        with self._writing():
            report = self._indexer().remove(paths)
        for path in (each.resolve() for each in paths):
            if path.parent in {self.home / name for name in BESIDE}:
                path.unlink(missing_ok=True)
        return report

    def rebuild(self) -> IndexReport:
        """Embed everything anew with the model and store asked for, the one way to change
        either. Interrupted, the same command does it again.
        """
        with self._writing():
            return self._rebuild()

    def _rebuild(self) -> IndexReport:
        remembered = self.catalogue.meta("store")
        kind = self.settings.store or remembered or "edge"
        # Before anything is given up: a model that cannot be opened changes nothing.
        self._embedder = self._open_model(check=False)
        self._close_store()
        for each in sorted({remembered or kind, kind}):
            self._drop_store(each)
            if self.catalogue.meta(_SHELF):
                self._drop_store(each, FULLTEXT)
        self.catalogue.derive_all()
        self._keep_projection()
        self.catalogue.restart({"store": kind, **self._facts(self._embedder.identity)})
        for part in ("searcher", "asker"):
            self.__dict__.pop(part, None)  # it still asks the old store
        self._labellers.clear()
        return self._indexer().index([])

    def _drop_store(self, kind: str, shelf: str = "") -> None:
        settings = self.settings
        if kind != "qdrant":
            drop_store(kind, self.home / _shelved(kind, shelf), timeout=settings.lock_timeout)
            return
        drop_store(
            kind,
            settings.qdrant_url,
            collection=_shelved(self._collection, shelf),
            api_key=_secret(settings.qdrant_api_key),
            prefer_grpc=settings.qdrant_grpc,
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, whatever the store: two would mix what they wrote."""
        lock = own(self.home / "archive", self.settings.lock_timeout)
        try:
            yield
        finally:
            self._labellers.clear()  # they know the papers as they were
            lock.release()

    def _indexer(self) -> Indexer:
        asked, made_with = self.settings.model, self.catalogue.meta("model_name")
        if asked and made_with and asked != made_with:
            raise ModelMismatch(str(self.identity), asked)
        store = self.store
        self.catalogue.set_meta("store", self.store_kind)
        return Indexer(
            self.catalogue,
            store,
            load_registry(layouts=self.settings.layout_folders),
            self._model_for_indexing,
            max_bytes=self.settings.max_file_mb * 2**20,
            observer=self.observer,
        )

    def _model_for_indexing(self) -> Embedder:
        embedder = self.embedder
        self._remember(embedder.identity)
        return embedder

    def _remember(self, identity: ModelIdentity) -> None:
        self._keep_projection()
        for key, value in self._facts(identity).items():
            self.catalogue.set_meta(key, value)

    def _keep_projection(self) -> None:
        """Copy the map asked for into the archive, which cannot be searched without it."""
        own = self.home / PROJECTION
        if (chosen := self.projection) is None:
            own.unlink(missing_ok=True)
        elif chosen != own:
            work = own.with_suffix(".new")
            shutil.copyfile(chosen, work)
            work.replace(own)

    def _facts(self, identity: ModelIdentity) -> dict[str, str]:
        return {"model": _IDENTITY.dump_json(identity).decode(), "model_name": self.model}

    def stats(self) -> Stats:
        """What the archive holds; needs neither store nor model."""
        counts = self.catalogue.counts()
        kind = self.store_kind
        location = self.settings.qdrant_url if kind == "qdrant" else str(self.home / kind)
        return Stats(
            papers=counts["papers"],
            passages=counts["passages"],
            files=counts["files"],
            rows=counts["rows"],
            rejects=counts["rejects"],
            topics=self.catalogue.facets("topics"),
            categories=self.catalogue.facets("categories"),
            sources=self.catalogue.facets("sources"),
            languages=self.catalogue.languages(),
            model=str(self.identity) if self.identity else None,
            store=StoreFacts(kind, location, counts["stored"]),
            home=str(self.home),
        )

    def _close_store(self) -> None:
        with self._opening:
            if self._store is not None:
                self._store.close()
                self._store = None

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        self._close_store()
        self.catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def _shelved(name: str, shelf: str) -> str:
    """The name of a store's folder or collection, or of one of its shelves."""
    return f"{name}-{shelf}" if shelf else name


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
