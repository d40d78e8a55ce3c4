"""What is told beside an answer that is no JSON: in headers, percent-encoded as these are ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

LEFT_OUT = "X-Left-Out"
HINTS = "X-Hints"
_MEANT = {
    LEFT_OUT: "Works that the layout cannot hold, and why.",
    HINTS: "Lines on values of filters that no paper has.",
}
_MAX = 2000


def described(*names: str) -> dict[str, Any]:
    """Headers as OpenAPI describes them."""
    form = "Separated by semicolons, percent-encoded UTF-8; missing where there is nothing to tell."
    schema = {"type": "string"}
    return {name: {"description": f"{_MEANT[name]} {form}", "schema": schema} for name in names}


def telling(name: str, lines: Sequence[str]) -> dict[str, str]:
    """A header with lines, none without; not too long for what passes headers on."""
    return {name: _told(lines)} if lines else {}


def _told(lines: Sequence[str]) -> str:
    told: list[str] = []
    for each in lines:
        if len(quote("; ".join((*told, each)))) > _MAX:
            return quote("; ".join((*told, f"and {len(lines) - len(told)} more")))
        told.append(each)
    return quote("; ".join(told))
