"""Mistyped names and words in a query, put right by what the archive has.

A word is left alone if it stands in the archive or the lexicon knows it; what the archive
does not have may still be meant as it is written, so only near misses count.
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
_NAME_SIMILARITY, _WORD_SIMILARITY = 0.75, 0.86
_MIN_WORD = 6
_NAME = re.compile(r"\d|[A-Z].*[A-Z]|[-+.]")


def correct(query: str, catalogue: Catalogue) -> tuple[str, dict[str, str]]:
    """The query with its slips put right, and which words were replaced by which."""
    if len(query) > MAX_CHARACTERS:
        return query, {}
    text = unicodedata.normalize("NFKC", query)
    replaced: dict[str, str] = {}

    def put_right(match: re.Match[str]) -> str:
        meant = _meant(match[0], catalogue)
        if meant is None:
            return match[0]
        replaced[match[0]] = meant
        return meant

    corrected = WORD.sub(put_right, text)
    return (corrected, replaced) if replaced else (query, {})


def _meant(word: str, catalogue: Catalogue) -> str | None:
    is_name = _NAME.search(word) is not None
    if len(word) < (MIN_LETTERS if is_name else _MIN_WORD) or _known(word, catalogue):
        return None
    cutoff = _NAME_SIMILARITY if is_name else _WORD_SIMILARITY
    near = catalogue.words_like(folded(word))
    found = difflib.get_close_matches(folded(word), near, n=1, cutoff=cutoff)
    return found[0] if found else None


def _known(word: str, catalogue: Catalogue) -> bool:
    if catalogue.has_word(folded(word)):
        return True
    # A compound or an inflection of known words is no slip.
    parts = [term for term in terms(word) if term.isalpha()]
    known = lexicon.load_bundled()
    return bool(parts) and all(
        catalogue.has_word(part) or known.translate(index_of(part)) for part in parts
    )
