"""Words as they are written, not as they are printed: whole, and without ligatures."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from embeddings.lexical import HAN
from indexer.fulltexts.pdf import HYPHEN, Line

HAN_TEXT = re.compile(f"[{HAN}，。；：、！？（）]")
"""A character of Chinese text."""
_WORD = re.compile(r"[\w-]+")
_DIVIDED = re.compile(rf"([^\W\d_]+(?:-[^\W\d_]+)*)({HYPHEN})([^\W_]+)")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_UNSEEN = {"Cc", "Cn", "Co", "Cs"}
# Where a word may be divided or nothing is seen: they are no part of it.
_WITHIN_WORDS = re.compile("[\u00ad\u200b\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[\s\xa0]+")


def whole_words(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines with the words whole that were divided at their ends; empty ones are left out."""
    lines = list(lines)
    known = Counter(word for line in lines for word in _WORD.findall(line.text.casefold()))
    for line in lines:
        if text := _whole(line.text, known):
            yield replace(line, text=text)


def plain(text: str) -> str:
    """A text on one line, with ligatures as letters and without control characters."""
    composed = unicodedata.normalize("NFC", _WITHIN_WORDS.sub("", text))
    letters = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), composed)
    seen = (" " if unicodedata.category(char) in _UNSEEN else char for char in letters)
    return _SPACES.sub(" ", "".join(seen)).strip()


def joined(one: str, other: str) -> str:
    """Two pieces of running text as one; Chinese has no space between."""
    if HAN_TEXT.match(one[-1:]) and HAN_TEXT.match(other[:1]):
        return one + other
    return f"{one} {other}"


def _whole(text: str, known: Counter[str]) -> str:
    def joint(found: re.Match[str]) -> str:
        one, _, other = found.groups()
        compound = f"{one}-{other}".casefold()
        # Of a compound the hyphen stays: one that is written so elsewhere, or of three parts.
        kept = (
            known[compound] > known[(one + other).casefold()] or "-" in one or not other.islower()
        )
        return f"{one}-{other}" if kept else one + other

    return plain(_DIVIDED.sub(joint, text).replace(HYPHEN, "-"))
