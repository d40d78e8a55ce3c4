"""Times at a distance from today: "three days ago", 两周前, "a few days ago", "the last 24 hours".

They are told from memory, so all but days in figures are read with as much room as their unit
leaves. Weeks and months by the calendar, and spans up to today, are `relative_time`'s.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from search_api.answers.calendar_time import Read
from search_api.answers.month import Days
from search_api.answers.numeral import CHINESE, ENGLISH, counted

_UNITS = {"day": 1, "week": 7, "month": 30, "天": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
_FEW = 3
_VAGUE = {"few", "several", "几", "好几"}
_COUNT = (
    rf"(?:(?P<low>\d{{1,2}}|one|{ENGLISH})(?:\s?[-–~]\s?| or | to ))?"
    rf"(?:a )?(?P<count>\d{{1,2}}|a|one|couple of|few|several|{ENGLISH})"
)
# 三四天前 is three or four days ago.
_COUNT_ZH = (
    r"(?:(?P<low>\d{1,2}) ?[-–~到至] ?|(?P<near>[一二两三四五六七八九])(?=[二三四五六七八九]))?"
    rf"(?P<count>\d{{1,2}}|{CHINESE}|好?几|半)"
)
# Not what a paper is about: 发病三天前, 手术一周前; nor 三天前后.
_FREE_ZH = r"(?<![病术生震灾爆到晚早提第\d])"
_AGO_ZH = r"[之以]?前(?![后沿置者瞻端往进台列])"
_HOURS = 24
# Papers of these hours, not what is forecast from them.
_DURING = "|".join(rf"(?<=\b{lead} the )" for lead in ("in", "over", "within", "during"))
_OUT_ZH = "(?:[之以]?内|[里间])?(?=有|新|发|的?(?:新|论文|文章|工作|研究)|[，,？?。]|$)"


def _ago(match: re.Match[str], today: date, lead: str) -> Days:
    """A day so far back, the days of a week or month around it, or all that a few may be; of two
    counts, from the farther to the nearer.
    """
    unit, said = _UNITS[match["unit"].lower()], match["count"].lower()
    if said in _VAGUE:
        return today - timedelta(days=2 * _FEW * unit), today - timedelta(days=unit)
    back = int(counted(said) * unit)
    room = min(unit, back) // 2
    if not back:
        raise ValueError("no time at all")
    low = match["low"] or match.groupdict().get("near")
    nearer = int(counted(low.lower()) * unit) if low else back
    if nearer > back:
        raise ValueError("the counts are the wrong way round")
    return today - timedelta(days=back + room), today - timedelta(days=max(0, nearer - room))


def _other_day(match: re.Match[str], today: date, lead: str) -> Days:
    """The days just behind, in which "the other day" was."""
    return today - timedelta(days=2 * _FEW), today - timedelta(days=1)


def _few_days(match: re.Match[str], today: date, lead: str) -> Days:
    return today - timedelta(days=2 * _FEW), today


def _day_before(match: re.Match[str], today: date, lead: str) -> Days:
    day = today - timedelta(days=3)
    return day, day


def _hours(match: re.Match[str], today: date, lead: str) -> Days:
    """The days that so many hours up to now are of."""
    return today - timedelta(days=-(-int(match["count"]) // _HOURS)), today


FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"(?<!half )\b(?:about )?{_COUNT} (?P<unit>day|week|month)s? ago\b", _ago),
        (
            rf"{_FREE_ZH}(?:大[约概])?{_COUNT_ZH} ?个?(?P<unit>天|周|星期|礼拜|(?<=个)月)"
            rf"(?:左右)?{_AGO_ZH}",
            _ago,
        ),
        (
            # Not of how far ahead: 提前几天.
            r"\bthe other day\b|(?:(?<![一-鿿\d])|(?<=[我你您们在是就从了]))前[几两]天",
            _other_day,
        ),
        (r"(?:最近|[这近])几天(?![气线])", _few_days),
        (r"大前天", _day_before),
        (rf"(?:{_DURING})(?:last|past) (?P<count>\d{{1,3}}) hours\b(?! of\b)", _hours),
        (rf"(?:最近|近|过去)的? ?(?P<count>\d{{1,3}}) ?个?小时{_OUT_ZH}", _hours),
    )
)
"""Patterns of times, with what reads their matches."""
