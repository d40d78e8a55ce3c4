"""Amounts that are no numbers: `dozens of`, `hundreds of thousands`, 数十万, 上千, 十几.

Each is read as the numbers that it may stand for; exact ones are `quantity`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from search_api.answers.numeral import chinese_value
from search_api.answers.quantity import SHARES, quantities
from search_api.answers.unit import scale_of

_TIMES = {"dozens": (24, 200), "tens": (20, 100), "decades": (20, 100), "a dozen": (13, 24)}
_SEVERAL = (2, 10)
_SCALE = "hundred|thousand|million|billion"
_ENGLISH = re.compile(
    rf"\b(?P<count>dozens|tens|(?:{_SCALE})s)"
    rf"(?: of(?: (?P<of>{_SCALE})s(?: of)?)?\b| (?=(?:to|or)\b))"
    rf"|\b(?P<word>decades)\b|\b(?:over|more than) (?P<over>a dozen|an? (?:{_SCALE}))\b"
    rf"|\b(?:several|(?:a )?few|a couple of|many|multi)[\s-](?P<several>{_SCALE})s?\b",
    re.IGNORECASE,
)
_HAN_SCALE = "[十百千万亿]+(?![十百千万亿]|分(?!钟))"  # not the 数十 of 数十分之一
_HAN = re.compile(
    # Not the 数 of 函数百分比, the 上 of 网上百科 and 加上万能, the 近 of 最近十年.
    rf"(?:(?<![函参次指个分多少总人层步维对常整系倍])数|(?<!十)几)(?P<several>{_HAN_SCALE})"
    r"|(?<!以)上(?P<over>[百千万亿]+)(?![百千万亿分科度能般方])|成(?P<from>[百千])上(?P<to>[千万])"
    rf"|(?<![最附接])近(?P<near>{_HAN_SCALE})|数以(?P<by>[十百千万亿]+)计"
    r"|(?<![几数\d])(?P<exact>(?:[一二两三四五六七八九]?[十百千万])+)[几多余](?P<scale>[万亿])?",
)
_SIZE = re.compile(r"\d+\s?(?:[×x*]|\\times)\s?\d+")


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


def counts(text: str) -> list[float]:
    """The numbers of a text that may count something: no shares, years or sizes (512×512)."""
    return [
        abs(each.value)
        for each in quantities(_SIZE.sub(" ", text))
        if each.unit not in SHARES and (each.unit or not 1900 <= each.value <= 2100)
    ]


def _english(text: str) -> Iterator[Amount]:
    for found in _ENGLISH.finditer(text):
        scale = scale_of(found["of"])
        if said := found["several"]:
            (least, most), scale = _SEVERAL, scale_of(said)
            most = 1000 if found[0].lower().startswith("multi") else most
        elif (said := (found["over"] or found["word"] or found["count"]).lower()) in _TIMES:
            least, most = _TIMES[said]
        else:
            (least, most), scale = _SEVERAL, scale * scale_of(said.split()[-1].removesuffix("s"))
            least = 1 if found["over"] else least
        yield Amount(found[0].strip(), least * scale, most * scale)


def _chinese(text: str) -> Iterator[Amount]:
    for found in _HAN.finditer(text):
        if exact := found["exact"]:
            value, scale = chinese_value(exact), _value(found["scale"])
            least, most = value * scale, (value + 0.99 * _value(exact[-1])) * scale
        elif said := found["near"]:
            least, most = 0.8 * _value(said), _value(said)
        elif said := found["from"]:
            least, most = _value(said), 10 * _value(found["to"])
        elif said := found["over"]:
            least, most = _value(said), 10 * _value(said)
        else:
            said = found["several"] or found["by"]
            least, most = 2 * _value(said), 10 * _value(said)
        yield Amount(found[0], least, most)


def _value(scale: str | None) -> float:
    return chinese_value(f"一{scale}") if scale else 1.0
