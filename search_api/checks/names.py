"""Names in a summary that its abstract does not have.

A Chinese summary leaves the names of methods, models and data sets in Latin letters, so each
such word must stand in the abstract or the title, as it is, as a part, or as the first
letters of words there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from embeddings.lexical import fold
from indexer.language import language_of
from search_api.checks.reference import Doubt, Reference

# Behind a digit stands a unit or a size: 200Hz, 19x200.
_NAME = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]*(?:[-+.^/_&][A-Za-z0-9+]+)*\+*")
_WORD = re.compile(r"[a-z0-9+]+")
_NO_NAME = re.compile(r"\$[^$\n]*\$|https?://[!-~]+|\\[A-Za-z]+|vs\.?(?![A-Za-z])")
_MOST = 6
"""Words that one name may join: "text to speech" is text-to-speech."""


def doubts(sentence: str, reference: Reference) -> Iterator[Doubt]:
    """The names of a Chinese sentence that its reference does not have."""
    if language_of(sentence) != "zh":
        return
    words = _words(reference.text)
    for name in dict.fromkeys(_NAME.findall(_NO_NAME.sub(" ", sentence))):
        if len(name) > 1 and not _stands(name, words):
            yield Doubt("name", f"names {name}, its abstract does not")


def _words(text: str) -> list[str]:
    # In camel case and before digits a new word begins: FlashOmni, Qwen2.
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", text)
    return [*_WORD.findall(fold(text)), "", *_WORD.findall(fold(parted))]


def _stands(name: str, words: list[str]) -> bool:
    wanted = "".join(_WORD.findall(fold(name)))
    if _joined(wanted, words) or _initials(wanted, words):
        return True
    parts = re.split(r"[-+/_.&^]", name)
    return len(parts) > 1 and all(len(part) < 2 or _stands(part, words) for part in parts)


def _joined(wanted: str, words: list[str]) -> bool:
    """Whether words that follow each other make the name, an ending aside."""
    stem = wanted.removesuffix("s")
    for place, word in enumerate(words):
        if not word or not (stem.startswith(word) or word.startswith(stem)):
            continue
        joined = ""
        for following in words[place : place + _MOST]:
            joined += following
            # A word may be cut short (param for parameters), a short one only by an ending.
            if joined.startswith(stem) and (len(joined) - len(stem) <= 3 or len(stem) > 3):
                return True
            if not stem.startswith(joined):
                break
    return False


def _initials(wanted: str, words: list[str]) -> bool:
    letters = wanted.removesuffix("s")
    return len(letters) > 1 and letters in "".join(word[0] if word else " " for word in words)
