"""Reads `oaipmh`: records of an OAI-PMH repository, as `indexer.sources.repository` keeps them.

`arXivRaw` and `arXiv` are arXiv's own metadata, `oai_dc` (Dublin Core) is what every repository
has (`indexer.readers.dublin_core`). A paper of arXiv becomes the row that arXiv's API would
give. A record's datestamp, the day on which the repository changed it, is no date of the paper;
a record that was deleted there is rejected with that day, and takes nothing away here.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Any

from indexer.identity import arxiv_month
from indexer.paper import Row
from indexer.readers.arxiv import FetchedArxiv
from indexer.readers.dublin_core import arxiv_id, as_arxiv, as_row
from indexer.readers.fetched import first_in, list_of, text_of
from indexer.readers.markup import EntryError, find_date, split_names

_NAME = ("forenames", "keyname", "suffix")
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_AND = re.compile(r",?\s+(?:and|&)\s+", re.IGNORECASE)


class FetchedOai(FetchedArxiv):
    """The reader of `oaipmh`."""

    layout = "oaipmh"

    def row(self, number: int, record: dict[str, Any]) -> Row:
        """A record's row. Raises `EntryError`."""
        identifier = text_of(record, "identifier")
        if record.get("deleted"):
            day = text_of(record, "datestamp")
            raise EntryError(f"{identifier} was deleted at its repository ({day})")
        if not isinstance(metadata := record.get("metadata"), dict):
            raise EntryError(f"the record {identifier or 'without an identifier'} has no metadata")
        kind = record.get("format")
        if kind == "arXivRaw":
            return super().row(number, _raw(metadata))
        if kind == "arXiv":
            return super().row(number, _plain(metadata))
        if kind != "dc":
            raise EntryError(f"the metadata is {kind}, which is not known")
        if found := arxiv_id(identifier, metadata):
            return super().row(number, as_arxiv(found, record))
        return as_row(number, identifier, metadata)


def _raw(metadata: dict[str, Any]) -> dict[str, Any]:
    """`arXivRaw` as arXiv's API would say it: every version with its day."""
    stated = [each for each in list_of(metadata, "version") if isinstance(each, dict)]
    versions = {
        int(number): _day(first_in(each, "date"))
        for each in stated
        if (number := str(each.get("@version", "")).removeprefix("v")).isdecimal()
    }
    last = max(versions, default=None)
    return _own(metadata) | {
        "id": first_in(metadata, "id") + (f"v{last}" if last else ""),
        "authors": _names(first_in(metadata, "authors")),
        "published": versions.get(1),
        "updated": versions.get(last or 0),
    }


def _plain(metadata: dict[str, Any]) -> dict[str, Any]:
    """`arXiv` as arXiv's API would say it.

    arXiv fills `created` with the day of the latest version, once of the first: it is the
    paper's own day only where it is not after the month in the paper's id.
    """
    created = find_date(first_in(metadata, "created"))
    updated = find_date(first_in(metadata, "updated"))
    month = arxiv_month(first_in(metadata, "id"))
    first = created if created and month and created[:7] <= month else None
    people = next(iter(list_of(metadata, "authors")), None)
    authors = list_of(people, "author") if isinstance(people, dict) else []
    return _own(metadata) | {
        "id": first_in(metadata, "id"),
        "authors": [
            " ".join(filter(None, (first_in(each, part) for part in _NAME)))
            for each in authors
            if isinstance(each, dict)
        ],
        "published": first,
        "updated": max(filter(None, (created, updated)), default=None),
    }


def _own(metadata: dict[str, Any]) -> dict[str, Any]:
    """What arXiv's two formats have in common."""
    names = {"title": "title", "abstract": "abstract", "doi": "doi", "comment": "comments",
             "journal_ref": "journal-ref"}  # fmt: skip
    return {name: first_in(metadata, said) for name, said in names.items()} | {
        "categories": first_in(metadata, "categories").split()
    }


def _names(text: str) -> list[str]:
    """The names in arXiv's line of authors, which has affiliations in brackets."""
    text = _AND.sub(", ", _BRACKETS.sub(" ", " ".join(text.split())))
    if "\\" in text:
        from pylatexenc.latex2text import LatexNodes2Text  # only where there is LaTeX

        text = LatexNodes2Text(math_mode="verbatim").latex_to_text(text)
    return list(split_names(text))


def _day(text: str) -> str | None:
    """The ISO day of "Mon, 1 Sep 2025 12:00:00 GMT"."""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except ValueError:
        return find_date(text)
