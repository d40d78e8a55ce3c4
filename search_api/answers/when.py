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
_RELATIVE = re.compile(
    r"\b(?:(?:in|from|during|since) )?(?:the )?"
    r"(?P<en>today|yesterday|(?:this|last|past) (?:week|month|year))\b"
    r"|(?P<zh>今天|昨天|本周|这周|上周|上个?星期|这个月|本月|上个?月|今年|去年|最近一周|最近一个月)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    rf"\b(?P<since>since |from )?(?:in |during )?(?P<name>{_NAMES})(?:,? (?P<year>20\d\d))?\b"
    r"|\b(?P<since2>since |from )?(?:in |during |on )?(?P<iso>20\d\d-\d\d(?:-\d\d)?)\b"
    rf"|(?:(?P<zyear>20\d\d)年)?(?P<zmonth>1[0-2]|0?[1-9]|{_NUMERALS})月份?(?P<zsince>以来|之后|以后)?"
    r"|(?P<yonly>20\d\d)年(?P<ysince>以来|之后|以后)?",
    re.IGNORECASE,
)
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
    if match := _RELATIVE.search(question):
        start, end = _relative((match["en"] or match["zh"]).lower(), today)
        return _when(question, match, start, end)
    for match in _CALENDAR.finditer(question):
        name = (match["name"] or "").lower()
        if name in _AMBIGUOUS and not (match["year"] or " " in match[0]):
            continue
        start, last = _calendar(match, name, today)
        since = match["since"] or match["since2"] or match["zsince"] or match["ysince"]
        return _when(question, match, start, None if since else last)
    return None


def _when(question: str, match: re.Match[str], start: date, end: date | None) -> When:
    rest = " ".join((question[: match.start()] + " " + question[match.end() :]).split())
    return When(match[0].strip(), start.isoformat(), end.isoformat() if end else None, rest)


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


def _calendar(match: re.Match[str], name: str, today: date) -> tuple[date, date]:
    if match["iso"]:
        parts = [int(part) for part in match["iso"].split("-")]
        year, month = parts[0], parts[1]
        if len(parts) == 3:
            return date(*parts), date(*parts)
    elif match["yonly"]:
        return date(int(match["yonly"]), 1, 1), date(int(match["yonly"]), 12, 31)
    else:
        said = match["zmonth"]
        month = _MONTHS[name] if name else _MONTHS.get(said) or int(said)
        given = match["year"] or match["zyear"]
        # Without a year, the latest such month that has begun.
        year = int(given) if given else today.year - (month > today.month)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
