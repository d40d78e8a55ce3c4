"""Numbers with their units, as texts in either language write them.

`93.1%`, `93.1 percent` and `百分之93.1` are one quantity; so are `1.5M`, `1.5 million` and
`150万`, `3x`, `3 times` and `3倍`, `thirty` and `三十`. A digit inside a name (GPT-4, ResNet50,
3D) or a size (512×512) has no unit. What two texts say of each other is `verification`'s and
`agreement`'s.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "t": 1e12,
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
}
# What is written in each way; the first is the unit's name.
_UNITS = (
    ("%", "％", "percent"),
    ("pp", "percentage points?", "points?", "个?百分点", "个点"),
    ("times", r"[x×](?!\s?\d)", "-?fold", "倍"),
    ("ms", "milliseconds?", "毫秒"),
    ("s", "sec", "seconds?", "秒钟?"),
    ("mins?", "minutes?", "分钟"),
    ("h", "hours?", "hrs?", "个?小时"),
    ("days?", "天"),
    ("weeks?", "周"),
    ("months?", "个?月"),
    ("years?", "年"),
    ("kb",),
    ("mb",),
    ("gb",),
    ("tb",),
    ("fps", "frames per second", "帧(?:/秒|每秒)?"),
    ("khz", "千赫"),
    ("mhz", "兆赫"),
    ("ghz",),
    ("hz", "赫兹?"),
    ("mm", "毫米"),
    ("cm", "厘米"),
    ("km", "公里", "千米"),
    ("m", "meters?", "metres?", "米"),
    ("°", "degrees?", "度"),
    ("db", "分贝"),
    ("layers?", "层"),
    ("languages?", "种语言"),
)
_NAMES = {pattern: unit[0].rstrip("?") for unit in _UNITS for pattern in unit}
_WORDS = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10.0 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_HAN_DIGITS = dict(zip("零一二三四五六七八九两", (*range(10), 2), strict=True))
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_UNIT = "|".join(sorted(_NAMES, key=len, reverse=True))
_LONG_SCALES = "|".join(sorted((s for s in _SCALES if len(s) > 1 or s > "z"), key=len)[::-1])
_DIGITS = re.compile(
    rf"(?P<share>百分之\s?)?(?<![\w.^_])(?<![A-Za-z]-)(?P<number>\d[\d,]*(?:\.\d+)?|\.\d+)"
    rf"(?:\s?(?P<scale>{_LONG_SCALES})(?!分)|(?P<letter>[kmbt])(?![a-z]))?(?P<more>\+|\s?[多余])?"
    rf"(?:\s?-?(?P<unit>{_UNIT})(?![a-z]))?(?P<above>\s?以上)?(?P<rest>[a-z]*)",
    re.IGNORECASE,
)
_ONES = "|".join(word for word, value in _WORDS.items() if value > 1)
_SPELLED = re.compile(
    rf"\b(?P<word>zero|twice|(?:(?:{_ONES})(?:-(?:one|{_ONES}))?)"
    r"|one(?=[\s-](?:hundred|thousand|million|billion)))\b"
    rf"(?:[\s-](?P<scale>hundred|thousand|million|billion))?(?:[\s-](?P<unit>{_UNIT})(?![a-z]))?",
    re.IGNORECASE,
)
# 一 alone is "a" more often than a number, 第三 the third; what is counted must follow.
_RUN = "[一二两三四五六七八九十][零一二两三四五六七八九十百千万亿]*"
_HAN = re.compile(
    rf"百分之(?P<share>{_RUN})|(?<![第数几零一二两三四五六七八九十百千万亿\d])"
    rf"(?!一(?![十百千万亿]))(?P<number>{_RUN})"
    rf"(?:(?P<unit>{_UNIT})|(?=[个种类张篇步项条名位家大块台组轮人]|阶段|(?<!二)次))"
)
_BESIDE = (
    r"(?:\s*(?:about|around|roughly|approximately|nearly|almost|only|an?\b|大?约|近|仅|可|需要?"
    r"|原来的|达到?|[减降提]\w))*\s*$"
)
# How a text brings a number in: "from 30 ms" is not "to 30 ms", "up to 3" is not "3".
_SENSES = {
    sense: re.compile(rf"(?:{words}){_BESIDE}", re.IGNORECASE)
    for sense, words in (
        (
            "at most",
            r"\b(?:up to|at most|less than|fewer than|under|below|no more than"
            r"|as (?:much|many|high) as)\b|最[多高]|至多|[高长多]达|不到|不足|不超过|低于|少于",
        ),
        (
            "at least",
            r"\b(?:at least|(?<!no )more than|over|exceed(?:s|ed|ing)?|above)\b|至少|(?<!不)超过"
            r"|高于|多于|不少于|不低于",
        ),
        ("from", r"\bfrom\b|从|由"),
        ("to", r"\bto\b|[到至达]"),
        ("by", r"\bby\b|(?:提[高升]|增加|改善|降低|减少|下降|缩短|加快)了?"),
    )
}
_BOUNDS = ("at most", "at least")
# In 中文 a number has no space around it, so what stands before may be a word character.
_AFTER_HAN = re.compile(r"(?<=[一-鿿])(?=[\d.])|(?<=\d)(?=[一-鿿])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit ("" where there is none), how the text writes it and in what sense:
    "at most", "at least", "from", "to", "by" or "".
    """

    value: float
    unit: str
    written: str
    sense: str = ""

    def is_said_by(self, others: Iterable[Quantity]) -> bool:
        """Whether one of the others has this value, in this unit where it has one, and in no
        other sense.
        """
        return any(
            math.isclose(self.value, other.value, rel_tol=1e-9)
            and self.unit in ("", other.unit)
            and self._agrees(other)
            for other in others
        )

    def _agrees(self, other: Quantity) -> bool:
        if self.sense in _BOUNDS or other.sense in _BOUNDS:
            return self.sense == other.sense
        return not (self.sense and other.sense) or self.sense == other.sense


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text: those in digits in order, then those in words."""
    plain = text.replace("$", "").replace("\\%", "%").replace("\\times", "×")  # $93.1\\%$
    return [*_in_digits(_AFTER_HAN.sub(" ", plain)), *_spelled(plain)]


def _in_digits(text: str) -> Iterator[Quantity]:
    for found in _DIGITS.finditer(text):
        if found["rest"]:  # 3D, 4bit: a name
            continue
        number = found["number"].replace(",", "")
        value = float(number or 0) * _scale(found["scale"] or found["letter"])
        unit = "%" if found["share"] else _unit(found["unit"])
        if unit == "years" and 1900 <= value <= 2100:  # 2013年 is a date
            unit = ""
        sense = "at least" if found["more"] or found["above"] else _sense(text, found.start())
        yield Quantity(value, unit, found[0].strip(), sense)


def _spelled(text: str) -> Iterator[Quantity]:
    for found in _SPELLED.finditer(text):
        word, sense = found["word"].lower(), _sense(text, found.start())
        if word == "twice":
            yield Quantity(2.0, "times", found[0], sense)
            continue
        value = sum(_WORDS[part] for part in word.split("-")) * _scale(found["scale"])
        yield Quantity(value, _unit(found["unit"]), found[0], sense)
    for found in _HAN.finditer(text):
        unit = "%" if found["share"] else _unit(found["unit"])
        value = _han(found["share"] or found["number"])
        yield Quantity(value, unit, found[0], _sense(text, found.start()))


def _han(written: str) -> float:
    """三百二十 is 320, 一亿三千万 is 130,000,000."""
    whole = section = digit = 0
    for sign in written:
        scale = _HAN_SCALES.get(sign, 0)
        if not scale:
            digit = _HAN_DIGITS[sign]
        elif scale < 10**4:
            section, digit = section + (digit or 1) * scale, 0
        else:
            part = section + digit
            whole, section, digit = whole + part * scale if part else whole * scale, 0, 0
    return float(whole + section + digit)


def _sense(text: str, place: int) -> str:
    before = text[max(0, place - 24) : place]
    return next((sense for sense, said in _SENSES.items() if said.search(before)), "")


def _scale(written: str | None) -> float:
    return _SCALES[written.lower()] if written else 1.0


def _unit(written: str | None) -> str:
    if not written:
        return ""
    named = (
        name for pattern, name in _NAMES.items() if re.fullmatch(pattern, written, re.IGNORECASE)
    )
    return next(named)
