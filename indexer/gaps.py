"""Which days of a source are lacking, and what would fill them.

Pure functions of the ledger's days. A fetched stream lacks every day that it is followed
for and that nobody asked for, and every day that came short. A digest read from files lacks
the days between its first and its last page on which it usually has one; what it usually has
is told by its stretches of pages, without the weeks in which it has none.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, takewhile
from pathlib import Path
from typing import Literal

from indexer.ledger import Day, Followed
from indexer.sources.base import SETTLES

Kind = Literal["absent", "short", "early", "unread"]
USUAL = 0.5
"""A day of the week counts as usual where a digest has a page on at least this share."""
FEWEST_PAGES = 4
"""Pages from which on a digest has habits."""
_WEEKS = 4
_SETTING = re.compile(r"ARCHIVE_\w+=")


@dataclass(frozen=True, slots=True)
class Gap:
    """Days in a row that lack something, for one reason, and the command that fills them.

    `absent`: nothing is there; `short`: less came than was announced, or a source failed;
    `early`: fetched before the day had settled, more may have come since; `unread`: received
    and not indexed. Dates are ISO days, or a label as in `indexer.ledger.Day`.
    """

    source: str
    stream: str
    first: str
    last: str
    kind: Kind
    reason: str
    command: str


def find_gaps(days: Sequence[Day], followed: Sequence[Followed], today: date) -> list[Gap]:
    """Every gap, by source and day."""
    gaps: list[Gap] = []
    for stream in followed:
        own = [day for day in days if (day.source, day.stream) == (stream.source, stream.stream)]
        gaps += _fetched_gaps(stream, own, today)
    pages = [day for day in days if not day.fetched]
    for _, group in groupby(pages, key=lambda day: day.source):
        gaps += _page_gaps(list(group), today)
    return gaps


def command_for(stream: Followed, first: str, last: str) -> str:
    """The command that asks a stream for days."""
    dates: tuple[str, ...] = ()
    if stream.first is not None:
        dates = ("--hf" if stream.source == "huggingface" else "--from", first, "--to", last)
    # Quoted as a whole, an assignment would be a command's name to a shell.
    settings = [each.partition("=") for each in takewhile(_SETTING.match, stream.options)]
    said = [f"{name}={shlex.quote(value)}" for name, _, value in settings]
    options = stream.options[len(settings) :]
    return " ".join((*said, shlex.join(("archive", "fetch", *options, *dates))))


def _fetched_gaps(stream: Followed, days: Sequence[Day], today: date) -> Iterator[Gap]:
    lacking: list[tuple[str, Kind, str]] = [
        (day.day, *found) for day in days if (found := _shortcoming(day, today))
    ]
    if stream.first is not None:
        there = {day.day for day in days}
        # Today is not over: it is missed only once it is yesterday.
        last = min(_date(stream.last) if stream.last else today, today - timedelta(days=1))
        lacking += [
            (each, "absent", "never asked for")
            for each in _span(_date(stream.first), last)
            if each not in there
        ]
    for first, last_day, kind, reason in _runs(sorted(lacking)):
        yield Gap(
            stream.source,
            stream.stream,
            first,
            last_day,
            kind,
            reason,
            command_for(stream, first, last_day),
        )


def _shortcoming(day: Day, today: date) -> tuple[Kind, str] | None:
    if day.missing is not None:
        return "short", day.missing
    if day.indexed + day.rejected < day.received - day.duplicates:
        return "unread", "received, but not yet in the archive"
    grown = SETTLES.get(day.source, timedelta())
    if not day.settled and len(day.day) == 10 and _date(day.day) + grown < today:
        return "early", "fetched before the day had settled; more may have come since"
    return None


def _page_gaps(pages: Sequence[Day], today: date) -> Iterator[Gap]:
    # A page of a day to come, or years from all others, bears a mistyped day.
    there = {day for page in pages if (day := _date(page.day)) <= today}
    stretches = [each for each in _stretches(there) if len(each) >= FEWEST_PAGES]
    if not stretches:
        return
    usual = _usual_weekdays(stretches)
    lacking: list[tuple[str, Kind, str]] = [
        (each, "absent", "no page, though there usually is one")
        for each in _span(stretches[0][0], stretches[-1][-1])
        if _date(each) not in there and _date(each).weekday() in usual
    ]
    source, folder = pages[0].source, Path(pages[-1].path).parent
    for start, end, kind, reason in _runs(lacking):
        command = shlex.join(("archive", "index", str(folder)))
        yield Gap(source, "", start, end, kind, f"{reason}; put it into the folder", command)


def _stretches(there: Iterable[date]) -> list[list[date]]:
    """Days in order, apart where there is nothing for weeks."""
    stretches: list[list[date]] = []
    for day in sorted(there):
        if stretches and day - stretches[-1][-1] <= timedelta(weeks=_WEEKS):
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return stretches


def _usual_weekdays(stretches: Sequence[Sequence[date]]) -> set[int]:
    """Weekdays on which a digest appears; few weeks say something of workdays together only."""
    all_days: Counter[int] = Counter()
    for stretch in stretches:
        all_days.update(_date(each).weekday() for each in _span(stretch[0], stretch[-1]))
    pages = Counter(day.weekday() for stretch in stretches for day in stretch)
    usual = {day for day in all_days if all_days[day] >= _WEEKS and _often(pages, all_days, [day])}
    for group in (range(5), range(5, 7)):
        if _often(pages, all_days, group):
            usual |= {day for day in group if all_days[day] < _WEEKS}
    return usual


def _often(pages: Counter[int], all_days: Counter[int], weekdays: Iterable[int]) -> bool:
    weekdays = list(weekdays)
    possible = sum(all_days[day] for day in weekdays)
    return possible > 0 and sum(pages[day] for day in weekdays) / possible >= USUAL


def _runs(lacking: Iterable[tuple[str, Kind, str]]) -> list[tuple[str, str, Kind, str]]:
    """Days in a row with one reason, as first and last."""
    runs: list[tuple[str, str, Kind, str]] = []
    for day, kind, reason in lacking:
        if runs and runs[-1][2:] == (kind, reason) and _next(runs[-1][1]) == day:
            runs[-1] = (runs[-1][0], day, kind, reason)
        else:
            runs.append((day, day, kind, reason))
    return runs


def _next(day: str) -> str | None:
    return (_date(day) + timedelta(days=1)).isoformat() if len(day) == 10 else None


def _span(first: date, last: date) -> list[str]:
    return [
        (first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)
    ]


def _date(day: str) -> date:
    return date.fromisoformat(day)


def with_home(gaps: Iterable[Gap], home: Path | None) -> list[Gap]:
    """Gaps whose commands name the folder of the archive."""
    if home is None:
        return list(gaps)
    more = f" --home {shlex.quote(str(home))}"
    return [replace(gap, command=gap.command + more) for gap in gaps]
