"""Amounts that are no numbers: `dozens of`, `hundreds of thousands`, 数十万, 上千, 十几.

Each is read as the numbers that it may stand for; exact ones are `quantity`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from search_api.answers.numeral import chinese_value
from search_api.answers.unit import scale_of

_TIMES = {"dozens": (24, 200), "tens": (20, 100), "scores": (40, 200)}
_SEVERAL = (2, 10)
_SCALE = "hundred|thousand|million|billion"
_ENGLISH = re.compile(
    rf"\b(?P<count>dozens|tens|scores|(?:{_SCALE})s) of(?: (?P<of>{_SCALE})s(?: of)?)?\b"
    rf"|\b(?:several|(?:a )?few|a couple of|many) (?P<several>{_SCALE})s?\b",
    re.IGNORECASE,
)
_HAN_SCALE = "[十百千万亿]+"
_HAN = re.compile(
    # Not the 数 of 函数百分比, the 近 of 最近十年.
    rf"(?:(?<![函参次指个分])数|几)(?P<several>{_HAN_SCALE})(?!分)|(?<!以)上(?P<over>[百千万亿]+)"
    rf"|(?<![最附接])近(?P<near>{_HAN_SCALE})(?!分)|数以(?P<by>{_HAN_SCALE})计"
    "|成[百千]上(?P<upon>[千万])|(?P<teens>十)[几多余来](?=[个种类张篇项条名位家])"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a text writes, and the least and the greatest number that it may stand for."""

    written: str
    least: float
    most: float

    def is_said_by(self, numbers: Iterable[float], amounts: Iterable[Amount]) -> bool:
        """Whether one of the numbers lies within, or one of the amounts may be as much."""
        return any(self.least <= number <= self.most for number in numbers) or any(
            self.least < other.most and other.least < self.most for other in amounts
        )


def amounts(text: str) -> list[Amount]:
    """The vague amounts of a text in either language."""
    return [*_english(text), *_chinese(text)]


def _english(text: str) -> Iterator[Amount]:
    for found in _ENGLISH.finditer(text):
        if several := found["several"]:
            (least, most), scale = _SEVERAL, scale_of(several)
        else:
            count = found["count"].lower()
            least, most = _TIMES.get(count, _SEVERAL)
            scale = 1.0 if count in _TIMES else scale_of(count.removesuffix("s"))
            scale *= scale_of(found["of"])
        yield Amount(found[0], least * scale, most * scale)


def _chinese(text: str) -> Iterator[Amount]:
    for found in _HAN.finditer(text):
        if found["teens"]:
            yield Amount(found[0], 11, 19)
        elif near := found["near"]:
            scale = chinese_value(f"一{near}")
            yield Amount(found[0], 0.8 * scale, scale)
        else:
            several = found["several"] or found["by"]
            scale = chinese_value(f"一{several or found['over'] or found['upon']}")
            yield Amount(found[0], (2 if several else 1) * scale, 10 * scale)
