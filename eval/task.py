"""What is asked in an evaluation: queries, their judgements, and the pages to index first.

Plain records and the few rules that all tasks share. Reading collections is `beir`'s work,
making tasks of digest pages `archives`' and `natural`'s; running them is `retrieval`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from indexer.files import SourceFile
from indexer.paper import Language, Row
from indexer.readers.base import Reading
from search_api.search import MAX_QUERY_CHARACTERS

Ranking = list[str]
"""Paper ids, best first."""
Qrels = Mapping[str, Mapping[str, int]]
"""Query id to paper id to grade; 0 is not relevant."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question, or with `pasted` a whole text whose like is wanted.

    `group` is the direction it must be answered in, such as "zh→en". Papers `left_out` are
    never among the results. A query that is not `counted` has its own group alone and stays
    out of the figures over all.
    """

    id: str
    text: str
    group: str
    pasted: bool = False
    left_out: tuple[str, ...] = ()
    counted: bool = True


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as the indexer would have read it."""

    file: SourceFile
    source: str
    layout: str
    reading: Reading

    def with_rows(self, rows: Iterable[Row]) -> ReadPage:
        """The same page, other rows."""
        return replace(self, reading=replace(self.reading, rows=tuple(rows)))


@dataclass(frozen=True, slots=True)
class Task:
    """Pages to index, queries to ask of them, and which papers answer each.

    `about` says in one line what is asked. Every query is judged.
    """

    name: str
    about: str
    pages: tuple[ReadPage, ...]
    queries: tuple[Query, ...]
    qrels: Qrels


def direction(query: Language, answers: Iterable[Language]) -> str:
    """The query's language → the one to read an answer in: the same one where there is one."""
    return f"{query}→{query if query in set(answers) else 'en' if query == 'zh' else 'zh'}"


def own_url(number: int) -> str:
    """An address that gives a document without an identifier an archive key of its own.

    The number stands in a word that no query contains: ids can be searched for.
    """
    return f"https://doi.org/10.9999/eval.document{number}"


def as_asked(text: str) -> str:
    """A query as a search reads it."""
    return text.strip()[:MAX_QUERY_CHARACTERS]
