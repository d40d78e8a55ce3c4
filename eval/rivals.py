"""Other products over the same passages and weights, each with its defaults.

They get the vectors of the model as it comes, from the memory that all share, and hand back
passages, of which the best speaks for each paper. Each is imported by its own function:
all are heavy, and none is needed by anything else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence

import numpy as np

from embeddings.base import Vectors
from eval.corpus import PASSAGES_PER_PAPER, Corpus
from eval.models import embed
from eval.task import Query, Ranking
from indexer.stores.validate import batches

_BLOCK = 100


def llama_index(corpus: Corpus, queries: Sequence[Query], depth: int) -> Iterator[Ranking]:
    """The `VectorStoreIndex` of LlamaIndex with its own in-memory store."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.schema import QueryBundle, TextNode

    model = corpus.models.plain

    class Remembered(BaseEmbedding):  # type: ignore[misc]  # its types are not read
        """The shared model, as LlamaIndex wants it."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return _floats(model.embed_queries([query]))[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return _floats(model.embed_passages([text]))[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return _floats(model.embed_passages(texts))

    nodes = [TextNode(id_=str(index), text=text) for index, text in enumerate(corpus.texts)]
    index = VectorStoreIndex(nodes, embed_model=Remembered(embed_batch_size=512))
    retriever = index.as_retriever(similarity_top_k=_wanted(corpus, depth))
    for query, vector in zip(queries, _floats(embed(model, queries)), strict=True):
        found = retriever.retrieve(QueryBundle(query.text, embedding=vector))
        yield corpus.papers_of([int(node.node_id) for node in found], depth)


def txtai(corpus: Corpus, queries: Sequence[Query], depth: int) -> Iterator[Ranking]:
    """The hybrid index of txtai: its BM25, normalised, and the vectors, half and half.

    From 5,000 passages on, its default vector index is an inexact one (IVF).
    """
    from txtai import Embeddings

    vectors = dict(zip(corpus.texts, corpus.plain, strict=True))

    def transform(texts: list[str]) -> Vectors:
        return np.array([vectors[text] for text in texts], np.float32)

    index = Embeddings({"method": "external", "transform": transform, "hybrid": True})
    index.index((number, text, None) for number, text in enumerate(corpus.texts))
    for block in batches(queries, _BLOCK):
        # It embeds queries through the same function, without saying that they are queries.
        texts = [query.text for query in block]
        vectors = dict(zip(texts, embed(corpus.models.plain, block), strict=True))
        for found in index.batchsearch(texts, _wanted(corpus, depth)):
            yield corpus.papers_of([int(number) for number, _ in found], depth)
    index.close()


def chroma(corpus: Corpus, queries: Sequence[Query], depth: int) -> Iterator[Ranking]:
    """A collection of Chroma with its default HNSW index."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)  # it would report to its makers
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        client = chromadb.PersistentClient(folder, settings)
        collection = client.create_collection("passages", embedding_function=None)
        numbers = list(range(len(corpus)))
        for batch in batches(numbers, client.get_max_batch_size()):
            collection.add(ids=[str(number) for number in batch], embeddings=corpus.plain[batch])
        for block in batches(queries, _BLOCK):
            found = collection.query(
                query_embeddings=embed(corpus.models.plain, block),
                n_results=_wanted(corpus, depth),
                include=[],
            )
            for ids in found["ids"]:
                yield corpus.papers_of([int(each) for each in ids], depth)


def _wanted(corpus: Corpus, depth: int) -> int:
    return min(len(corpus), depth * PASSAGES_PER_PAPER)


def _floats(vectors: Vectors) -> list[list[float]]:
    rows: list[list[float]] = vectors.tolist()
    return rows
