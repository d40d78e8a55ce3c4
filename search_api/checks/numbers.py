"""Numbers of a summary that its abstract does not give, or gives in another unit.

A summary may leave out any number and round none: what it gives must stand somewhere in the
abstract. How numbers are written is `answers.quantity`'s; here is what two texts about one
paper may write differently all the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from search_api.answers.numeral import ENGLISH, english_value
from search_api.answers.quantity import Quantity
from search_api.checks.reference import Doubt, Reference, figures

MAX_RATIO = 20
"""Between two numbers one of which may be meant for the other."""
# "1) …", "（2）…" and "3. …" count what follows; 9月 is September.
_MARKER = re.compile(r"(?:(?<=^)|(?<=[\s：:；;，,、。（(]))\d{1,2}(?:[)）]|[.、](?=\s|[^\d\s]))")
_MONTH = re.compile(r"\d{1,2}\s*月")
# Of 1-2万 and 10–20% the first number has the unit of the second.
_RANGE = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s?[-–—~～至到]\s?(?=\d+(?:\.\d+)?\s?([百千万亿]+|%|倍))"
)
_FOLD = re.compile(rf"\b({ENGLISH})-?fold\b", re.IGNORECASE)
_WORDS = {
    2.0: re.compile(r"\b(?:doubl\w+|twice|half|halv\w+|two|both|pair)\b", re.IGNORECASE),
    3.0: re.compile(r"\b(?:tripl\w+|third|three)\b", re.IGNORECASE),
    25.0: re.compile(r"\bquarter\b", re.IGNORECASE),
    50.0: re.compile(r"\b(?:half|halv\w+)\b", re.IGNORECASE),
    75.0: re.compile(r"\bthree[ -]quarters\b", re.IGNORECASE),
    1.0: re.compile(r"\b(?:single|one|an?|first|doubl\w+)\b", re.IGNORECASE),
}
_ALIKE = ({"%", "pp"}, {"%", ""}, {"pp", ""}, {"times", ""})


def doubts(sentence: str, reference: Reference) -> Iterator[Doubt]:
    """The numbers of a sentence that its reference does not give so."""
    plain = _RANGE.sub(r"\1\2-", _MONTH.sub(" ", _MARKER.sub(" ", sentence)))
    said = figures(plain)
    for each in dict.fromkeys(said):
        same = [other for other in reference.all_figures if _same_value(each, other)]
        if not same:
            against = _meant(each, said, reference)
            # A count in words, as 两种, is often the summary's own.
            if not _in_words(each, reference) and (against or _has_digit(each)):
                yield Doubt("number", f"says {each.written}, its abstract does not", against)
        elif each.unit and not any(_same_unit(each, other) for other in same):
            other = same[0]
            against = tuple(
                place for place, found in enumerate(reference.figures) if other in found
            )
            if against:
                yield Doubt("unit", f"{each.written} against {other.written}", against)


def _same_value(one: Quantity, other: Quantity) -> bool:
    # The dash of a range is no minus, and a share may be given as 0.93 or as 93%.
    ratios = (1.0, 100.0, 0.01) if "%" in (one.unit, other.unit) else (1.0,)
    return any(
        math.isclose(abs(one.value), ratio * abs(other.value), rel_tol=1e-6) for ratio in ratios
    )


def _same_unit(one: Quantity, other: Quantity) -> bool:
    units = {one.unit, other.unit}
    return not other.unit or len(units) == 1 or units in _ALIKE


def _in_words(quantity: Quantity, reference: Reference) -> bool:
    """Whether the reference says it in a word that counts without being a number."""
    word = _WORDS.get(quantity.value)
    if word is not None and word.search(reference.text):
        return True
    return any(
        english_value(found[1]) == quantity.value for found in _FOLD.finditer(reference.text)
    )


def _has_digit(quantity: Quantity) -> bool:
    return any(char.isdecimal() for char in quantity.written)


def _meant(quantity: Quantity, said: list[Quantity], reference: Reference) -> tuple[int, ...]:
    """The places of sentences with a number in this unit that the summary's sentence lacks."""
    return tuple(
        place
        for place, found in enumerate(reference.figures)
        if any(
            _comparable(quantity, other) and not any(_same_value(other, each) for each in said)
            for other in found
        )
    )


def _comparable(one: Quantity, other: Quantity) -> bool:
    small, large = sorted((abs(one.value), abs(other.value)))
    alike = one.unit == other.unit or {one.unit, other.unit} == {"%", "pp"}
    return alike and 0 < large <= MAX_RATIO * small
