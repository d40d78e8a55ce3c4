"""Which names are like one that is not there, to be suggested instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def alike(name: str, known: Iterable[str]) -> list[str]:
    """Up to three of the known names, the most alike first."""
    # One slip in a name of two characters, as Chinese ones are, is half of it.
    cutoff = 0.5 if len(name) <= 2 else 0.6
    return difflib.get_close_matches(name, dict.fromkeys(known), n=3, cutoff=cutoff)
