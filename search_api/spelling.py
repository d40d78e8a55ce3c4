"""Mistyped names and words in a query, put right by what the archive has.

A word is left alone if it stands in the archive or the lexicon knows it; what the archive
does not have may still be meant as it is written, so only near misses count. Another number
is another name: Qwen4 is no slip of Qwen3.
"""

from __future__ import annotations

import difflib
import re
import unicodedata

from embeddings import lexicon
from embeddings.lexical import index_of, terms
from indexer.catalogue import Catalogue
from indexer.vocabulary import MIN_LETTERS, WORD, folded

MAX_CHARACTERS = 300
"""Of a query that is corrected; longer ones are pasted, not typed."""
_SIMILARITY = 0.86
_MIN_WORD = 6
_NAME = re.compile(r"\d|[A-Z].*[A-Z]|[-+.]")
_DIGITS = re.compile(r"\d+")


def correct(query: str, catalogue: Catalogue, *, names: bool = True) -> tuple[str, dict[str, str]]:
    """The query with its slips put right, and which words were replaced by which.

    Without `names`, a name is only ever read as the same one in another spelling (GPT4, GPT-4).
    """
    if len(query) > MAX_CHARACTERS:
        return query, {}
    text = unicodedata.normalize("NFKC", query)
    replaced: dict[str, str] = {}

    def put_right(match: re.Match[str]) -> str:
        meant = _meant(match[0], catalogue, names)
        if meant is None:
            return match[0]
        replaced[match[0]] = meant
        return meant

    corrected = WORD.sub(put_right, text)
    return (corrected, replaced) if replaced else (query, {})


def _meant(word: str, catalogue: Catalogue, names: bool) -> str | None:
    is_name, typed = _NAME.search(word) is not None, folded(word)
    if len(word) < (MIN_LETTERS if is_name else _MIN_WORD) or catalogue.has_word(typed):
        return None
    near = catalogue.words_like(typed)
    if found := [each for each in near if _plain(each) == _plain(typed)]:
        return found[0]
    # Whoever types an accent means it; a compound or an inflection of known words is no slip.
    if not word.isascii() or _known(word, catalogue):
        return None
    if found := [each for each in near if each.replace("-", "") == typed.replace("-", "")]:
        return found[0]
    if is_name and not names:
        return None
    near = [each for each in near if _DIGITS.findall(each) == _DIGITS.findall(typed)]
    # One slip in a short name is much of it.
    cutoff = min(_SIMILARITY, 1 - 1 / len(word)) if is_name else _SIMILARITY
    found = difflib.get_close_matches(typed, near, n=1, cutoff=cutoff)
    return found[0] if found else None


def _plain(word: str) -> str:
    """A word without its accents."""
    parts = unicodedata.normalize("NFKD", word)
    return "".join(char for char in parts if not unicodedata.combining(char))


def _known(word: str, catalogue: Catalogue) -> bool:
    parts = [term for term in terms(word) if term.isalpha()]
    known = lexicon.load_bundled()
    return bool(parts) and all(
        catalogue.has_word(part) or known.translate(index_of(part)) for part in parts
    )
