"""Authors' names in the forms in which they are compared and filtered."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_RUN = 4
"""Words of a run within a name; longer names are found by runs and as a whole."""
_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿])\s+(?=[㐀-鿿])")
# Letters of names that are not another one with a mark on it.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


def author_keys(name: str) -> set[str]:
    """The folded forms under which an author is found: the name, every run of its words, and the
    last one behind the first one or initials.

    "Cherti, Mehdi" and "Mehdi CHERTI" both give "mehdi cherti", "m cherti", "mehdi" and "cherti".
    """
    words = author_key(name).split()
    if len(words) < 2:
        return set(words)
    first, last, initials = words[0], words[-1], [word[0] for word in words[:-1]]
    runs = {
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + LONGEST_RUN, len(words)) + 1)
    }
    short = {f"{first} {last}", f"{first[0]} {last}", " ".join((*initials, last))}
    return runs | short | {" ".join(words)}


@lru_cache(maxsize=10_000)
def author_key(name: str) -> str:
    """The form of a name, or of a part of one, to compare and filter by."""
    if name.count(",") == 1:
        last, first = name.split(",")
        name = f"{first} {last}"
    plain = name.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in plain if not unicodedata.combining(char))
        plain = plain.translate(_LETTERS)
    plain = re.sub(r"[^\w\s]|_", " ", plain)
    return " ".join(_BETWEEN_HAN.sub("", plain).split())  # 李 雷 is 李雷
