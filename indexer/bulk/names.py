"""Authors as records give them: in one string, in many, or in parts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from indexer.language import HAN

_PARTS = ("given", "first", "dropping-particle", "non-dropping-particle", "family", "last",
          "suffix", "literal")  # fmt: skip
"""Of one author's name, in the order in which it is written."""
# A Chinese comma stands within no name.
_BETWEEN = re.compile(r"[;；、，]\s*(?:(?:and|&)\s)?", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_COMMA = re.compile(r",(?!\s*(?:[JS]r|III)\b)")
_INITIALS = re.compile(r"(?:[^\W\d_](?:\.[\s-]?|[\s-]|$)){1,4}|[^\W\d_]{2,3}")
_HAN = re.compile(rf"[{HAN}·]{{2,}}")
# BibTeX's "and others" and everybody's "et al." stand for authors and name none.
_OTHERS = re.compile(
    r"(?:^|,|\sand\s)\s*(?:\d+\s+)?others\s*$|(?:^|[,\s])et[.\s]*al\b\.?\s*$|等\s*$", re.IGNORECASE
)


def names_in(value: object) -> tuple[str, ...]:
    """Every author's name in a field of authors, as it is written there."""
    if isinstance(value, str):
        found = _split(_OTHERS.sub("", value))
    else:
        found = [_name(each) for each in (value if isinstance(value, list) else [value])]
    named = (" ".join(_OTHERS.sub("", each).split()).rstrip(" ,") for each in found)
    return tuple(filter(None, named))


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        parts = [value.get(key) for key in _PARTS]
        value = value.get("name") or " ".join(part for part in parts if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _split(text: str) -> Sequence[str]:
    """Names in one string: semicolons divide, else "and", else commas between whole names."""
    if _BETWEEN.search(text):
        return _BETWEEN.split(text)
    parts = _AND.split(text)
    # "B, A and D, C" is good BibTeX, whose commas divide nothing.
    divided = [_COMMA.split(part) for part in parts]
    if len(parts) > 1 and all(len(each) <= 2 for each in divided) and not _whole_names(divided):
        return parts
    return [name for part in parts for name in _divided(part)]


def _divided(text: str) -> Sequence[str]:
    """Names between commas, each of which may be within a name."""
    parts = [part.strip() for part in _COMMA.split(text) if part.strip()]
    families, given = parts[::2], parts[1::2]
    # A family name may be as short as initials, but has no full stop: "LI, X., WU, Y."
    inverted = all(map(_initials, given)) and not any(
        "." in each and _initials(each) for each in families
    )
    if inverted and len(families) == len(given):  # "Smith, J., Doe, A."
        return [", ".join(pair) for pair in zip(families, given, strict=True)]
    several = any if len(parts) > 2 else all  # "DeepSeek-AI, Aixin Liu", "Family, Given"
    return parts if several(map(_whole, parts)) else [text]


def _initials(text: str) -> bool:
    return text.isupper() and _INITIALS.fullmatch(text) is not None


def _whole(text: str) -> bool:
    """Whether it has a family name and a given one; "King, Jr." has not."""
    return " " in text.partition(",")[0].strip() or _HAN.fullmatch(text.strip()) is not None


def _whole_names(divided: Sequence[Sequence[str]]) -> bool:
    """Whether they are of "A B, C D and E F"."""
    return any(len(part) == 1 for part in divided) and all(
        _whole(name) for part in divided for name in part
    )
