"""What a point's payload and a filter look like outside Python, written once for all stores.

Knows the names of the payload's fields and what each filter field means. Does not know any
store's query language: a store translates `Clauses` into its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.stores.base import Filter, Payload

KEYWORD_FIELDS = ("topics", "categories", "sources", "authors", "language", "paper_id")
LIST_FIELDS = ("topics", "categories", "sources", "authors")

_FIRST_DATE, _LAST_DATE = 1, 99_999_999


@dataclass(frozen=True, slots=True)
class Clauses:
    """A filter as conditions that must all hold; none of them restricts when empty or None."""

    any_of: tuple[tuple[str, tuple[str, ...]], ...]
    """Keyword field and the values of which it must carry at least one."""
    none_of: tuple[tuple[str, tuple[str, ...]], ...]
    """Keyword field and the values that it must not carry."""
    dates: tuple[int, int] | None
    """Inclusive bounds of the date, always above 0, which stands for an unknown date."""
    has_code: bool | None

    def __bool__(self) -> bool:
        return bool(
            self.any_of or self.none_of or self.dates is not None or self.has_code is not None
        )


def clauses(filter: Filter | None) -> Clauses:
    """What a filter demands; nothing at all for None."""
    if filter is None:
        return Clauses((), (), None, None)
    any_of = (
        ("topics", filter.topics),
        ("categories", filter.categories),
        ("sources", filter.sources),
        ("authors", filter.authors),
        ("language", filter.languages),
        ("paper_id", filter.paper_ids),
    )
    dates = None
    if filter.date_from is not None or filter.date_to is not None:
        first = _FIRST_DATE if filter.date_from is None else max(filter.date_from, _FIRST_DATE)
        dates = (first, _LAST_DATE if filter.date_to is None else filter.date_to)
    return Clauses(
        any_of=tuple((field, tuple(values)) for field, values in any_of if values),
        none_of=(("paper_id", tuple(filter.not_paper_ids)),) if filter.not_paper_ids else (),
        dates=dates,
        has_code=filter.has_code,
    )


def to_dict(payload: Payload) -> dict[str, Any]:
    """A payload as plain JSON types."""
    # By hand, because `dataclasses.asdict` copies deeply: a quarter of all the time of a write.
    fields: dict[str, Any] = {
        "paper_id": payload.paper_id,
        "kind": payload.kind,
        "language": payload.language,
        "date": payload.date,
        "topics": list(payload.topics),
        "categories": list(payload.categories),
        "sources": list(payload.sources),
        "authors": list(payload.authors),
        "has_code": payload.has_code,
    }
    if payload.page is not None:
        fields["page"] = payload.page
    if payload.section:
        fields["section"] = payload.section
    return fields


def from_dict(data: Mapping[str, Any] | None) -> Payload:
    """The payload that `to_dict` wrote; fields written by a later version are ignored."""
    data = data or {}
    return Payload(
        paper_id=data.get("paper_id", ""),
        kind=data.get("kind", ""),
        language=data.get("language", ""),
        date=data.get("date", 0),
        topics=tuple(data.get("topics", ())),
        categories=tuple(data.get("categories", ())),
        sources=tuple(data.get("sources", ())),
        authors=tuple(data.get("authors", ())),
        has_code=data.get("has_code", False),
        page=data.get("page"),
        section=data.get("section", ""),
    )


def by_payload(payloads: Iterable[tuple[str, Payload]]) -> Sequence[tuple[Payload, list[str]]]:
    """Ids grouped by the payload they get; the last one counts where an id comes twice.

    The passages of a paper mostly share a payload, so a store writes far fewer operations.
    """
    groups: dict[Payload, list[str]] = {}
    for point_id, payload in dict(payloads).items():
        groups.setdefault(payload, []).append(point_id)
    return list(groups.items())
