"""Walks a JSON text and says where each value stands, which the standard parser does not.

Members are parsed one by one, so a file that was cut short gives all that came before the
cut. Which values are entries, and what is in them, is unknown here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from typing import Any

# Line breaks inside strings do occur, and an id given as a number, 2509.00010, keeps its zero.
_DECODER = json.JSONDecoder(strict=False, parse_float=str)
_SPACE = re.compile(r"\s*")

Value = tuple[tuple[str, ...], Any, int, int]
"""The keys that lead to a value, the value, and where it begins and ends in the text."""


def values(text: str, depth: int) -> Generator[Value, None, None]:
    """Every value `depth` levels down, or less where there are no more levels; 0 is all of it.

    Numbers with a dot are given as they are printed, as texts.
    Raises `json.JSONDecodeError` where the text is broken, after the values before it.
    """
    end = yield from _members(text, _skip(text, 0), depth, ())
    if _skip(text, end) != len(text):
        raise json.JSONDecodeError("Extra data", text, end)


def look_up(value: Any, path: str) -> list[str]:
    """The texts at a dotted path; through arrays, those of every element."""
    found = [value]
    for name in path.split("."):
        found = [
            each[name]
            for item in found
            for each in (item if isinstance(item, list) else [item])
            if isinstance(each, dict) and name in each
        ]
    flat = [each for item in found for each in (item if isinstance(item, list) else [item])]
    return [as_text(each) for each in flat if isinstance(each, str | int | float)]


def as_text(value: Any) -> str:
    """A value as text that every encoding can carry."""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _members(text: str, at: int, depth: int, keys: tuple[str, ...]) -> Generator[Value, None, int]:
    opening = text[at : at + 1]
    if depth == 0 or opening not in ("{", "["):  # or no members where a level was expected
        value, end = _decode(text, at)
        yield keys, value, at, end
        return end
    closing = "}" if opening == "{" else "]"
    at = _skip(text, at + 1)
    count = 0
    while text[at : at + 1] != closing:
        key: Any = count
        if count:
            at = _expect(text, at, ",")
        if opening == "{":
            key, at = _decode(text, at)
            at = _expect(text, _skip(text, at), ":")
        path = (*keys, as_text(key))
        if depth == 1:
            value, end = _decode(text, at)
            yield path, value, at, end
        else:
            end = yield from _members(text, at, depth - 1, path)
        at = _skip(text, end)
        count += 1
    return at + 1


def _decode(text: str, at: int) -> tuple[Any, int]:
    return _DECODER.raw_decode(text, at)


def _expect(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise json.JSONDecodeError(f"Expecting {mark!r}", text, at)
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
