"""A stretch of time that a source is asked about: a day, or what a day is part of.

A window's label is the beginning of an ISO time ("2025", "2025-09", "2025-09-01",
"2025-09-01T13", "2025-09-01T13:05"), or "all" for all time. Times are UTC. What is asked
about a window, and of whom, is unknown here.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

FIRST_YEAR = 1986
"""arXiv holds papers from before its own beginning in 1991; none was dated earlier."""
_FORMATS = {4: "%Y", 7: "%Y-%m", 10: "%Y-%m-%d", 13: "%Y-%m-%dT%H", 16: "%Y-%m-%dT%H:%M"}


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, by its label."""

    label: str = "all"

    @property
    def is_day(self) -> bool:
        """Whether it is exactly one day."""
        return len(self.label) == 10

    @property
    def name(self) -> str:
        """The label as part of a file's name."""
        return self.label.replace(":", "")

    def bounds(self) -> tuple[datetime, datetime] | None:
        """Its first and last minute; None for all time."""
        if self.label == "all":
            return None
        start = datetime.strptime(self.label, _FORMATS[len(self.label)]).replace(tzinfo=UTC)
        minutes = {
            4: (366 if monthrange(start.year, 2)[1] == 29 else 365) * 1440,
            7: monthrange(start.year, start.month)[1] * 1440,
            10: 1440,
            13: 60,
            16: 1,
        }[len(self.label)]
        return start, start + timedelta(minutes=minutes - 1)

    def over_since(self, now: datetime) -> timedelta:
        """How long ago it ended; negative for one that goes on."""
        bounds = self.bounds()
        return now - (bounds[1] + timedelta(minutes=1)) if bounds else timedelta(days=-1)

    def parts(self, now: datetime) -> tuple[Window, ...]:
        """The next smaller windows in it that have begun; none for a minute."""
        bounds = self.bounds()
        if bounds is None:
            return tuple(Window(str(year)) for year in range(FIRST_YEAR, now.year + 1))
        if len(self.label) == 16:
            return ()
        finer = _FORMATS[len(self.label) + 3]
        start, end = bounds
        hours = {4: 24, 7: 24, 10: 1, 13: 0}[len(self.label)]
        step = timedelta(hours=hours) if hours else timedelta(minutes=1)
        labels = []
        while start <= min(end, now):
            labels.append(start.strftime(finer))
            start += step
        return tuple(map(Window, dict.fromkeys(labels)))


def days(first: date, last: date) -> Iterator[Window]:
    """One window for each day, both ends included."""
    for number in range((last - first).days + 1):
        yield Window((first + timedelta(days=number)).isoformat())
