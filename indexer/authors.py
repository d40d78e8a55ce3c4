"""Authors' names in the forms in which they are compared and filtered."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_RUN = 4
"""Words of a run within a name; longer names are found by runs and as a whole."""


def author_keys(name: str) -> set[str]:
    """The folded forms under which an author is found: the name and every run of its words.

    "Cherti, Mehdi" and "Mehdi CHERTI" both give "mehdi cherti", "mehdi" and "cherti".
    """
    words = author_key(name).split()
    runs = {
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + LONGEST_RUN, len(words)) + 1)
    }
    return runs | {" ".join(words)}


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
    return " ".join(re.sub(r"[^\w\s]|_", " ", plain).split())
