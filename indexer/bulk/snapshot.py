"""arXiv's metadata snapshot: every paper on arXiv, one JSON object a line.

The fields are arXiv's own (https://www.kaggle.com/datasets/Cornell-University/arxiv): titles
and abstracts wrapped at 80 columns, `categories` in one string with the primary one first,
`versions` with their dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.bulk.base import SightedRow, Unusable
from indexer.bulk.dates import day_of
from indexer.bulk.fields import squeezed, to_row
from indexer.bulk.json_lines import JsonLines
from indexer.identity import parse_arxiv_id


class Snapshot(JsonLines):
    """Published is the day of the first version; the version is the last one listed."""

    layout = "arxiv-metadata"

    def owns(self, record: Mapping[str, Any]) -> bool:
        """By arXiv's own field names."""
        return {"id", "title", "abstract"} <= record.keys() and bool(
            {"versions", "authors_parsed", "update_date"} & record.keys()
        )

    def rows(self, record: dict[str, Any], line: int) -> tuple[SightedRow, ...]:
        """One row."""
        if not (given := record.get("id")):
            raise Unusable("has no id")
        paper = parse_arxiv_id(str(given))
        if paper is None:
            raise Unusable(f"{given!r} is not an arXiv id")
        first, last = _versions(record.get("versions"))
        plain = {
            "id": f"{paper.key}v{last}" if last else paper.key,
            "title": record.get("title"),
            "abstract": record.get("abstract"),
            "authors": _authors(record),
            "categories": record.get("categories"),
            "published": first,
            "doi": record.get("doi"),
            "url": f"https://arxiv.org/abs/{paper.key}",
            "comments": record.get("comments"),
            "journal_ref": record.get("journal-ref"),
            "report_no": record.get("report-no"),
        }
        return (SightedRow(to_row(plain, line)),)


def _versions(versions: object) -> tuple[str | None, int | None]:
    """The day of the first version and the number of the last; None where nothing is listed."""
    if not isinstance(versions, list) or not versions:
        return None, None
    first = versions[0].get("created") if isinstance(versions[0], dict) else None
    return day_of(first) if isinstance(first, str) else None, len(versions)


def _authors(record: Mapping[str, Any]) -> object:
    parsed = record.get("authors_parsed")
    if not isinstance(parsed, list):
        return record.get("authors")
    names = []
    for parts in parsed:
        if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
            family, given, suffix = (*parts[:3], "", "", "")[:3]
            names.append(squeezed(f"{given} {family} {suffix}"))
    return names
