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
_NAMED = re.compile(r"([A-Za-z]{3,9})\.?,?\s+([12]\d{3})")
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
    if day := day_of(text):
        return day
    if found := _LESS.fullmatch(text.strip()):
        return joined(*found.groups()) if found[2] else found[1]
    if found := _NAMED.fullmatch(text.strip()):
        return joined(found[2], found[1])
    return None


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
