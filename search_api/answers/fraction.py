"""Fractions in words: `one third`, `two-thirds`, `half of`, 三分之一, 一半."""

from __future__ import annotations

import re
from collections.abc import Iterator

from search_api.answers.numeral import CHINESE, chinese_value

_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_PARTS = {
    name: size
    for size, name in enumerate(
        "half third quarter fifth sixth seventh eighth ninth tenth".split(), start=2
    )
} | {"halve": 2, "hundredth": 100, "thousandth": 1000}
_SCALES = {"千": 1e3, "万": 1e4}
# "a third method" and "one half" of a pair are none; "two thirds" always is.
_ENGLISH = re.compile(
    rf"\b(?P<count>two|three|four|five)[\s-](?P<parts>{'|'.join(_PARTS)})s\b"
    rf"|\b(?P<one>an?|one)[\s-](?P<part>{'|'.join(_PARTS)})(?=\s(?:of|as|the)\b|\s?[,.;)]|\s?$)"
    r"|\bhalf(?=\s(?:of|the|as|its|their)\b)",
    re.IGNORECASE,
)
_HAN = re.compile(
    rf"(?P<whole>{CHINESE}|[千万]|\d+)\s?分之\s?(?P<part>{CHINESE}|\d+(?:\.\d+)?)|一半|半数"
)


def fractions(text: str) -> Iterator[tuple[float, int, str]]:
    """Each fraction's value, the place where it begins, and how it is written; percentages
    (百分之十) are none.
    """
    for found in _ENGLISH.finditer(text):
        count = _COUNTS[(found["count"] or "one").lower()]
        name = (found["parts"] or found["part"] or "half").lower()
        yield count / _PARTS[name], found.start(), found[0]
    for found in _HAN.finditer(text):
        if found["whole"] is None:
            yield 0.5, found.start(), found[0]
        elif whole := _value(found["whole"]):
            yield _value(found["part"]) / whole, found.start(), found[0]


def _value(written: str) -> float:
    if written in _SCALES:
        return _SCALES[written]
    return float(written) if written[0].isdigit() else chinese_value(written)
