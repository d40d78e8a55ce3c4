"""Brings the store in step with the catalogue: embeds what is new, deletes what is gone.

What is written is marked as stored only afterwards, so a crash at any moment costs one batch.
"""

from __future__ import annotations

from typing import Protocol

from embeddings.base import Embedder
from embeddings.lexical import passage_vector
from indexer.catalogue import Catalogue
from indexer.observer import Observer
from indexer.report import IndexReport
from indexer.stores.base import Point, Store
from indexer.stores.validate import batches

EMBED_BATCH = 512
"""Passages between two marks: at most this many are embedded again after a crash."""
WRITE_BATCH = 2000


class Opener(Protocol):
    """Opens the embedding model, or gives the one already open."""

    def __call__(self) -> Embedder:
        """Return the model."""
        ...


class Synchronizer:
    """Keeps a store in step with a catalogue; opens the model only to embed."""

    def __init__(
        self, catalogue: Catalogue, store: Store, open_model: Opener, observer: Observer
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._open_model = open_model
        self._observer = observer

    def sync(self, report: IndexReport) -> None:
        """Bring the store in step, whatever happened before; the report notes what was done."""
        self._reconcile()
        self._embed_new(report)
        with report.timed("store"):
            self._write_payloads()
            self._delete_gone()
            self._store.flush()
        with report.timed("optimize"):
            self._store.optimize()

    def _reconcile(self) -> None:
        """Find passages that the store lost, and points that the catalogue does not know."""
        stored = set(self._catalogue.ids_in_state("stored", "changed"))
        present = set(self._store.ids())
        self._catalogue.mark(stored - present, "new")
        pending = set(self._catalogue.ids_in_state("new", "gone"))
        self._store.delete(present - stored - pending)

    def _embed_new(self, report: IndexReport) -> None:
        new = self._catalogue.ids_in_state("new")
        if not new:
            return
        embedder = self._open_model()
        self._observer.stage("Embedding passages", len(new))
        for ids in batches(new, EMBED_BATCH):
            batch = list(self._catalogue.passages(ids).values())
            with report.timed("embed"):
                texts = [passage.text for passage in batch]
                dense = embedder.embed_passages(texts, self._observer.advance)
            with report.timed("store"):
                self._store.upsert(
                    [
                        Point(p.id, vector, passage_vector(p.lexical_text), p.payload)
                        for p, vector in zip(batch, dense, strict=True)
                    ]
                )
                self._catalogue.mark(ids, "stored")
            report.passages_embedded += len(batch)

    def _write_payloads(self) -> None:
        for ids in batches(self._catalogue.ids_in_state("changed"), WRITE_BATCH):
            found = self._catalogue.passages(ids)
            self._store.set_payload([(each, found[each].payload) for each in ids])
            self._catalogue.mark(ids, "stored")

    def _delete_gone(self) -> None:
        for ids in batches(self._catalogue.ids_in_state("gone"), WRITE_BATCH):
            self._store.delete(ids)
            self._catalogue.forget_passages(ids)
