"""Times counted from today: "yesterday", "last Friday", "the past two weeks", 上周末, 最近三天.

Days and months of the calendar are `calendar_time`'s.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from search_api.answers.calendar_time import Read
from search_api.answers.month import PART, PART_ZH, Days, month, part_of
from search_api.answers.numeral import CHINESE, ENGLISH, counted

_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_UNITS |= {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_DAY = rf"(?P<day>{'|'.join(_WEEKDAYS)})\b(?:['’]s\b)?"
_END = r"\b(?:['’]s?)?(?! of\b)"  # not the last week of training
_COUNT = rf"(?P<count>\d{{1,3}}|one|couple of|(?:{ENGLISH})(?:-(?:one|{ENGLISH}))?)"
# Not the 上周 of 上周期, the 周三 of 上周三篇论文 and 上周三维重建, the 周日 of 上周日本团队.
_WEEK_ZH = r"(?:周|星期|礼拜)(?![期围边转长])"
_DAY_ZH = (
    r"(?P<day>[末二三四五六](?![篇个种次项条家名位场款点月百十千万大类维足元阶值模分部进支自指旋轮轴层步通视端尾])"
    r"|一(?![共直些起篇个样种定般次项下致系维阶步元])|日(?![报志均常本程益期语内])"
    r"|天(?![气然文体数线]))"
)
_UNIT_ZH = r"天(?![气线然文体数])|日(?![本报志均])|周(?![期围边转长])|星期|礼拜|年(?![级龄代份均])"
_DURING = "|".join(rf"(?<=\b{lead} )" for lead in ("in", "over", "within", "during", "for"))
# Of papers, not how things are: "today's LLMs", 今天的大模型.
_TODAYS = r"(?= (?:\w+ ){0,2}(?:papers?|articles?|preprints?|digests?|news)\b)"
_OUT_TODAY = re.compile(
    r"\b(?:papers|new|news|publish\w*|releas\w*|appear\w*|c[oa]me out|posted|announced"
    r"|submitted|out|read)\b|论文|文章|新|发[表布]|上线|日报|工作|研究|进展|有(?:什么|哪些|没有)"
    r"|^\W*(?:today|今[天日])\W*$",
    re.IGNORECASE,
)


def _one_day(match: re.Match[str], today: date, lead: str) -> Days:
    said = match[0].lower()
    if said in ("today", "今天", "今日") and not (lead or _OUT_TODAY.search(match.string)):
        raise ValueError("how things are today")
    back = 0 if said.startswith(("today", "今")) else 1 if said.startswith(("yes", "昨")) else 2
    day = today - timedelta(days=back)
    return day, day


def _up_to_today(match: re.Match[str], today: date, lead: str) -> Days:
    """As many days, weeks, months or years as are said, the last day of them today."""
    said, unit = (match["count"] or "one").lower(), match["unit"].lower()
    days = int(counted(said) * _UNITS[unit])
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
    day = monday + timedelta(days=_weekday(said))
    return day, day


def _last_weekday(match: re.Match[str], today: date, lead: str) -> Days:
    """The latest such day before today."""
    back = (today.weekday() - _weekday(match["day"]) - 1) % 7 + 1
    return today - timedelta(days=back), today - timedelta(days=back)


def _weekday(said: str) -> int:
    if said.isascii():
        return _WEEKDAYS.index(said.lower())
    return "一二三四五六日".index("日" if said in "天末" else said)


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


def _year(match: re.Match[str], today: date, lead: str) -> Days:
    if match[0][0].lower() in "t今":
        return date(today.year, 1, 1), today
    return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"\btoday(?:['’]s\b{_TODAYS}|\b(?!['’]))", _one_day),
        (r"\b(?:the day before )?yesterday\b(?:['’]s\b)?", _one_day),
        (r"今[天日](?!头条)|昨[天日]|(?<![提之目以当大])前天(?![气线然文体数])", _one_day),
        (rf"\b(?:(?:the|this) )?past (?P<count>)(?P<unit>week|month|year){_END}", _up_to_today),
        (
            # "In the last week" ends today; "last week" is one of the calendar.
            rf"(?:{_DURING})the last (?P<count>)(?P<unit>week|month|year){_END}",
            _up_to_today,
        ),
        (
            rf"\b(?:(?:the|this|these) )?(?:last|past|previous) {_COUNT} "
            rf"(?P<unit>day|week|month|year)s?{_END}",
            _up_to_today,
        ),
        (
            rf"(?<![接附邻临靠将])(?:最近|近|过去)[的这]? ?(?P<count>\d{{1,3}}|{CHINESE}|半) ?"
            rf"个?(?P<unit>{_UNIT_ZH}|(?<=个)月)"
            r"(?!的?(?:数据|观测|历史|记录|价格))"
            r"(?:[之以]内|内(?!容|存|部)|来(?!自|源)|[里间]|中(?![国文]))?",
            _up_to_today,
        ),
        (rf"\b(?:the )?(?P<which>this|last) (?:week|(?P<day>weekend)){_END}", _week),
        (rf"\b(?P<which>this) {_DAY}", _week),
        (
            r"(?P<which>上上|(?<![以晚早])上一?|(?<![样标版基成])本|这一?)个?"
            rf"{_WEEK_ZH}{_DAY_ZH}?",
            _week,
        ),
        (rf"\b(?:last|(?:this )?past) {_DAY}(?! of\b)", _last_weekday),
        (rf"\b{PART}(?P<which>this|last) month{_END}", _month),
        (rf"(?P<which>这个|本|上上个?|上一?个?)月(?![球亮])份?{PART_ZH}", _month),
        (rf"\b(?:this|last) year{_END}|(?:今年|(?<!过)去年)(?! ?年?[初底末])", _year),
    )
)
"""Patterns of times, with what reads their matches."""
_ALONE = re.compile(
    rf"(?P<en>{'|'.join(_WEEKDAYS)})\b|(?:周|星期|礼拜){_DAY_ZH.replace('<day>', '<zh>')}",
    re.IGNORECASE,
)


def weekday_from(start: date, text: str, place: int) -> tuple[date, int] | None:
    """The Wednesday of "last Monday to Wednesday", by the Monday, and where its name ends."""
    found = _ALONE.match(text, place)
    if not found:
        return None
    day = _weekday(found["en"] or found["zh"])
    return start + timedelta(days=(day - start.weekday()) % 7), found.end()
