"""The archive as a LlamaIndex retriever, for people's own pipelines and agents.

    from search_api.retriever import ArchiveRetriever
    engine = CitationQueryEngine.from_args(llm=…, retriever=ArchiveRetriever(archive))

Needs the extra `llm`. What is found is `search`'s business alone.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from llama_index.core.callbacks import CallbackManager
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from indexer.fulltexts.text import FULLTEXT
from indexer.paper import Paper
from indexer.passages import FAILED, STRUCTURED
from search_api.archive import Archive
from search_api.filters import Narrowing
from search_api.results import Result

_log = logging.getLogger(__name__)


class ArchiveRetriever(BaseRetriever):
    """Finds papers in an open archive, which the caller closes.

    A node is a paper: its text is the title and the text whose passage was found (an abstract
    or a summary, in either language, or that section of the full text), its id the paper's, and its
    metadata has `paper_id`, `title`, `authors`, `url`, `date`, `date_precision`, `field`,
    `language` and `sources`, of a full text also `page` and `section`. Scores lie between 0 and 1.
    What the archive lacks of what was asked for, such as values of filters, is logged as warnings.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        limit: int = 10,
        narrowing: Narrowing | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        self._archive = archive
        self._limit = limit
        self._narrowing = narrowing
        super().__init__(callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._archive.searcher.search(
            query_bundle.query_str, limit=self._limit, narrowing=self._narrowing
        )
        for hint in found.hints:
            _log.warning(hint)
        return [
            NodeWithScore(node=self._node(result), score=result.score) for result in found.results
        ]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)

    def _node(self, result: Result) -> TextNode:
        paper = self._archive.paper(result.paper_id)
        if result.snippet_kind != FULLTEXT:
            return _node(result, _texts(result, paper))
        text = self._archive.catalogue.fulltext(paper.paper_id)
        place = (result.snippet_page, result.snippet_section or "")
        blocks = text.blocks if text is not None else ()
        return _node(result, [b.text for b in blocks if (b.page, b.section) == place])


def _texts(result: Result, paper: Paper) -> list[str]:
    # The parts of a structured summary are found together, as one summary.
    kinds = {result.snippet_kind, *(STRUCTURED if result.snippet_kind == "summary" else ())}
    own = [
        text
        for text in paper.texts
        if paper.written_by(text) is None and text.text.casefold() not in FAILED
    ]
    found = [t for t in own if t.kind in kinds and t.language == result.snippet_language]
    # Found by what a model wrote: the paper's abstract says it, and may be cited.
    return [t.text for t in found or own if found or t.kind == "abstract"]


def _node(result: Result, texts: list[str]) -> TextNode:
    metadata: dict[str, Any] = {
        "paper_id": result.paper_id,
        "title": result.title,
        "authors": ", ".join(result.authors),
        "url": result.url,
        "date": result.date,
        "date_precision": result.date_precision,
        "field": result.snippet_kind,
        "language": result.snippet_language,
        "sources": ", ".join(result.sources),
    }
    if result.snippet_kind == FULLTEXT:
        metadata |= {"page": result.snippet_page, "section": result.snippet_section}
    return TextNode(
        id_=result.paper_id,
        text="\n".join((result.title, *texts)),
        metadata=metadata,
        # What a model reads is the text; the rest is for the one who shows it.
        excluded_llm_metadata_keys=list(metadata),
        excluded_embed_metadata_keys=list(metadata),
    )
