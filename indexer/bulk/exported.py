"""The archive's own export, read back: every row with the place where it was first seen.

Only `rows` and `decisions` are read; everything else in a line follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from indexer.bulk.base import SightedRow, Unusable
from indexer.bulk.dates import date_of, day_of
from indexer.bulk.json_lines import JsonLines
from indexer.decisions import Decision
from indexer.exports.jsonl import DECIDED, VERSION

_ROWS = TypeAdapter(list[SightedRow])
_DECISIONS = TypeAdapter(tuple[Decision, ...])


class Exported(JsonLines):
    """What `archive export` writes as JSON lines."""

    layout = "paper-archive"

    def owns(self, record: Mapping[str, Any]) -> bool:
        """By the rows that only this format has."""
        return {"paper_id", "format", "rows"} <= record.keys()

    def rows(self, record: dict[str, Any], line: int) -> tuple[SightedRow, ...]:
        """Every row of one paper."""
        if record.get("format") not in (VERSION, DECIDED):
            raise Unusable(
                f"is in format {record.get('format')!r} of the archive's export, not {VERSION} "
                f"or {DECIDED}; update Paper Archive"
            )
        try:
            rows = _ROWS.validate_python(record.get("rows"))
        except ValidationError as error:
            raise _unusable(error) from error
        if not rows:
            raise Unusable("has no rows")
        for each in rows:
            _check_dates(each)
        return tuple(rows)

    def decisions(self, record: dict[str, Any]) -> tuple[Decision, ...]:
        """What people decided about the paper."""
        try:
            return _DECISIONS.validate_python(record.get("decisions", ()))
        except ValidationError as error:
            raise _unusable(error) from error


def _check_dates(each: SightedRow) -> None:
    """Raise `Unusable` for a date that an archive could not have written."""
    days = [each.row.updated, each.seen.date if each.seen else None]
    for text in filter(None, days):
        if day_of(text) != text:
            raise Unusable(f"has a date that is no day in ISO's form ({text!r})")
    stated = each.row.published
    if stated and date_of(stated) != stated:
        raise Unusable(f"has a date that is none in ISO's form ({stated!r})")


def _unusable(error: ValidationError) -> Unusable:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return Unusable(f"is no whole record ({where}: {first['msg']})")
