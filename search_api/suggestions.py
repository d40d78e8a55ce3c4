"""Papers that may be one work and stand in the archive as several, with what speaks for it.

Suggests only; whether to merge is for people to say. What makes two papers alike is
`digests.duplicates`' business, and this adds DOIs, which only rows know.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.catalogue import Catalogue
from indexer.identity import find_doi, named_key
from indexer.stores.base import Store
from search_api.digests.duplicates import Match, grouped, matches


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the papers of a suggestion."""

    paper_id: str
    title: str
    date: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Papers that may be one work, why, and the command that merges them."""

    papers: tuple[Candidate, ...]
    evidence: tuple[Match, ...]
    command: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Every suggestion, by the first paper's id."""

    count: int
    items: tuple[Suggestion, ...]


def suggest(catalogue: Catalogue, store: Store) -> Suggestions:
    """Look through the whole archive; nothing is embedded.

    Papers that people took apart are not suggested again.
    """
    ids = catalogue.paper_ids()
    decided = catalogue.decisions()
    apart = {
        frozenset((decided.current(each.paper_id), decided.current(each.origin)))
        for each in decided.made
        if each.origin
    }
    found = [*_same_doi(catalogue), *matches(catalogue, store, ids)]
    found = [each for each in found if frozenset((each.one, each.other)) not in apart]
    items = []
    for group in grouped(ids, found):
        if len(group) > 1:
            evidence = tuple(each for each in found if each.one in group)
            command = shlex.join(("archive", "merge", *group))
            papers = tuple(_candidate(catalogue, each) for each in group)
            items.append(Suggestion(papers, evidence, command))
    return Suggestions(len(items), tuple(items))


def _same_doi(catalogue: Catalogue) -> Iterator[Match]:
    """Papers whose rows link to one DOI or note it, whatever id they are kept under."""
    rows = catalogue.query(
        "SELECT DISTINCT paper_id, json_extract(data, '$.url') AS url, "
        "json_extract(data, '$.notes') AS notes FROM row WHERE data LIKE '%10.%/%' "
        "ORDER BY paper_id, url, notes"
    )
    first: dict[str, str] = {}
    told = set()
    for row in rows:
        noted = (note for note in json.loads(row["notes"]) if note.startswith("doi:"))
        for text in (row["url"] or "", *noted):
            doi = named_key(text) if find_doi(text) else None
            if doi is None:
                continue
            pair = (first.setdefault(doi, row["paper_id"]), row["paper_id"])
            if pair[0] != pair[1] and pair not in told:
                told.add(pair)
                yield Match(*pair, "doi", doi.removeprefix("doi:"))


def _candidate(catalogue: Catalogue, paper_id: str) -> Candidate:
    paper = catalogue.paper(paper_id)
    assert paper is not None  # its id came from the catalogue
    return Candidate(paper_id, paper.title, paper.date, paper.sources)
