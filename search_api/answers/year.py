"""Years alone: "papers since 2023", 2024年的论文, but not the year of what is asked about."""

from __future__ import annotations

import re
from datetime import date

from search_api.answers.calendar_time import SINCE_ZH, Read
from search_api.answers.month import Days

_YEAR_TELLS = re.compile(
    r"\b(?:since|(?:papers|published|appeared|released) "
    r"(?:in|from|between|after|before|until|till)) $",
    re.IGNORECASE,
)
# A year alone may belong to what is asked about: WMT 2014年, 2015年的竞赛, 2016年的选举数据.
_OF_YEAR = re.compile(
    rf" ?(?:{SINCE_ZH}|(?:[^，。；？?！!用]{{0,14}}?)(?:论文|文章|发表|哪[几些]?篇)"
    r"|的?(?:新|最新)?(?:工作|研究)(?![怎中]))"
)
# What is done with a year's data, or was held in it: 使用2020年数据, 2020年美国大选.
_WITH = re.compile("(?:[使利采应]?用|基于) ?$")
_HELD = re.compile("的?[^，。的]{0,6}(?:大选|选举|[竞比]赛|挑战赛)")
_OUT_IN = re.compile("(?:(?:发[表布]|出[版现]|公[布开])[于在]|论文[，,]?) ?$")


def _year(match: re.Match[str], today: date, lead: str) -> Days:
    """All of a year, where it is papers that are of it."""
    text = match.string
    if "年" in match[0]:
        out_in = _OUT_IN.search(text, 0, match.start())
        used = _WITH.search(text, 0, match.start()) or _HELD.match(text, match.end())
        of_papers = bool((_OF_YEAR.match(text, match.end()) and not used) or out_in)
    else:
        of_papers = lead == "to" or bool(_YEAR_TELLS.search(text, 0, match.start()))
    if not of_papers:
        raise ValueError("a year that belongs to what is asked about")
    year = int(match["year"])
    first = int(match.groupdict().get("from") or year)
    if first > year:
        raise ValueError("the years are the wrong way round")
    return date(first, 1, 1), date(year, 12, 31)


FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (
            r"(?<!\d)(?:(?P<from>20\d\d) ?[-–—~～至到和与、] ?)?"
            r"(?P<year>20\d\d) ?年(?!代|年?[初底末]|的?[上下]半年|的? ?第?[一二三四1-4]季度)",
            _year,
        ),
        (r"\b(?P<year>20\d\d)\b(?![-/.]\d| ?年)", _year),
    )
)
"""Patterns of years, with what reads their matches."""
