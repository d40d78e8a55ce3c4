"""One archive in one folder, opened as far as a task needs it.

Brings together the catalogue, and of `backend` the store and the model. Every surface starts
here; what they ask is answered by `search` and `indexer.pipeline`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from embeddings.base import Embedder, ModelIdentity
from embeddings.errors import InputError, ModelMismatch, StoreUnavailable
from embeddings.reranker import CrossEncoderReranker
from indexer import deciding
from indexer.bulk.selection import Selection
from indexer.catalogue import Catalogue
from indexer.deciding import Place
from indexer.decisions import Decision
from indexer.identity import named_key
from indexer.observer import Observer, Silent
from indexer.paper import BESIDE, Paper
from indexer.pipeline import Indexer
from indexer.readers.registry import load_registry
from indexer.report import IndexReport
from indexer.settings import Settings
from indexer.stores.lock import own
from indexer.stores.shelves import Shelves
from search_api.backend import Backend
from search_api.results import Stats, StoreFacts
from search_api.search import Searcher, check_either, find_paper

if TYPE_CHECKING:
    from search_api.answers.asker import Asker
    from search_api.checks.summaries import SummaryReport
    from search_api.topics.labeller import Labeller
    from search_api.topics.labels import AllClassified, Classified
    from search_api.topics.sets import TopicSet

CATALOGUE = "catalogue.sqlite"


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
        self._backend = Backend(self.home, settings, self.catalogue, self.observer, embedder)
        self._labelling = threading.RLock()
        self._labellers: dict[tuple[TopicSet | None, object], Labeller] = {}

    @staticmethod
    def exists(settings: Settings) -> bool:
        """Whether there is an archive; opening one that is not there makes it."""
        return (settings.home.expanduser() / CATALOGUE).exists()

    # Parts, opened when needed

    @property
    def model(self) -> str:
        """The model's name, as asked for or as remembered."""
        return self._backend.model

    @property
    def identity(self) -> ModelIdentity | None:
        """The model that made the index, or None while there is none."""
        return self._backend.identity

    @property
    def embedder(self) -> Embedder:
        """The model, opened once. Raises `ModelMismatch` if it did not make this index."""
        return self._backend.embedder

    @property
    def store(self) -> Shelves:
        """The store, opened once. Raises `StoreBusy` where another process owns it."""
        return self._backend.store

    @property
    def store_kind(self) -> str:
        """The store's kind. Raises `ConfigError` if another one was asked for."""
        return self._backend.store_kind

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
        reader = BundledReader(self.settings.cache.expanduser(), self._backend.preparing("reader"))
        writer = open_writer(self.settings, embedder, self._backend.preparing("judge"))
        threshold = self.settings.answer_confidence
        return Asker(self.catalogue, searcher, embedder, reader, writer, threshold=threshold)

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

        with self._labelling:
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
        self._backend.renew()
        for part in ("searcher", "asker"):
            self.__dict__.pop(part, None)  # it still asks the old store
        self._labellers.clear()
        return self._indexer().index([])

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
        self._backend.remember()
        return embedder

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

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        self._backend.close()
        self.catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
