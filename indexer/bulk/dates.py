"""Dates of records, as exactly as they are stated: a day, a month or a year.

All are written as the beginning of an ISO date: "2015-05-28", "2015-05" or "2015".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date
from email.utils import parsedate_to_datetime

# A time, or RIS's other information, may stand behind a day, nothing behind less than one.
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_LESS = re.compile(r"([12]\d{3})(?:[-/.](\d{1,2}))?/*")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.]([12]\d{3})")
_UNDIVIDED = re.compile(r"([12]\d{3})(\d\d)(\d\d)")
_CHINESE = re.compile(r"\s*[年月]\s*")
_YEAR, _MONTH, _DAY_OF_MONTH = r"[12]\d{3}", r"[A-Za-z]{3,9}", r"\d{1,2}(?:st|nd|rd|th)?"
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}


def day_of(text: str) -> str | None:
    """The ISO date that a text begins with or is, as programs write dates."""
    if found := _DAY.match(text.strip()):
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:
            return None
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except ValueError:
        return None


def date_of(text: str) -> str | None:
    """The day that a text begins with or is, or the month or the year that it is."""
    # What holds numbers, as spreadsheets do, makes a year 2024.0.
    text = _CHINESE.sub("/", text.strip()).removesuffix(".0")
    if day := day_of(text):
        return day
    if found := _LESS.fullmatch(text):
        return joined(*found.groups()) if found[2] else found[1]
    if found := _YEAR_LAST.fullmatch(text):
        return joined(found[2], found[1])
    if found := _UNDIVIDED.fullmatch(text):
        return day_of("-".join(found.groups()))
    return _in_words(text)


def _in_words(text: str) -> str | None:
    """The date whose month has its English name, in any order: "17 May 2024", "May 17, 2024"."""
    words = re.findall(r"\w+", text)
    years, months, days = (
        [word for word in words if re.fullmatch(part, word)]
        for part in (_YEAR, _MONTH, _DAY_OF_MONTH)
    )
    if (len(years), len(months), len(years + months + days)) != (1, 1, len(words)) or len(days) > 1:
        return None
    return joined(years[0], months[0], "".join(days).rstrip("stndrh"))


def joined(year: str, month: str, day: str = "") -> str | None:
    """The date of which the parts are given; of a month its number or its English name.

    None where month or year are none; a day that is none is left out.
    """
    number = int(month) if month.isdecimal() else _MONTHS.get(month.strip()[:3].casefold(), 0)
    if not re.fullmatch(r"[12]\d{3}", year) or number not in range(1, 13):
        return None
    known = f"{year}-{number:02}"
    return (day_of(f"{known}-{day.strip()}") if day else None) or known


def most_exact(dates: Iterable[str]) -> str | None:
    """The first day, or else the first month, or else the first year."""
    return max(dates, key=len, default=None)
