"""Finds the writer of a layout."""

from __future__ import annotations

from embeddings.errors import BadQuery
from indexer.writers.base import Writer
from indexer.writers.by_category import ByCategory
from indexer.writers.numbered import Numbered
from indexer.writers.titles import Titles
from indexer.writers.topic_tables import TopicTables
from indexer.writers.translated_table import TranslatedTable

WRITERS: dict[str, Writer] = {
    writer.layout: writer
    for writer in (TopicTables(), Numbered(), ByCategory(), TranslatedTable(), Titles())
}


def writer_of(layout: str) -> Writer:
    """The writer of a layout. Raises `BadQuery` for a layout that none writes."""
    if layout not in WRITERS:
        raise BadQuery(f"no digest is written as {layout!r}; there are {', '.join(WRITERS)}")
    return WRITERS[layout]
