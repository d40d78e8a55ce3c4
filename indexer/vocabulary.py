"""The Latin words of a text as the catalogue keeps them, to recognise mistyped ones."""

from __future__ import annotations

import re
import unicodedata

MIN_LETTERS = 4
"""Shorter words are one slip away from too many others."""
_LETTERS = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
"""Latin ones with their accents, as a range of a pattern."""
WORD = re.compile(rf"[{_LETTERS}][{_LETTERS}0-9]*(?:[-+.][{_LETTERS}0-9]+)*")


def words(text: str) -> set[str]:
    """The words of a text, folded, long enough to be told apart from a slip."""
    found = set(WORD.findall(unicodedata.normalize("NFKC", text)))
    return {folded(word) for word in found if len(word) >= MIN_LETTERS}


def folded(word: str) -> str:
    """The form in which words are kept and compared."""
    return word.casefold()
