"""Names in a claim that what it cites does not have, also not abbreviated or in full."""

from __future__ import annotations

import re

from embeddings.lexical import fold
from search_api.answers.abbreviation import is_spelled_out, stands_for
from search_api.answers.figure import without_numbers
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.month import NUMBERS
from search_api.answers.numeral import ENGLISH
from search_api.answers.wording import Wording, mentions

_CAPITAL = re.compile(
    r"https?://[!-~]*[A-Za-z0-9/]|《[^》]+》"
    r"|(?<![.!?:]\s)(?<!^)(?<![A-Za-z0-9-])[A-Z][A-Za-z0-9.+-]*[A-Za-z0-9]"
)
# Any word is written so that begins a sentence; it is a name if it tells much (nats).
_FIRST = re.compile(r"[A-Z][a-z]+(?<!ing)(?<!ly)(?=\s[a-z])")
_TELLS = 3.75
_PLAIN = re.compile(r"[A-Z][a-z]+")
_TRANSLATES = 0.3
"""Share of a name's information that the lexicon must find in a text of the other language."""
_OPENERS = frozenset(
    "according additionally although because besides beyond compared consequently despite during "
    "furthermore hence however instead likewise meanwhile moreover nevertheless nonetheless "
    "otherwise overall rather regardless since standard therefore though through throughout thus "
    "under unless unlike until whereas whether while within without yes "
    "earlier fewer just neither nobody none once outside people students thanks".split()
) | frozenset(ENGLISH.split("|"))
"""Words that begin sentences and are no names."""


def foreign_name(claim: str, context: str) -> str | None:
    """The first name that a claim has and its context has not, in a few words; None for none."""
    there, said = fold(context), indices(context)
    bare = without_numbers(claim)  # FPS and GB are no names
    capitals = [match[0] for match in _CAPITAL.finditer(bare)]
    plain = {fold(each) for each in capitals if _PLAIN.fullmatch(each)}
    for name in [*Wording(bare).names, *map(fold, capitals)]:
        words = indices(name)
        if mentions(there, name) or (words and words <= said):
            continue
        if name in plain and _is_translated(name, said, there):
            continue
        if not (stands_for(name, context) or is_spelled_out(name, claim, context)):
            return f"names {name}, its source does not"
    if (first := _FIRST.match(claim)) and first[0].lower() not in _OPENERS:
        wording = Wording(first[0])
        known = coverage(wording, matches(wording, said))
        if not known and sum(wording.terms.values()) >= _TELLS:
            return f"names {first[0]}, its source does not"
    return None


def _is_translated(name: str, said: frozenset[int], there: str) -> bool:
    """Whether a text has a name in the other language: Fourier as 傅里叶, May as 5月."""
    if name in NUMBERS:
        return bool(re.search(rf"(?<!\d){NUMBERS[name]} ?月", there))
    wording = Wording(name)
    return coverage(wording, matches(wording, said)) >= _TRANSLATES
