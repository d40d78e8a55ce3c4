"""Days of the week by their names: "on Monday", "last Friday", 周三的论文.

Days of a week that is named, as in "this Monday" and 上周五, are `relative_time`'s.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from search_api.answers.calendar_time import OUT, Read
from search_api.answers.month import Days

NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
DAY = rf"(?P<day>{'|'.join(NAMES)})\b(?:['’]s\b)?"
"""A pattern of their English names; `DAY_ZH` stands behind 周, 星期 or 礼拜."""
# Not the 周三 of 上周三篇论文 and 上周三维重建, the 周日 of 上周日本团队.
DAY_ZH = (
    r"(?P<day>[末二三四五六](?![篇个种次项条家名位场款点月百十千万大类维足元阶值模分部进支自指旋轮轴层步通视端尾])"
    r"|一(?![共直些起篇个样种定般次项下致系维阶步元])|日(?![报志均常本程益期语内])"
    r"|天(?![气然文体数线]))"
)
WEEK_ZH = r"(?:周|星期|礼拜)(?![期围边转长])"  # not the 上周 of 上周期
_NAME = rf"(?P<en>{'|'.join(NAMES)})\b|{WEEK_ZH}{DAY_ZH.replace('<day>', '<zh>')}"
_ALONE = re.compile(_NAME, re.IGNORECASE)
# A day of papers, not of what they are about: Black Friday, 每周一次, the Monday effect.
_BEHIND = (
    r"(?=\s*(?:[,.?!;]|$|(?:about|on|that|which|to|through|until|and|or|in|for|from|with)\b"
    r"|(?:was|were|is|are)\b))"
)
# "Papers for a talk on Friday" are not those of a Friday.
_OUT_ON = re.compile(
    r"\b(?:papers?|articles|new|publish\w*|releas\w*|appear\w*|out|posted|announced|submitted"
    r"|listed|read|saw|seen|digests?) on $",
    re.IGNORECASE,
)
_PAPERS = r"(?= (?:\w+ ){0,2}(?:papers?|articles?|preprints?|digests?)\b)"
_BEHIND_ZH = (
    r"(?=以来|之?[前后](?!端)|[起到至]|的?(?:新|发[表布]|出|上线|论文|文章|日报|工作|研究|有|看|见|讲)"
    r"|[，,。？?]|[和与、](?:周|星期|礼拜)|$)"
)


def weekday(said: str) -> int:
    """The number of a day by its name, in either language, Monday's 0."""
    if said.isascii():
        return NAMES.index(said.lower())
    return "一二三四五六日".index("日" if said in "天末" else said)


def weekday_from(start: date, text: str, place: int) -> tuple[date, int] | None:
    """The Wednesday of "last Monday to Wednesday", by the Monday, and where its name ends."""
    found = _ALONE.match(text, place)
    if not found:
        return None
    day = weekday(found["en"] or found["zh"])
    return start + timedelta(days=(day - start.weekday()) % 7), found.end()


def _before_today(match: re.Match[str], today: date, lead: str) -> Days:
    """The latest such day before today."""
    return _latest(match, today - timedelta(days=1))


def _up_to_today(match: re.Match[str], today: date, lead: str) -> Days:
    """The latest such day, which may be today."""
    text = match.string
    if not OUT.search(text) or (lead == "on" and not _OUT_ON.search(text, 0, match.start())):
        raise ValueError("what happens on such days")
    return _latest(match, today)


def _latest(match: re.Match[str], newest: date) -> Days:
    back = (newest.weekday() - weekday(match["day"])) % 7
    return newest - timedelta(days=back), newest - timedelta(days=back)


FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"\b(?:last|(?:this )?past) {DAY}(?! of\b)", _before_today),
        (
            r"(?:(?<=\bon )|(?<=\bsince )|(?<=\bfrom )|(?<=\bafter )|(?<=\bbefore )"
            rf"|(?<=\buntil )|(?<=\bbetween )){DAY}{_BEHIND}",
            _up_to_today,
        ),
        (rf"(?<=\bpapers from ){DAY}", _up_to_today),
        (rf"\b{DAY}{_PAPERS}", _up_to_today),
        (
            # Not of another week, nor of each: 下周一, 每周一.
            rf"(?<![上下本这个每隔逢双单\d一二三四五六七八九十]){WEEK_ZH}(?!末){DAY_ZH}(?:那[天日])?{_BEHIND_ZH}",
            _up_to_today,
        ),
    )
)
"""Patterns of these days, with what reads their matches."""
READS = tuple(read for _, read in FORMS)
"""What reads them."""
