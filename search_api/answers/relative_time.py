"""Times counted from today: "yesterday", "this Friday", "the past two weeks", 上周末, 最近三天.

Days of the week alone are `weekday`'s, days and months of the calendar `calendar_time`'s.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from search_api.answers.calendar_time import OUT, Read
from search_api.answers.month import PART, PART_ZH, Days, month, part_of
from search_api.answers.numeral import CHINESE, ENGLISH, counted
from search_api.answers.weekday import DAY, DAY_ZH, WEEK_ZH, weekday

_UNITS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
_UNITS |= {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}
_END = r"\b(?:['’]s?)?(?! of\b)"  # not the last week of training
_COUNT = rf"(?P<count>\d{{1,3}}|one|couple of|(?:{ENGLISH})(?:-(?:one|{ENGLISH}))?)"
_UNIT_ZH = r"天(?![气线然文体数])|日(?![本报志均])|周(?![期围边转长])|星期|礼拜|年(?![级龄代份均])"
_DURING = "|".join(rf"(?<=\b{lead} )" for lead in ("in", "over", "within", "during", "for"))
# Of papers, not how things are: "today's LLMs", 今天的大模型.
_TODAYS = r"(?= (?:\w+ ){0,2}(?:papers?|articles?|preprints?|digests?|news)\b)"
_ONLY_TODAY = re.compile(r"\W*(?:today|今[天日])\W*", re.IGNORECASE)


def _one_day(match: re.Match[str], today: date, lead: str) -> Days:
    said = match[0].lower()
    text = match.string
    if said in ("today", "今天", "今日") and not (
        lead or OUT.search(text) or _ONLY_TODAY.fullmatch(text)
    ):
        raise ValueError("how things are today")
    begins = ("to", "this", "今"), ("yes", "昨")
    back = next((days for days, each in enumerate(begins) if said.startswith(each)), 2)
    day = today - timedelta(days=back)
    return day, day


def _up_to_today(match: re.Match[str], today: date, lead: str) -> Days:
    """As many days, weeks, months or years as are said, the last day of them today."""
    said, unit = (match["count"] or "one").lower(), match["unit"].lower()
    half = 0.5 if match.groupdict().get("half") else 0.0
    days = int((counted(said) + half) * _UNITS[unit])
    if not days:
        raise ValueError("no time at all")
    return today - timedelta(days=days - 1), today


def _week(match: re.Match[str], today: date, lead: str) -> Days:
    """A week from its Monday, this one up to today; or a day or the weekend of it."""
    which = match["which"].lower()
    back = 2 if which == "上上" else which[0] in "l上"
    monday = today - timedelta(days=today.weekday() + 7 * back)
    said = match["day"]
    if not said:
        return monday, monday + timedelta(days=6) if back else today
    if said.lower() in ("weekend", "末"):
        return monday + timedelta(days=5), monday + timedelta(days=6)
    day = monday + timedelta(days=weekday(said))
    return day, day


def _month(match: re.Match[str], today: date, lead: str) -> Days:
    """The month of today up to today, the last, or the one before that, or a part of one."""
    which = match["which"].lower()
    back = 2 if which.startswith("上上") else which[0] in "l上"
    days = month(today)
    for _ in range(back):
        days = month(days[0] - timedelta(days=1))
    if match["part"]:
        return part_of(days, match["part"])
    return days if back else (days[0], today)


def _part(match: re.Match[str], today: date, lead: str) -> Days:
    """The latest beginning, middle or end of a month, if papers are of it."""
    if not OUT.search(match.string):
        raise ValueError("a time of what is asked about")
    days = part_of(month(today), match["part"])
    if days[0] > today:
        days = part_of(month(today.replace(day=1) - timedelta(days=1)), match["part"])
    return days


def _quarter(match: re.Match[str], today: date, lead: str) -> Days:
    """The quarter of today up to today, or the last."""
    first = date(today.year, today.month - (today.month - 1) % 3, 1)
    if match["which"].lower()[0] not in "l上":
        return first, today
    last = first - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last


def _year(match: re.Match[str], today: date, lead: str) -> Days:
    if match[0][0].lower() in "t今":
        return date(today.year, 1, 1), today
    return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"\btoday(?:['’]s\b{_TODAYS}|\b(?!['’]))", _one_day),
        (r"\b(?:the day before )?yesterday\b(?:['’]s\b)?", _one_day),
        (r"\bthis morning\b(?:['’]s\b)?|今[早晨]", _one_day),
        (r"今[天日](?!头条)|昨[天日]|(?<![提之目以当大])前天(?![气线然文体数])", _one_day),
        (
            rf"\b(?:(?:the|this) )?past (?P<count>)(?P<unit>week|fortnight|month|year){_END}",
            _up_to_today,
        ),
        (
            # "In the last week" ends today; "last week" is one of the calendar.
            rf"(?:{_DURING})the last (?P<count>)(?P<unit>week|fortnight|month|year){_END}",
            _up_to_today,
        ),
        (
            rf"\b(?:(?:the|this|these) )?(?:last|past|previous) {_COUNT} "
            rf"(?P<unit>day|week|month|year)s?{_END}",
            _up_to_today,
        ),
        (
            rf"(?<![接附邻临靠将])(?:最近|近|过去)[的这]? ?(?P<count>\d{{1,3}}|{CHINESE}|半) ?"
            rf"个?(?P<unit>{_UNIT_ZH}|(?<=个)月)(?P<half>(?<=年)半)?"
            r"(?!的?(?:数据|观测|历史|记录|价格))"
            r"(?:[之以]内|内(?!容|存|部)|来(?!自|源)|[里间]|中(?![国文]))?",
            _up_to_today,
        ),
        (
            # Not of 以上两周, 线上两周.
            r"(?<![以晚早马线网础])上(?P<count>[两二三四]|\d)个?(?P<unit>周|星期|礼拜|(?<=个)月)"
            r"(?![期围边转长])",
            _up_to_today,
        ),
        (rf"\b(?:the )?(?P<which>this|last) (?:week|(?P<day>weekend)){_END}", _week),
        (rf"\b(?P<which>this) {DAY}", _week),
        (
            r"(?P<which>上上|(?<![以晚早])上一?|(?<![样标版基成])本|这一?)个?"
            rf"{WEEK_ZH}{DAY_ZH}?",
            _week,
        ),
        (rf"\b{PART}(?P<which>this|last) month{_END}", _month),
        (rf"(?P<which>这个|本|上上个?|上一?个?)月(?![球亮])份?{PART_ZH}", _month),
        (
            rf"\b(?:the )?(?P<part>(?:beginning|start|middle|end) of) the month{_END}",
            _part,
        ),
        (
            r"(?<![一-鿿\d])月(?P<part>[初底末])(?=以来|[，,]|的?(?:论文|文章|新|发[表布])"
            r"|有(?:什么|哪些|没有))",
            _part,
        ),
        (rf"\b(?P<which>this|last) quarter{_END}", _quarter),
        (r"(?P<which>这个|本|上一?个?)季度", _quarter),
        (rf"\b(?:this|last) year{_END}|(?:今年|(?<!过)去年)(?! ?年?[初底末])", _year),
    )
)
"""Patterns of times, with what reads their matches."""
