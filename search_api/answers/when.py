"""Time asked for in words: "last week", "in September", "九月以来", made into dates.

Relative to the newest day that the archive knows: "last week" of an archive that ends in
October is a week of October. The vocabulary is small and in two languages, and a phrase must
be cut out of the question exactly, which general date parsers do not offer.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_CHINESE = "一 二 三 四 五 六 七 八 九 十 十一 十二".split()
_MONTHS |= {numeral: n for n, numeral in enumerate(_CHINESE, 1)}
_NAMES = "|".join(name for name in _MONTHS if name.isascii())
_NUMERALS = "|".join(sorted(_CHINESE, key=len, reverse=True))
_SINCE = "以来|之后|以后|开始|起"
# Not the 9月 of 19月, nor "within three months", nor the brightness of the moon.
_MONTH = (
    rf"(?<![\d一二三四五六七八九十第每近])(?P<zmonth>1[0-2]|0?[1-9]|{_NUMERALS})"
    r" ?月(?!之?[内间]|[球亮度])份?"
)
_RELATIVE = re.compile(
    r"\b(?:(?P<since>since )|(?:in|from|during) )?(?:the )?"
    r"(?P<en>today|yesterday|(?:this|last|past) (?:week|month|year))\b(?:['’]s\b)?"
    # Not the 本周 of 样本周围, nor the 去年 of 过去年均.
    r"|(?P<zh>今天|昨天|(?:[本这]周|上周|上个?星期)(?![期围边转长])|这个月|本月|上个?月"
    rf"|今年(?! ?(?:\d|{_NUMERALS})+ ?月)|(?<!过)去年(?! ?(?:\d|{_NUMERALS})+ ?月)"
    rf"|最近一周|最近一个月)(?P<zsince>{_SINCE})?",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"\b(?P<since>since |from |between )?(?P<in>in |during )?(?:on )?"
    r"(?:(?:the )?(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? )?"
    rf"(?P<last>last )?(?P<name>{_NAMES})\b"
    r"(?: (?P<day2>\d\d?)(?:st|nd|rd|th)?\b)?(?:,? (?P<year>20\d\d)\b)?"
    # Not the date in gpt-4o-2024-08-06.
    r"|(?<![A-Za-z\d-])(?P<since2>since |from |between )?(?:in |during |on )?"
    rf"(?P<iso>20\d\d-\d\d(?:-\d\d)?)(?![A-Za-z\d-])(?P<isince>{_SINCE})?"
    r"|(?:自从?|从|在)?(?:(?<!\d)(?P<zyear>20\d\d) ?年 ?|(?P<zrel>今年|(?<!过)去年) ?)?"
    rf"{_MONTH}(?:(?P<zday>[12]\d|3[01]|0?[1-9])[日号])?(?P<zsince>{_SINCE})?"
    rf"|(?:自从?|从|在)?(?<!\d)(?P<yonly>20\d\d) ?年(?!代)(?P<ysince>{_SINCE})?"
    r"|\b(?P<since3>since )(?P<year3>20\d\d)\b"
    r"|(?:(?<=papers )|(?<=published )|(?<=appeared ))(?:in|from) (?P<year4>20\d\d)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:\b(?:to|until|through|and)\b|[-–—~～至到和与])\s*", re.IGNORECASE)
# What ends at a time starts at none, which is more than a narrower search; it stays unread.
_UNTIL = re.compile(
    r"(?:\b(?:before|until|till|by|to) (?:the )?|截至|截止到?|直到)$", re.IGNORECASE
)
_BEFORE = re.compile(r"\s*(?:以前|之前)")
# A year alone may belong to what is asked about: WMT 2014年, 2015年的竞赛.
_PAPERS = re.compile("论文|文章|发表|工作|研究|哪[几些]?篇")
# "may" is a word before it is a month.
_AMBIGUOUS = {"may", "march"}


@dataclass(frozen=True, slots=True)
class When:
    """A phrase of a question and the days that it means, ISO dates, both inclusive; `rest`
    is the question without it.
    """

    phrase: str
    start: str
    end: str | None
    rest: str


def find_when(question: str, today: date) -> When | None:
    """The time that a question asks for, as of `today`; None if it names none."""
    match = _RELATIVE.search(question)
    if match and not _is_end(question, match):
        start, last = _relative((match["en"] or match["zh"]).lower(), today)
        since = match["since"] or match["zsince"]
        return _when(question, match.span(), start, None if since else last)
    for match in _CALENDAR.finditer(question):
        if _is_word(match) or _is_end(question, match):
            continue
        if match["yonly"] and not (match["ysince"] or _PAPERS.search(question)):
            continue
        try:
            return _read(question, match, today)
        except ValueError:  # 2025-13, or 30 February
            continue
    return None


def _read(question: str, match: re.Match[str], today: date) -> When:
    """A time on the calendar, or two with all that lies between them."""
    start, last = _calendar(match, today)
    joined = _AND.match(question, match.end())
    second = _CALENDAR.match(question, joined.end()) if joined else None
    if second and not (_is_word(second) and second[0].islower()):
        _, end = _calendar(second, today)
        if start > end:
            start = start.replace(year=end.year - (start.month > end.month))
        return _when(question, (match.start(), second.end()), start, end)
    marks = ("since", "since2", "since3", "isince", "zsince", "ysince")
    since = any(match[mark] for mark in marks)
    return _when(question, match.span(), start, None if since else last)


def _is_word(match: re.Match[str]) -> bool:
    """Whether a month's name is an ordinary word here."""
    if (match["name"] or "").lower() not in _AMBIGUOUS:
        return False
    dated = (match["day"] or match["day2"] or match["last"]) and match["name"][0].isupper()
    return not (match["year"] or match["since"] or match["in"] or dated)


def _is_end(question: str, match: re.Match[str]) -> bool:
    before = _UNTIL.search(question[: match.start()])
    return bool(before or _BEFORE.match(question, match.end()))


def _when(question: str, span: tuple[int, int], start: date, end: date | None) -> When:
    begin, stop = span
    rest = " ".join((question[:begin] + " " + question[stop:]).split()).lstrip(",，、 ")
    phrase = question[begin:stop].strip()
    return When(phrase, start.isoformat(), end.isoformat() if end else None, rest)


def _relative(phrase: str, today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    if phrase in ("today", "今天"):
        return today, today
    if phrase in ("yesterday", "昨天"):
        return today - timedelta(days=1), today - timedelta(days=1)
    if phrase in ("past week", "最近一周"):
        return today - timedelta(days=6), today
    if phrase in ("past month", "最近一个月"):
        return today - timedelta(days=29), today
    if phrase in ("this week", "本周", "这周"):
        return monday, today
    if phrase in ("last week", "上周", "上星期", "上个星期"):
        return monday - timedelta(days=7), monday - timedelta(days=1)
    if phrase in ("this month", "这个月", "本月"):
        return first, today
    if phrase in ("last month", "上月", "上个月"):
        return before.replace(day=1), before
    if phrase in ("this year", "今年", "past year"):
        return today.replace(month=1, day=1), today
    return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


def _calendar(match: re.Match[str], today: date) -> tuple[date, date]:
    """The first and last day of what is named. Raises `ValueError` if there is no such day."""
    if only := match["yonly"] or match["year3"] or match["year4"]:
        return date(int(only), 1, 1), date(int(only), 12, 31)
    if match["iso"]:
        year, month, *days = (int(part) for part in match["iso"].split("-"))
        day = days[0] if days else 0
    else:
        said = (match["name"] or match["zmonth"]).lower()
        month = _MONTHS.get(said) or int(said)
        day = int(match["day"] or match["day2"] or match["zday"] or 0)
        # Without a year, the latest such month that has begun.
        year = today.year - (month > today.month)
        if given := match["year"] or match["zyear"]:
            year = int(given)
        elif match["zrel"]:
            year = today.year - (match["zrel"] == "去年")
    if day:
        return date(year, month, day), date(year, month, day)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
