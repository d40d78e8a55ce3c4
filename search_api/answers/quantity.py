"""Numbers with their units, as texts in either language write them.

`93.1%`, `93.1 percent` and `百分之93.1` are one quantity; so are `1.5M`, `1.5 million`,
`1.5e6` and `150万`, `3x`, `3 times` and `3倍`, `thirty` and `三十`, `2.5 years` and `两年半`,
`one third of` and `三分之一`.
A digit inside a name (GPT-4, ResNet50, 3D) or a size (512×512) has no unit. What two texts say
of each other is `verification`'s and `agreement`'s.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from search_api.answers.fraction import fractions
from search_api.answers.numeral import CHINESE, ENGLISH, chinese_value, english_value
from search_api.answers.unit import LONG_SCALES, UNIT, scale_of, unit_of

# Not the H of "8 H100 GPUs".
_NO_NAME = r"(?!(?-i:(?<=[A-Z]))\d)"
_ENDS = rf"(?![a-z]|/o\b){_NO_NAME}"  # no watt in "w/o"
_BEFORE = r"(?<![\w.^_])(?:(?<![A-Za-z]-)|(?<=\d[a-z%]-)|(?<=\d[a-z]{2}-))"  # not GPT-4; 7B-70B
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_DIGITS = re.compile(
    rf"(?P<share>百分之\s?)?(?P<minus>(?<![\w%)\]}}–—-])[-−]\s?)?{_BEFORE}(?P<number>{_NUMBER})"
    rf"(?:[\s-]?(?P<scale>{LONG_SCALES})(?!分)|(?P<letter>[kbt]|(?-i:\s?M|\sB))(?![a-z]){_NO_NAME})?"
    rf"(?P<more>\+|\s?[多余](?:(?P<beyond>{LONG_SCALES})(?!分))?)?(?:\s?-?(?P<unit>{UNIT}){_ENDS})?"
    rf"(?P<above>[个种类张篇项条名]?\s?以上)?(?P<rest>[a-z]*)",
    re.IGNORECASE,
)
_SCALE = "(?:hundred|thousand|million|billion)"
_TENS = rf"(?:{ENGLISH})(?:-(?:one|{ENGLISH}))?"
_SPELLED = re.compile(
    rf"\b(?<![A-Za-z]-)(?P<word>zero(?!-| shot)|twice|{_TENS}"
    rf"|one(?=[\s-]{_SCALE}))\b"
    # "Between one hundred and two thousand" are two numbers, "one hundred five-second videos" too.
    rf"(?:[\s-](?P<hundred>hundred)s?\b(?:\sand\s(?P<tens>one|{_TENS})\b(?!-|\s{_SCALE})"
    rf"|\s(?P<more>one|{_TENS})\b(?!-|\shundred))?)?"
    rf"(?:[\s-](?P<scale>{_SCALE})s?\b)?"
    rf"(?:[\s-](?P<unit>{UNIT}){_ENDS})?",
    re.IGNORECASE,
)
# 一 alone is "a" more often than a number, 第三 the third; what is counted must follow.
_HAN = re.compile(
    rf"百分之(?P<share>{CHINESE})|(?<![第数几零一二两三四五六七八九十百千万亿\d])"
    rf"(?!一(?![十百千万亿点]))(?P<number>{CHINESE})"
    rf"(?:(?P<unit>{UNIT})|(?=[个种类张篇步项条名位家大块台组轮人]|阶段|(?<!二)次(?![方元刚多样函曲插规]|项[式目])))"
)
_SOME = re.compile("(?<!点)(?<!点[一二三四五六七八九])[一二两三四五六七八九]{2}")
"""三四 is three or four; 三点一四 is one number."""
_BESIDE = (
    r"(?:\s*(?:about|around|roughly|approximately|nearly|almost|only|an?\b|大?约|近|仅|可|需要?"
    r"|原来的|达到?|(?:[减降提]\w|缩短|下降|增[加长]|节省|加快|改善|压缩)了?|[高多]出|领先"
    r"|[快慢短低高少多]))*\s*$"
)
# How a text brings a number in: "from 30 ms" is not "to 30 ms", "up to 3" is not "3".
_SENSES = {
    sense: re.compile(rf"(?:{words}){_BESIDE}", re.IGNORECASE)
    for sense, words in (
        (
            "at most",
            r"\b(?:up to|at most|(?<!no )(?<!not )(?:less|fewer) than|under|below|not? more than"
            r"|as (?:much|many|high) as|not exceed(?:ing)?)\b|n't exceed\b|最[多高]|至多|[高长多]达"
            r"|不到|不足|[不未]超过|(?<!不)(?:低于|少于|小于)|不[高多大]于|[<≤]",
        ),
        (
            "at least",
            r"\b(?:at least|(?<!no )(?<!not )more than|not? (?:less|fewer) than|over"
            r"|(?<!not )(?<!n't )exceed(?:s|ed|ing)?|above)\b|至少|(?<![不未])超过"
            r"|(?<!不)[高多大]于|不[少低小]于|[>≥]",
        ),
        ("from", r"\bfrom\b|从|由"),
        ("to", r"\bto\b|[到至达]"),
        ("by", r"\bby\b|(?:提[高升]|增加|改善|降低|减少|下降|缩短|加快)了?"),
    )
}
ITEM = re.compile(r"[(（]\d[)）]|(?<!\w)\d[)）]")
"""A number of a list's item, which is no figure: "(1) …; (2) …"."""
SHARES = ("%", "pp")
"""The units of shares, which are left out as often as not."""
_BOUNDS = ("at most", "at least")
# In 中文 a number has no space around it, so what stands before may be a word character.
_AFTER_HAN = re.compile(r"(?<=[一-鿿])(?=[\d.])|(?<=\d)(?=[一-鿿])")

_SIGNS = {"times": "×", "sim": "~", "approx": "≈", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥"}
_MACRO = re.compile(rf"\\({'|'.join(_SIGNS)})(?![A-Za-z])")

_THOUSANDS = re.compile(r"(?<=\d)(?:\{,\}|\\,)(?=\d{3}(?!\d))")
"""10{,}000 and 10\\,000."""

_POWER = re.compile(
    r"(?<![A-Za-z\d_.^])(?:(?P<factor>\d+(?:\.\d+)?)(?:\s?[×x·]\s?10\s?\^|e)|10\^)"
    r"\s?\{?(?P<power>[-−+]?\d{1,2})\}?(?![A-Za-z\d_^]|\.\d)",
    re.IGNORECASE,
)
"""1.5e6, 3×10^6 and 10^{-4}."""

_SUPERSCRIPT = re.compile(r"(?<=(?<![A-Za-z\d.])10)[⁻⁺]?[⁰¹²³⁴-⁹]{1,2}")
_LOWERED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_NO_HALF = "夜载数年导监径自结衰精参球圆透离合正"  # 半导体, 半监督, 半自动
_HALF = re.compile(
    rf"(?P<number>(?<![\d.])\d+|{CHINESE})(?: ?(?P<behind>年|天|周|倍|个?小时|个月)半"
    rf"(?![{_NO_HALF}])| ?(?P<before>个)半(?=小时|月(?!板)))"
)
_OF_YEAR = re.compile(r"\d ?年 ?$")
_RATE = re.compile(r"(?:每秒|帧率)[^，,。；;、]{0,10}$")
# Letters that patterns take for s, i and k whatever their case, and `lower` does not; and "don’t".
_LETTERS = str.maketrans("ſıİ\u212a’", "siik'")


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
        """Whether one of the others has this value, in this unit (percent may be left out), and
        in no other sense.
        """
        return any(
            math.isclose(self.value, other.value, rel_tol=1e-9)
            and (self.unit == other.unit or (not self.unit and other.unit in SHARES))
            and self._agrees(other)
            for other in others
        )

    def _agrees(self, other: Quantity) -> bool:
        if self.sense in _BOUNDS or other.sense in _BOUNDS:
            return self.sense == other.sense
        return not (self.sense and other.sense) or self.sense == other.sense


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text: fractions in words, those in digits, then the others in words."""
    plain = text.translate(_LETTERS).replace("$", "").replace("\\%", "%")  # $93.1\\%$
    plain = _THOUSANDS.sub(",", plain)
    plain = _MACRO.sub(lambda found: _SIGNS[found[1]], plain)
    plain = _SUPERSCRIPT.sub(lambda found: f"^{{{found[0].translate(_LOWERED)}}}", plain)
    plain = _POWER.sub(_decimal, plain)
    plain = _HALF.sub(_and_a_half, plain)
    found = []
    for value, start, written in fractions(plain):
        found.append(Quantity(value, "", written, _sense(plain, start)))
        plain = plain.replace(written, " " * len(written), 1)  # 三分之一 is neither 3 nor 1
    return [*found, *_in_digits(_AFTER_HAN.sub(" ", plain)), *_spelled(plain)]


def _decimal(power: re.Match[str]) -> str:
    exponent = int(power["power"].replace("−", "-"))
    return format(Decimal(power["factor"] or 1).scaleb(exponent), "f")


def _and_a_half(found: re.Match[str]) -> str:
    decimals = ".5" if found["number"].isdigit() else "点五"
    return f"{found['number']}{decimals}{found['behind'] or found['before']}"


def _in_digits(text: str) -> Iterator[Quantity]:
    for found in _DIGITS.finditer(text):
        if found["rest"] and (found["scale"] or "").isascii():  # 3D, 4bit: a name; not 2万token
            continue
        number = found["number"].replace(",", "")
        value = float(number or 0) * scale_of(found["scale"] or found["letter"])
        value *= scale_of(found["beyond"])
        value = -value if found["minus"] else value
        factor, unit = (1.0, "%") if found["share"] else _unit(found["unit"], text, found.start())
        dated = unit == "years" and 1900 <= value <= 2100  # 2013年 is a date, and so is 2013年5月
        if dated or (unit == "months" and _OF_YEAR.search(text, 0, found.start())):
            unit = ""
        sense = "at least" if found["more"] or found["above"] else _sense(text, found.start())
        yield Quantity(value * factor, unit, found[0].strip(), sense)


def _spelled(text: str) -> Iterator[Quantity]:
    for found in _SPELLED.finditer(text):
        word, sense = found["word"].lower(), _sense(text, found.start())
        if word == "twice":
            yield Quantity(2.0, "times", found[0], sense)
            continue
        value = english_value(word) * scale_of(found["hundred"])
        if tens := found["tens"] or found["more"]:
            value += english_value(tens)
        value *= scale_of(found["scale"])
        factor, unit = unit_of(found["unit"])
        yield Quantity(value * factor, unit, found[0], sense)
    for found in _HAN.finditer(text):
        if _SOME.search(found["share"] or found["number"]):
            continue
        factor, unit = (1.0, "%") if found["share"] else _unit(found["unit"], text, found.start())
        value = factor * chinese_value(found["share"] or found["number"])
        yield Quantity(value, unit, found[0], _sense(text, found.start()))


def _unit(written: str | None, text: str, place: int) -> tuple[float, str]:
    factor, unit = unit_of(written)
    if unit == "帧":
        unit = "fps" if _RATE.search(text, 0, place) else ""
    return factor, unit


def _sense(text: str, place: int) -> str:
    before = text[max(0, place - 24) : place]
    return next((sense for sense, said in _SENSES.items() if said.search(before)), "")
