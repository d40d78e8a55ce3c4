"""Authors as records give them: in one string, in many, or in parts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_PARTS = ("given", "first", "dropping-particle", "non-dropping-particle", "family", "last",
          "suffix", "literal")  # fmt: skip
"""Of one author's name, in the order in which it is written."""
_BETWEEN = re.compile(r"[;；、，]")  # a Chinese comma stands within no name
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
# BibTeX's "and others" and everybody's "et al." stand for authors and name none.
_OTHERS = re.compile(
    r"(?:^|,|\sand\s)\s*(?:\d+\s+)?others\s*$|(?:^|[,\s])et[.\s]*al\b\.?\s*$|等\s*$", re.IGNORECASE
)


def names_in(value: object) -> tuple[str, ...]:
    """Every author's name in a field of authors, as it is written there."""
    if isinstance(value, str):
        found = _split(_OTHERS.sub("", value))
    else:
        each_one = map(_name, value if isinstance(value, list) else [value])
        found = [_OTHERS.sub("", name) for name in each_one]
    return tuple(name for each in found if (name := " ".join(each.split()).rstrip(" ,")))


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
    if len(parts) > 1 and all(part.count(",") <= 1 for part in parts) and not _whole_names(parts):
        return parts
    return [name for part in parts for name in _divided(part)]


def _divided(text: str) -> Sequence[str]:
    """Names between commas, each of which may be within a name."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    families, given = parts[::2], parts[1::2]
    inverted = all(map(_initials, given)) and not any(map(_initials, families))
    if inverted and len(families) == len(given):  # "Smith, J., Doe, A."
        return [", ".join(pair) for pair in zip(families, given, strict=True)]
    several = any if len(parts) > 2 else all  # "DeepSeek-AI, Aixin Liu", "Family, Given"
    return parts if several(" " in part for part in parts) else [text]


def _initials(text: str) -> bool:
    return text.isupper() and _INITIALS.fullmatch(text) is not None


def _whole_names(parts: Sequence[str]) -> bool:
    """Whether they are of "A B, C D and E F"."""
    return any("," not in part for part in parts) and all(
        " " in name.strip() for part in parts for name in part.split(",")
    )
