"""Months: their names, their parts, and the words and acronyms that only look like one."""

from __future__ import annotations

import calendar
from datetime import date

Days = tuple[date, date]
"""The first and the last day of a time."""

PART = (
    r"(?:(?:the )?(?P<part>early|mid|late|(?:beginning|start|middle|end) of"
    r"|(?:first|second) half of|(?:first|second|third|fourth|last) week of)[ -](?:the )?)?"
)
"""A pattern of what says a part of a month, in front of it; `PART_ZH` stands behind it."""
PART_ZH = (
    "(?:的?(?P<part>[上中下]旬|[上下]半月|第[一二三四]周|最后一周|初(?![步始次级期])|底(?![层部座])"
    "|末(?![尾端梢位])))?"
)
_PARTS = {  # all others begin on the 21st
    **dict.fromkeys(("first week of", "第一周"), (1, 7)),
    **dict.fromkeys(("second week of", "第二周"), (8, 14)),
    **dict.fromkeys(("third week of", "第三周"), (15, 21)),
    **dict.fromkeys(("fourth week of", "第四周"), (22, 28)),
    **dict.fromkeys(("first half of", "上半月"), (1, 15)),
    **dict.fromkeys(("early", "beginning of", "start of", "上旬", "初"), (1, 10)),
    **dict.fromkeys(("mid", "middle of", "中旬"), (11, 20)),
}
_FULL = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_SHORT = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
NUMBERS = _SHORT | _FULL
"""The numbers of months by their English names, in small letters."""
NAMES = "|".join(sorted(NUMBERS, key=len, reverse=True))
"""A pattern of them."""
_WORDS = {"may", "march"}
_TELL = {"since", "after", "before", "until", "from", "between", "in", "during"}


def month(day: date) -> Days:
    """The month that a day is of."""
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=last)


def part_of(days: Days, said: str) -> Days:
    """A third or half of a month, or one of its weeks, the first from its first day on."""
    first, last = days
    if said.lower() in ("last week of", "最后一周"):
        return last.replace(day=last.day - 6), last
    if said.lower() in ("second half of", "下半月"):
        return first.replace(day=16), last
    start, stop = _PARTS.get(said.lower(), (21, last.day))
    return first.replace(day=start), first.replace(day=stop)


def is_word(name: str, lead: str, *, of_year: bool, dated: bool) -> bool:
    """Whether a month's name is a word, a person's name or an acronym, by what stands around
    it: the word before it (`lead`, "to" behind another time), a year, a day or a part.
    """
    short, capital = name.lower() not in _FULL, name[0].isupper()
    if not short and name.lower() not in _WORDS:
        return False
    if short and name.isupper():  # MAR, SEP
        return True
    told = lead in _TELL and (capital or not short)
    dated = dated and (capital or short)
    return not (of_year or told or dated or (lead == "to" and capital))
