"""Whether a claim gives listed figures to whom its source gives them, "respectively"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from embeddings.lexical import fold
from search_api.answers.quantity import quantities
from search_api.answers.wording import Wording

_RESPECTIVELY = re.compile(r"分别|\brespectively\b", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:,?\s*(?:and|or)\b|以?及|[,、，/和与])\s*", re.IGNORECASE)


def mispaired(claim: str, text: str) -> str | None:
    """Which figure a claim gives to another name than a text does; None where it gives none.

    Only what is listed side by side counts: of "45.2% and 90.5% on MATH and GSM8K, respectively"
    the claim has the figures of the names it has, in their order, or all of them in order.
    """
    if not _RESPECTIVELY.search(text):
        return None
    folded = fold(text)
    known = sorted(map(re.escape, Wording(text).names), key=len, reverse=True)
    names = _lists(re.findall("|".join(known) or "(?!)", folded), folded)
    own, said, there = Wording(claim).names, quantities(claim), quantities(text)
    for unit in dict.fromkeys(each.unit for each in said):
        given = [each.value for each in said if each.unit == unit]
        listed = {each.written: each.value for each in there if each.unit == unit}
        written = [each.written for each in there if each.unit == unit]
        for figures in _lists(written, text):
            values = [listed[each] for each in figures]
            if len({*values}) < len(values):  # of equal ones each may be meant
                continue
            placed = [n for value in given for n in _places(value, values)]
            named = [
                [each.index(name) for name in own if name in each]
                for each in names
                if len(each) == len(figures) and set(own) & set(each)
            ]
            if placed and placed not in (named or [list(range(len(figures)))]):
                return f"gives {figures[placed[0]]} to another"
    return None


def _places(value: float, values: list[float]) -> list[int]:
    return [n for n, each in enumerate(values) if math.isclose(value, each, rel_tol=1e-9)]


def _lists(words: Iterable[str], text: str) -> list[list[str]]:
    """The words, given in their order, that a text lists side by side; two at least of each."""
    found: list[list[str]] = []
    end = 0
    for word in words:
        written = re.compile(re.escape(word).replace(r"\ ", r"\s*"))
        if (match := written.search(text, end)) is None:
            continue
        if found and _LISTED.fullmatch(text, end, match.start()):
            found[-1].append(word)
        else:
            found.append([word])
        end = match.end()
    return [each for each in found if len(each) > 1]
