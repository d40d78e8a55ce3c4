"""Markers: the numbers of the sources that a draft's sentence rests on, as in [2].

Models write them in many forms, several in one bracket, before or behind the full stop; here all
become the one. Which words go with a marker is `introduction`'s.
"""

from __future__ import annotations

import re

_AND = r"(?:[,，、;&和与及–-]|and)"
# No source is number 0: [0, 1] is an interval.
_NUMBERS = rf"(?!0)\d+(?:\s*{_AND}\s*\d+)*"
_CITED = r"(?:sentences?|sources?|refs?\.?|cf\.?|see|句子?|来源|出处|参?见|第)(?:\s*[:：])?\s*"
# Nor is a[3] one, which names a part of a.
_OPEN, _CLOSE = r"(?<!\b[a-z])[\[【［]", r"[\]】］]"
MARKER = rf"(?<!\b[a-z])\[{_NUMBERS}\]"
"""The pattern of one, as `uniform` writes it."""
_FORMS = [
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), plain)
    for pattern, plain in (
        (r"\\([\[\]])", r"\1"),
        # 【1†source】, [^1], [Sentence 1], [S1], [[1]]
        (rf"({_OPEN}\s*\d+)†[^\]】\n]{{0,40}}", r"\1"),
        (
            rf"{_OPEN}\s*(?:{_CITED}|s|[#^])?({_NUMBERS})\s*句?\s*{_CLOSE}",
            r"[\1]",
        ),
        (rf"\[\s*({MARKER})\s*\]", r"\1"),
        (rf"({MARKER})\((?:#|https?://)[^\s()]*\)", r"\1"),
        (rf"([*_`^]{{1,3}})({MARKER})\1", r"\2"),
        # ([1], [3]), (see [2]), (Sentence 1)
        (rf"[(（]\s*(?:{_CITED})*((?:{MARKER}(?:\s*{_AND})?\s*)+)[)）]", r"\1"),
        (rf"[(（]\s*{_CITED}({_NUMBERS})\s*句?\s*[)）]", r"[\1]"),
        (rf"({MARKER})\s*{_AND}\s*(?={MARKER})", r"\1"),
    )
]
# Only at the end of a sentence, and not Eq. (3): elsewhere (1) may be anything.
_ROUND = re.compile(
    r"(\b(?:Eqs?|Equations?|Figs?|Figures?|Tables?|Secs?|Sections?|Steps?)\.?\s*|[A-Za-z\d]|[式表图节步])?"
    r"[(（]((?!0)\d{1,2})[)）](?=\s*(?:[.。!！]|$))",
    re.IGNORECASE | re.MULTILINE,
)
_ABBREVIATED = re.compile(rf"(\b(?:al|e\.g|i\.e|etc)\.)((?:[ \t]*{MARKER})+)(?=[ \t]*[a-z])")
_BEHIND = re.compile(rf"([.。!！?？])((?:[ \t]*{MARKER})+)")
_ONE = re.compile(rf"\s*{MARKER}")


def uniform(text: str) -> str:
    """A text with all its markers as in [2] or [1,3], nothing between them."""
    for form, plain in _FORMS:
        text = form.sub(plain, text)
    return _ROUND.sub(lambda found: found[0] if found[1] else f"[{found[2]}]", text)


def inside(text: str) -> str:
    """A text with each marker inside the sentence that it belongs to."""
    return _BEHIND.sub(r"\2\1", _ABBREVIATED.sub(r"\2 \1", text))


def without(sentence: str) -> str:
    """A sentence without its markers."""
    return _ONE.sub("", sentence)


def numbers(sentence: str) -> tuple[int, ...]:
    """The numbers that a sentence cites, each once, in the order of its markers."""
    found: dict[int, None] = {}
    for group in _ONE.findall(sentence):
        for first, last in re.findall(r"(\d+)(?:\s*[–-]\s*(\d+))?", group):
            if len(first) < 4 and len(last) < 4:
                found |= dict.fromkeys(range(int(first), int(last or first) + 1))
    return tuple(found)
