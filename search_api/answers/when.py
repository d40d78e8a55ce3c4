"""Time asked for in words: "last week", "in September", "九月以来", made into dates.

Relative to the newest day that the archive knows: "last week" of an archive that ends in
October is a week of October. Two languages, and a phrase must be cut out of the question
exactly, which general date parsers do not offer. Here times are found and joined; what they
mean is `relative_time`'s, `weekday`'s, `ago`'s, `calendar_time`'s and `year`'s, what is only an
end `ending`'s, what is left of the question `remainder`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from embeddings.lexical import simplified
from search_api.answers import ago, calendar_time, relative_time, weekday, year
from search_api.answers.calendar_time import SINCE_ZH, Read
from search_api.answers.ending import Ending, find_ending, is_bound, is_of_papers
from search_api.answers.month import Days, month
from search_api.answers.remainder import without
from search_api.answers.weekday import weekday_from

_FORMS = ago.FORMS + weekday.FORMS + relative_time.FORMS + calendar_time.FORMS + year.FORMS
_LEAD = re.compile(
    r"\b(?:starting(?: (?:from|on|in))?|on (?:or|and) after|since|after|from|between|in|during|on"
    r"|of|over|within|for|at|(?P<near>(?:from )?around)"
    r"|(?:(?:in|from|during|on|of|over) )?the (?P<week>week of)) (?:the )?$"
    r"|(?:自从|来自|[自从]|(?<![存现])在|(?<=[表布开交线现])于) ?$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf" ?(?P<since>(?:[（(]含[)）])?{SINCE_ZH}| onwards?\b| on(?=\s*(?:[,.;?!]|$))"
    r"| (?:or|and) (?:later|after(?:wards?)?)\b| (?:to|until|till) (?:now|date|(?:the )?present)\b)"
    r"|(?P<near>前后|左右)|(?:期间|之间|当中|里(?![面程])|中(?=[有，,的]))",
    re.IGNORECASE,
)
_AROUND_DAY, _AROUND_MORE = timedelta(days=3), timedelta(days=7)
"""How far "around" reaches on both sides of a day, and of a longer time."""
_WITH_IT = re.compile(r"starting|on (?:or|and) after", re.IGNORECASE)
"""Leads of a time without an end that starts with the day named."""
_OPEN = {"since", "after", "自从"}
_AND = re.compile(
    r"\s*(?:\b(?:to|until|till|through)\b"
    r"|(?P<list>,?\s*\b(?:and|or)\b|,(?!\s*20\d\d)|(?<= 20\d\d),)|起?[至到]"
    r"|[-–—~～]|(?P<list_zh>[和与或、]))\s*(?:the )?",
    re.IGNORECASE,
)
_BUT = re.compile(
    r"\s*(?:,?\s*\b(?:and|but)\b|[,，、]?\s*(?:但是?|而且?|并且?|[且又和与])?)\s*", re.IGNORECASE
)
_CLOSES = re.compile(r"\b(?:before|until|till)\b|前", re.IGNORECASE)
_HAN_YEAR = re.compile("二[〇零][〇零一二三四五六七八九]{2}(?=年)")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
# It belongs to the papers: "in last week's papers", "in the September papers".
_ATTRIBUTE = re.compile(r"(?<=['’]s)|(?<=s['’])|(?= (?:papers?|articles?|preprints?|digests?)\b)")


@dataclass(frozen=True, slots=True)
class When:
    """A phrase of a question and the days that it means, ISO dates, both inclusive, one of them
    None where it names the other alone; `rest` is the question without it, and empty if the
    question says nothing else.
    """

    phrase: str
    start: str | None
    end: str | None
    rest: str


def find_when(question: str, today: date) -> When | None:
    """The first time that a question asks for, as of `today`; None if it names none.

    "Since September 20", 9月20日以来 and 9月20日之后 start with that day, "after September 20"
    with the 21st, "after September" with October. "Until September 20" and 截至9月20日 end with
    that day, "before September 20" and 9月20日之前 with the 19th, also behind a start.
    """
    plain = _HAN_YEAR.sub(lambda m: m[0].translate(_DIGITS), simplified(question))
    if len(plain) != len(question):  # places must stay
        plain = question
    when = _find(plain, today)
    if when is None or plain == question:
        return when
    begin = plain.index(when.phrase)
    return replace(when, phrase=question[begin : begin + len(when.phrase)])


def _find(question: str, today: date) -> When | None:
    read_to = 0
    for match, read in _matches(question):
        if match.start() < read_to:
            continue
        read_to = match.end()
        if is_bound(question, match):
            continue
        try:
            if ending := find_ending(question, match):
                when = _until(question, match, read(match, today, "before"), ending)
            else:
                when = _when(question, match, read, today)
        except (ValueError, OverflowError):  # 30 February, or no time at all
            continue
        if when:
            return when
    return None


def _until(question: str, match: re.Match[str], days: Days, ending: Ending) -> When | None:
    """A time that is only an end; None if it is not that of papers."""
    if match.groupdict().get("to") or not is_of_papers(question, ending):
        return None
    phrase = question[ending.begin : ending.stop].strip()
    end = _last(days, ending).isoformat()
    return When(phrase, None, end, without(question, ending.begin, ending.stop))


def _when(question: str, match: re.Match[str], read: Read, today: date) -> When:
    before = _LEAD.search(question, 0, match.start())
    lead = before[0].split()[0].lower() if before else ""
    days, stop = read(match, today, lead), match.end()
    spans = "between" in (lead, match[0].lower().partition(" ")[0])
    of_year = _has_year(match)
    joined = False
    while second := _second(question, stop, days, today, spans=spans, of_year=of_year):
        (days, stop), joined = second, True
    first, last = days
    if joined and first == today < last and read in weekday.READS:  # not of days still to come
        first, last = first - timedelta(days=7), last - timedelta(days=7)
    tail = _TAIL.match(question, stop)
    if not joined and any(each and each["near"] for each in (before, tail)):
        room = _AROUND_DAY if first == last else _AROUND_MORE
        first, last = first - room, last + room
    elif before and before["week"] and first == last:
        first -= timedelta(days=first.weekday())
        last = first + timedelta(days=6)
    opens = before and _WITH_IT.match(before[0])
    is_open = not joined and (lead in _OPEN or opens or (tail and tail["since"]))
    if lead == "after" and is_open:
        first = last + timedelta(days=1)
    belongs = lead not in _OPEN and _ATTRIBUTE.match(question, stop)
    begin = before.start() if before and not (before.start() and belongs) else match.start()
    stop = tail.end() if tail else stop
    end = None if is_open else last
    if is_open and (closed := _closed(question, stop, today)) and closed[0] >= first:
        end, stop = closed
    return When(
        question[begin:stop].strip(),
        first.isoformat(),
        end.isoformat() if end else None,
        without(question, begin, stop),
    )


def _closed(question: str, place: int, today: date) -> tuple[date, int] | None:
    """The last day of a time that is open until there, and where its words end: "after September
    20 and before October".
    """
    joined = _BUT.match(question, place)
    begin = joined.end() if joined else place
    for match, read in _matches(question):
        ending = find_ending(question, match)
        if not ending or ending.begin != begin:
            continue
        try:
            days = read(match, today, "to")  # a year alone is one here
        except (ValueError, OverflowError):
            continue
        if _CLOSES.search(question, ending.begin, ending.stop):
            return _last(days, ending), ending.stop
    return None


def _last(days: Days, ending: Ending) -> date:
    first, last = days
    return last if ending.included else first - timedelta(days=1)


def _matches(question: str) -> list[tuple[re.Match[str], Read]]:
    """What may be a time: from left to right, of two that begin together the longer first."""
    found = [(match, read) for form, read in _FORMS for match in form.finditer(question)]
    return sorted(found, key=lambda each: (each[0].start(), -each[0].end()))


def _has_year(match: re.Match[str]) -> bool:
    said = match.groupdict()
    return bool(said.get("year") or said.get("rel"))


def _ends_in_year(match: re.Match[str]) -> bool:
    """Whether its year is told behind it, where it may be that of a time before it, too."""
    said = match.groupdict()
    return any(said.get(each) and match.end(each) == match.end() for each in ("year", "rel"))


def _in_year(day: date, year: int) -> date:
    if (day + timedelta(days=1)).month != day.month:  # the end of February
        return month(date(year, day.month, 1))[1]
    return day.replace(year=year)


def _second(
    question: str, place: int, days: Days, today: date, *, spans: bool, of_year: bool
) -> tuple[Days, int] | None:
    """Where another time is joined to one: the days of both with all between, and its end.
    `spans`: they are the ends of one time; `of_year`: the first names its year, which is that of
    the second too unless it names its own.
    """
    joined = _AND.match(question, place)
    if not joined:
        return None
    first, last = days
    lists = bool(joined["list"] or joined["list_zh"])
    if (first == last or lists) and (named := weekday_from(last, question, joined.end())):
        day, stop = named
        if lists and day > today:  # "on Wednesday and Monday"
            day -= timedelta(days=7)
        return (min(first, day), max(last, day)), stop
    found = [(m, read) for form, read in _FORMS if (m := form.match(question, joined.end()))]
    for match, read in sorted(found, key=lambda each: -each[0].end()):
        try:
            begin, last = read(match, today, "to")
            if of_year and "year" in match.groupdict() and not _has_year(match):
                year = first.year + (begin.replace(year=first.year) < first)
                begin, last = _in_year(begin, year), _in_year(last, year)
            elif not of_year and _ends_in_year(match):  # "August and September 2024"
                moved = first.replace(year=begin.year)
                first = moved if moved <= begin else moved.replace(year=begin.year - 1)
            if first > last and not spans and lists:
                first, last = begin, days[1]  # "September and August"
            elif first > last:
                first = first.replace(year=last.year - (first.month > last.month))
        except (ValueError, OverflowError):
            continue
        if first <= last:
            return (first, last), match.end()
    return None
