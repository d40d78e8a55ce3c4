"""Natural queries over real archives.

260 queries written for papers of the five real archives, never in their words; the archives
themselves are not published. A paper known in both languages keeps only its text in the
language that its query names, so that each direction is really crossed. The pages are alike
for both splits, so that the test half meets no other collection than the development half.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from embeddings.errors import InputError
from eval.archives import by_paper, changed, only
from eval.task import Query, ReadPage, Task, as_asked
from indexer.paper import Language

Split = Literal["dev", "test"]


@dataclass(frozen=True, slots=True)
class NaturalQuery:
    """A query, the papers that answer it, and the language in which they may be read."""

    id: str
    query: str
    language: Language
    text_language: Language
    kind: Literal["natural", "name"]
    relevant: tuple[str, ...]
    split: Split

    @property
    def group(self) -> str:
        """The direction, such as "zh→en", or "names"."""
        return "names" if self.kind == "name" else f"{self.language}→{self.text_language}"


def load_queries(split: Split | None = None) -> list[NaturalQuery]:
    """The queries of a split, or all."""
    text = (files("eval") / "data" / "natural_queries.jsonl").read_text(encoding="utf-8")
    records = [json.loads(line) for line in text.splitlines()]
    queries = [
        NaturalQuery(**record | {"relevant": tuple(record["relevant"])}) for record in records
    ]
    return [query for query in queries if split in (None, query.split)]


def natural(pages: Sequence[ReadPage], split: Split = "dev") -> Task:
    """The written queries of a split; exact names are a group of their own.

    Raises `InputError` where the pages are not those that the queries were written for.
    """
    written = load_queries()
    there = by_paper(pages)
    missing = {paper for query in written for paper in query.relevant} - there.keys()
    if missing:
        raise InputError(
            f"the natural queries are about other pages: {len(missing)} of their papers are not "
            "in these"
        )
    kept = {
        paper: query.text_language
        for query in written
        if query.kind == "natural"
        for paper in query.relevant
    }
    queries = tuple(
        Query(each.id, as_asked(each.query), each.group, counted=each.kind == "natural")
        for each in written
        if each.split == split
    )
    return Task(
        f"natural/{split}",
        "queries in a reader's own words, in four directions, and exact names",
        changed(pages, lambda key, row: only(row, kept[key]) if key in kept else row),
        queries,
        {each.id: dict.fromkeys(each.relevant, 1) for each in written if each.split == split},
    )
