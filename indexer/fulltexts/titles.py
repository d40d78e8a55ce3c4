"""Whether a title stands where a paper begins: broken over lines, in capitals, with marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from embeddings.lexical import HAN
from indexer.fulltexts.headings import is_abstract
from indexer.fulltexts.paragraphs import Paragraph

_FAR, _NEAR = 5000, 1000
"""Characters among which a title stands: before the abstract, and where none is seen."""
_SHARE = 0.9
"""Of a title's characters that must stand there: marks of footnotes and formulas may not."""
_PIECE = 3
"""Characters of a piece of a title that is no chance."""
_SHORT = 20
"""Characters of titles that other papers mention; they must stand alone. One of Chinese says as
much as three."""
_LINES = 3
"""Paragraphs that a short title may be broken into."""
_HAN = re.compile(f"[{HAN}]")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")


def head(found: Iterable[Paragraph]) -> str:
    """What stands before the abstract, a paragraph a line."""
    texts: list[str] = []
    size = 0
    for each in found:
        if texts and is_abstract(each.text, heading=each.heading):
            return "\n".join(texts)
        texts.append(each.text)
        size += len(each.text) + 1
        if size > _FAR:
            break
    return "\n".join(texts)[:_NEAR]


def stands(title: str, text: str) -> bool:
    """Whether a title stands in a text whose lines are paragraphs."""
    return any(_stands(each, text) for each in {_bare(title), _bare(_COMMAND.sub("", title))})


def _stands(title: str, text: str) -> bool:
    if not title:
        return False
    if len(title) + 2 * len(_HAN.findall(title)) < _SHORT:
        return _alone(title, [_bare(line) for line in text.split("\n")])
    whole = _bare(text)
    if title in whole:
        return True
    place = SequenceMatcher(None, whole, title, autojunk=False).find_longest_match()
    begin = place.a - place.b
    # With room for marks and formulas that the title lacks.
    near = whole[max(begin - _SHORT, 0) : begin + len(title) + _SHORT]
    pieces = SequenceMatcher(None, near, title, autojunk=False).get_matching_blocks()
    same = sum(piece.size for piece in pieces if piece.size >= _PIECE)
    return same >= _SHARE * len(title)


def _alone(title: str, lines: Sequence[str]) -> bool:
    places = range(len(lines))
    return any(
        title == "".join(lines[place : place + count])
        for place in places
        for count in range(1, _LINES + 1)
    )


def _bare(text: str) -> str:
    """Letters and digits alone, without accents."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in folded if char.isalnum())
