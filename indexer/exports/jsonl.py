"""JSON lines: one paper a line, whole, so that another archive can be made from them.

A line is the paper's record as `archive show --json` prints it, and `rows` with everything
that was read about it: where it was seen, and what stood there. Reading it back is the
business of `indexer.bulk.exported`, and needs `rows` alone, and `decisions` where people
merged or split papers.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from indexer.decisions import Decision
from indexer.exports.record import Record
from indexer.paper import Paper, Row, Sighting

VERSION = 1
"""Of the format; a reader of an older archive must not misread a newer one's lines."""
DECIDED = 2
"""The version of a line with `decisions`, which version 1 does not know."""
_PAPER = TypeAdapter(Paper)
_ROW = TypeAdapter(Row)
_SIGHTING = TypeAdapter(Sighting)
# JSON allows them in strings, but they end a line for some readers of lines.
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


class JsonLines:
    """The archive's own format."""

    media_type = "application/x-ndjson"
    suffix = ".jsonl"

    def head(self) -> str:
        """Nothing."""
        return ""

    def write(self, record: Record) -> str:
        """One line."""
        rows: list[dict[str, Any]] = [
            {"seen": _SIGHTING.dump_python(item.sighting), "row": _ROW.dump_python(item.row)}
            for item in record.rows
        ]
        whole = _PAPER.dump_python(record.paper) | {"format": VERSION, "rows": rows}
        if record.decisions:
            whole |= {"format": DECIDED, "decisions": list(map(_decision, record.decisions))}
        return to_json(whole).decode().translate(_LINE_ENDS) + "\n"


def _decision(decision: Decision) -> dict[str, Any]:
    """What a decision says, without its number and time, which are this archive's own."""
    said = {"kind": decision.kind, "paper_id": decision.paper_id, "members": decision.members}
    return said | ({"origin": decision.origin} if decision.origin else {})
