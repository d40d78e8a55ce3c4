"""Numbers with their units, as texts in either language write them.

`93.1%`, `93.1 percent` and `百分之93.1` are one quantity; so are `1.5M`, `1.5 million`,
`1.5e6` and `150万`, `3x`, `3 times` and `3倍`, `thirty` and `三十`, `one third of` and `三分之一`,
`$5 million` and `500万美元`, `doubles`, `twice` and `翻一番`, `ranked 2nd` and `排名第二`.
A digit inside a name (GPT-4, ResNet50, 3D) or a size (512×512) has no unit. What two texts say
of each other is `verification`'s and `agreement`'s.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from search_api.answers.currency import (
    CURRENCIES,
    MONEY,
    SIGN,
    currency,
    in_ranges,
    same_money,
)
from search_api.answers.factor import factor_sense, factors
from search_api.answers.fraction import fractions
from search_api.answers.notation import plain
from search_api.answers.numeral import CHINESE, ENGLISH, chinese_value, english_value
from search_api.answers.ordinal import RANK, ordinals, ranks
from search_api.answers.sense import BOUNDS, sense
from search_api.answers.share import share
from search_api.answers.unit import LONG_SCALES, UNIT, scale_of, unit_of

# Not the H of "8 H100 GPUs".
_NO_NAME = r"(?!(?-i:(?<=[A-Z]))\d)"
_ENDS = rf"(?![a-z]|/o\b){_NO_NAME}"  # no watt in "w/o"
_BEFORE = r"(?<![\w.^_])(?:(?<![A-Za-z]-)|(?<=\d[a-z%]-)|(?<=\d[a-z]{2}-))"  # not GPT-4; 7B-70B
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_DIGITS = re.compile(
    rf"(?P<share>百分之\s?)?(?P<minus>(?<![\w%)\]}}–—-])[-−](?:\s(?!{SIGN}))?)?(?P<sign>{SIGN})?"
    rf"{_BEFORE}(?P<number>{_NUMBER})"
    rf"(?:[\s-]?(?P<scale>{LONG_SCALES})(?!分)|(?P<letter>[kmbt]|(?-i:\s[MB]))(?![a-z]){_NO_NAME})?"
    rf"(?P<more>\+|\s?[多余])?(?:\s?-?(?:(?P<unit>{UNIT})|(?P<money>{MONEY})){_ENDS})?"
    rf"(?P<above>[个种类张篇项条名]?\s?以上)?(?P<rest>[a-z]*)",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"\b(?P<word>zero|twice|(?:(?:{ENGLISH})(?:-(?:one|{ENGLISH}))?)"
    r"|one(?=[\s-](?:hundred|thousand|million|billion)))\b"
    r"(?:[\s-](?P<hundred>hundred(?=[\s-](?:thousand|million|billion)\b)))?"
    r"(?:[\s-](?P<scale>hundred|thousand|million|billion))?"
    rf"(?:[\s-](?:(?P<unit>{UNIT})|(?P<money>{MONEY})){_ENDS})?",
    re.IGNORECASE,
)
# 一 alone is "a" more often than a number, 第三 the third; what is counted must follow.
_HAN = re.compile(
    rf"百分之(?P<share>{CHINESE})|(?<![第数几零一二两三四五六七八九十百千万亿\d])"
    rf"(?!一(?![十百千万亿点]))(?P<number>{CHINESE})"
    rf"(?:(?P<unit>{UNIT})|(?P<money>{MONEY})|(?=[个种类张篇步项条名位家大块台组轮人]|阶段|(?<!二)次))"
)
_SOME = re.compile("(?<!点)(?<!点[一二三四五六七八九])[一二两三四五六七八九]{2}")
"""三四 is three or four; 三点一四 is one number."""
SHARES = ("%", "pp")
"""The units of shares."""
_LEFT_OUT = {*SHARES, *CURRENCIES}
"""Units that are left out as often as not."""
# In 中文 a number has no space around it, so what stands before may be a word character.
_AFTER_HAN = re.compile(r"(?<=[一-鿿])(?=[\d.])|(?<=\d)(?=[一-鿿])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit ("" where there is none), how the text writes it, in what sense
    ("at most", "at least", "from", "to", "by" or "") and, of a percentage, whether it is a "share"
    of a measure or its "rate" ("" where this is not told).
    """

    value: float
    unit: str
    written: str
    sense: str = ""
    share: str = ""

    def is_said_by(self, others: Iterable[Quantity]) -> bool:
        """Whether one of the others has this value, in this unit (percent and a currency may be
        left out), and in no other sense.
        """
        return any(self._equals(other) and self._agrees(other) for other in others)

    def _equals(self, other: Quantity) -> bool:
        if self.is_half and other.is_half:
            return True
        return math.isclose(self.value, other.value, rel_tol=1e-9) and (
            same_money(self.unit, other.unit) or (not self.unit and other.unit in _LEFT_OUT)
        )

    @property
    def is_half(self) -> bool:
        """Halved, half of or 50%; no plain 0.5, which may be anything."""
        in_words = not any(char.isdigit() for char in self.written)
        halves = {"%": 50.0, "times": 0.5} | ({"": 0.5} if in_words else {})
        return self.value == halves.get(self.unit)

    def _agrees(self, other: Quantity) -> bool:
        if self.share and other.share and self.share != other.share:
            return False
        if self.sense in BOUNDS or other.sense in BOUNDS:
            return self.sense == other.sense
        return not (self.sense and other.sense) or self.sense == other.sense


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text: fractions in words, those in digits, then the others in words."""
    text = plain(text)
    found = []
    for value, start, written in fractions(text):
        found.append(Quantity(value, "", written, sense(text, start)))
        text = text.replace(written, " " * len(written), 1)  # 三分之一 is neither 3 nor 1
    for value, start, written, said in factors(text):
        found.append(Quantity(value, "times", written, said))
        text = _without(text, start, written)
    for value, start, written in ranks(text):
        found.append(Quantity(value, RANK, written))
        text = _without(text, start, written)
    return [*found, *_in_digits(_AFTER_HAN.sub(" ", text)), *_spelled(text)]


def borne_out(text: str) -> list[Quantity]:
    """The numbers that a text bears out: its own, and what it counts as ranks."""
    return [*quantities(text), *(Quantity(value, RANK, "") for value in ordinals(text))]


def _without(text: str, start: int, written: str) -> str:
    return text[:start] + " " * len(written) + text[start + len(written) :]


def _in_digits(text: str) -> Iterator[Quantity]:
    numbers = [found for found in _DIGITS.finditer(text) if not found["rest"]]  # 3D is a name
    between = [text[one.end() : other.start()] for one, other in pairwise(numbers)]
    coins = in_ranges([currency(found) for found in numbers], between)
    for found, coin in zip(numbers, coins, strict=True):
        number = found["number"].replace(",", "")
        value = float(number or 0) * scale_of(found["scale"] or found["letter"])
        value = -value if found["minus"] else value
        factor, unit = (1.0, "%") if found["share"] else unit_of(found["unit"])
        if unit == "years" and 1900 <= value <= 2100:  # 2013年 is a date
            unit = ""
        said = "at least" if found["more"] or found["above"] else sense(text, found.start())
        yield _quantity(value * factor, unit or coin, found, said)


def _spelled(text: str) -> Iterator[Quantity]:
    for found in _SPELLED.finditer(text):
        word, said = found["word"].lower(), sense(text, found.start())
        if word == "twice":
            yield Quantity(2.0, "times", found[0], said)
            continue
        value = english_value(word) * scale_of(found["hundred"]) * scale_of(found["scale"])
        factor, unit = unit_of(found["unit"])
        yield _quantity(value * factor, unit or currency(found), found, said)
    for found in _HAN.finditer(text):
        if _SOME.search(found["share"] or found["number"]):
            continue
        factor, unit = (1.0, "%") if found["share"] else unit_of(found["unit"])
        value = factor * chinese_value(found["share"] or found["number"])
        yield Quantity(value, unit or currency(found), found[0], sense(text, found.start()))


def _quantity(value: float, unit: str, found: re.Match[str], said: str) -> Quantity:
    factor = None if unit else factor_sense(found)
    if factor is not None:
        return Quantity(value, "times", found[0].strip(), factor)
    return Quantity(value, unit, found[0].strip(), said, share(found) if unit == "%" else "")
