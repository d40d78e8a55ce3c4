"""Times on the calendar: "20-25 September", "late September", 2025/09/25, 九月底, 2024年.

Times counted from today are `relative_time`'s, years alone `year`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from search_api.answers.month import NAMES, NUMBERS, PART, PART_ZH, Days, is_word, month, part_of
from search_api.answers.numeral import chinese_value

Read = Callable[[re.Match[str], date, str], Days]
"""Reads a match of a pattern: by today, and by the word before it, such as "since", or "to"
behind another time. Raises `ValueError` for what only looks like a time.
"""

SINCE_ZH = (
    "(?:以来|之后|以后|后(?![续期面来台端])|开始|起(?![草来到因步源点])|至今|到现在"
    "|到目前(?:为止)?)"
)
"""A pattern of what stands behind a time that ends today."""

OUT = re.compile(
    r"\b(?:papers|new|news|publish\w*|releas\w*|appear\w*|c[oa]me out|posted|announced"
    r"|submitted|out|read|saw|seen|digests?)\b|论文|文章|新|发[表布]|上线|日报|工作|研究|进展"
    r"|有(?:什么|哪些|没有)|(?:看|读|见)[到过]",
    re.IGNORECASE,
)
"""A pattern of what tells that papers are asked for, which a time may be of."""

_WEEKDAY = r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
_NAME = rf"\b(?P<name>{NAMES})\b(?:\.(?= ?\d))?"
_YEAR = r"(?:,? (?:of )?(?:(?P<year>20\d\d)|(?P<rel>(?:last|this) year))\b)?"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_DAY_END = r"(?:st|nd|rd|th)?\b(?!\.?\d|%)"
_TO = r"(?:\s*[–—~～至到]\s*|\s?-\s?|\s+(?:to|through|until|till)\s+)"
# One day, or two with all between them; "and" joins them after "between" and where the month or
# the year behind them tells that both are days.
_BETWEEN = r"(?:(?P<between>between )(?:the )?)?"
_DAYS = (
    rf"(?P<day>{_DAY}){_DAY_END}(?:(?:{_TO}"
    rf"|(?(between) and | (?:and|or) (?={_DAY}{_DAY_END}(?:,? 20\d\d\b| (?:{NAMES})\b))))"
    rf"(?:the )?(?P<to>{_DAY}){_DAY_END})?"
)
_NO_MONTH = rf"(?!(?: of)? (?:{NAMES})\b)"  # not the 3 of "September 28 - 3 October"
# 24年 only where a part of it follows: by itself it may be how long something took.
_SHORT_YEAR = r"[12]\d(?= ?年(?:\d\d? ?月|[上下]半年|第?[一二三四1-4]季度))"
_YEAR_ZH = (
    rf"(?:(?<!\d)(?P<year>20\d\d(?= ?年| ?[上下]半年)|{_SHORT_YEAR})(?: ?年)?"
    r"|(?P<rel>今年|(?<!过)去年|(?<!大)前年))的? ?"
)
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_IN_QUARTER = "|".join(rf"(?<=\b{lead} )|(?<=\b{lead} the )" for lead in ("in", "since", "from"))
_BACK = {"今年": 0, "this year": 0, "去年": 1, "last year": 1, "前年": 2}
# Not the month of 三月内, within three months, nor the brightness of the moon.
_MOON = (
    r" ?月(?!之?内|间|[球亮度龄])"
    r"(?:(?<=\d月)|(?<=\d 月)|(?<=[到至和与].月)|(?!之间))份?"  # nor of 短短三月之间
)
# Not the 9月 of 19月.
_MONTH_ZH = (
    r"(?<![\d一二三四五六七八九十第每近])(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
    rf"{_MOON}"
)
_DAY_ZH = rf"(?:{_DAY}|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_TO_ZH = " ?[-–—~～至到和与、] ?"
_DAYS_ZH = (
    rf"(?: ?(?P<day>{_DAY_ZH})(?= ?[日号]|{_TO_ZH}{_DAY_ZH} ?[日号]|(?<=\d)的?(?:论文|文章))"
    rf"(?: ?[日号])?"
    rf"(?:{_TO_ZH}(?P<to>{_DAY_ZH}) ?[日号])?)?"
)
# A month alone only as 2025-09 or 2025/09: 2025.09 may be a number.
_ISO = (
    r"(?<![A-Za-z\d_/.])(?P<year>20\d\d)(?P<mark>[-/.])(?P<month>\d\d?)(?:(?<=[-/]\d\d)|"
    rf"(?P=mark)(?P<day>{_DAY})(?!\d)(?:{_TO}(?:(?P<to_month>1[0-2]|0\d)(?P=mark))?"
    rf"(?P<to>{_DAY})(?![-/.]?\d| ?[年月])[日号]?)?)"
    r"(?![A-Za-z\d_]|[./]\d|-(?!20\d\d))"
)

_MODEL = re.compile(r"[A-Za-z][\w.-]*-$", re.ASCII)


def _date(match: re.Match[str], today: date, lead: str) -> Days:
    """A month, a part of it or days of it; without a year, the latest that has begun."""
    said = match.groupdict("")
    if name := said.get("name"):
        dated = any(said.get(each) for each in ("day", "part", "last"))
        of_year = any(said.get(each) for each in ("year", "rel", "between"))
        if is_word(name, lead, of_year=of_year, dated=dated):
            raise ValueError(f"{name} is a word here")
        number = NUMBERS[name.lower()]
    else:
        number = _number(said["month"])
    days = month(date(_said_year(match, today, number), number, 1))
    if said.get("part"):
        return _begun(part_of(days, said["part"]), match, today, lead)
    if not said.get("day"):
        return days
    first = days[0].replace(day=_number(said["day"]))
    last = first.replace(
        month=_number(said.get("to_month") or str(first.month)),
        day=_number(said.get("to") or said["day"]),
    )
    if said.get("to_month") and first > last:
        last = last.replace(year=last.year + 1)
    if first > last:
        raise ValueError("the days are the wrong way round")
    return _begun((first, last), match, today, lead)


def _begun(days: Days, match: re.Match[str], today: date, lead: str) -> Days:
    """The days, or those a year before if no year is named and they are still to come; an end,
    be it of another time or by itself, may be.
    """
    said = match.groupdict()
    if said.get("year") or said.get("rel") or lead in ("to", "before") or days[0] <= today:
        return days
    first, last = (day.replace(year=day.year - 1) for day in days)
    return first, last


def _said_year(match: re.Match[str], today: date, begins: int = 1) -> int:
    """The year named; without one, the latest in which the month `begins` has begun."""
    said = match.groupdict("")
    if rel := said.get("rel"):
        return today.year - _BACK[rel.lower()]
    year = int(said.get("year") or today.year - (begins > today.month))
    return year if year > 99 else 2000 + year


def _number(said: str) -> int:
    return int(said) if said.isdigit() else int(chinese_value(said))


def _iso(match: re.Match[str], today: date, lead: str) -> Days:
    if _MODEL.search(match.string, 0, match.start()):
        raise ValueError("a version: gpt-4o-2024-08-06")
    return _date(match, today, lead)


def _half_year(match: re.Match[str], today: date, lead: str) -> Days:
    year = _said_year(match, today)
    if match["half"][0].lower() in "上f1":
        return date(year, 1, 1), date(year, 6, 30)
    return date(year, 7, 1), date(year, 12, 31)


def _quarter(match: re.Match[str], today: date, lead: str) -> Days:
    """A quarter; without a year, the latest that has begun, and only of papers."""
    said = {"nth_en": ""} | match.groupdict("")
    if not (said.get("year") or said.get("rel") or OUT.search(match.string)):
        raise ValueError("a quarter of what is asked about")
    named = said["nth"] or said["nth_en"]
    nth = _NTH.get(named.lower()) or _number(named)
    year = _said_year(match, today, 3 * nth - 2)
    return date(year, 3 * nth - 2, 1), month(date(year, 3 * nth, 1))[1]


def _months(match: re.Match[str], today: date, lead: str) -> Days:
    """From one month to another; without a year, the latest that has begun."""
    first, last = _number(match["month"]), _number(match["until"])
    year = _said_year(match, today, first)
    return date(year, first, 1), month(date(year + (last < first), last, 1))[1]


FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (
            rf"(?<![\w.-])(?<!top ){_WEEKDAY}(?:the )?{_BETWEEN}{_DAYS}(?: of)? (?P<last>last )?"
            rf"{_NAME}{_YEAR}",
            _date,
        ),
        (
            rf"{_WEEKDAY}{_BETWEEN}{PART}(?P<last>last )?{_NAME}(?: (?:the )?{_DAYS}{_NO_MONTH})?"
            rf"{_YEAR}",
            _date,
        ),
        # A year that is not read leaves its month unread: 二四年九月.
        (rf"(?:{_YEAR_ZH}|(?<!年)(?<!年 )(?<!年的)){_MONTH_ZH}{PART_ZH}{_DAYS_ZH}", _date),
        (_ISO, _iso),
        (
            rf"(?<![A-Za-z\d_./-])(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>{_DAY})"
            r"(?<=\d{8})(?![A-Za-z\d_./-])",
            _iso,
        ),
        (
            rf"(?<![\w.-])(?P<day>{_DAY})\.(?P<month>1[0-2]|0?[1-9])\.(?P<year>20\d\d)(?![.-]?\w)",
            _date,
        ),
        (rf"\b(?P<rel>(?:last|this) year)['’]s {_NAME}", _date),
        (rf"{_YEAR_ZH}(?P<half>[上下])半年", _half_year),
        (
            r"\b(?:h|the )?(?P<half>(?<=h)[12](?: of)?|(?:first|second) half of) "
            r"(?P<year>20\d\d)\b",
            _half_year,
        ),
        (rf"{_YEAR_ZH}第?(?P<nth>[一二三四1-4])季度", _quarter),
        (r"\bq(?P<nth>[1-4])(?: of|,)? (?P<year>20\d\d)\b", _quarter),
        (
            rf"\b(?:the )?(?P<nth>{'|'.join(_NTH)}) quarter(?: of|,)? (?P<year>20\d\d)\b",
            _quarter,
        ),
        # Without a year, where it is sure to be a time: Q1 may be a quartile.
        (
            rf"(?:{_IN_QUARTER})(?:the )?(?:q(?P<nth>[1-4])|(?P<nth_en>{'|'.join(_NTH)}) quarter)"
            r"(?=\s*(?:[,.?!;–-]|$|(?:about|on|that|which|and|or|to)\b))",
            _quarter,
        ),
        (
            rf"(?<![年的\d])第?(?P<nth>[一二三四1-4])季度(?={SINCE_ZH}|[和与、到至]|的?(?:论文|文章|新|发[表布])"
            r"|有(?:什么|哪些|没有)|[，,])",
            _quarter,
        ),
        (
            rf"(?:{_YEAR_ZH}|(?<!年)(?<!年 )(?<!年的))(?<![\dA-Za-z.第每近-])"
            rf"(?P<month>1[0-2]|0?[1-9]) ?[-–—~～至到、和] ?(?P<until>1[0-2]|0?[1-9]){_MOON}",
            _months,
        ),
    )
)
"""Patterns of times, with what reads their matches."""
