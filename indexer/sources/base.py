"""The seam between sources on the net and the rest: what is asked and what comes back.

A source is asked one window after the other by `indexer.sources.fetcher`, which keeps what
comes back in files; how a source speaks is known to its own module alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from embeddings.errors import SourceError
from indexer.sources.cursor import Cursor
from indexer.sources.window import Window

Record = dict[str, Any]

WHOLE = "all"
"""Said in place of a set: the whole repository."""

SETTLES = {
    "arxiv": timedelta(days=7),
    "huggingface": timedelta(days=2),
    "oaipmh": timedelta(days=2),
}
"""How long after its end a day may still grow. arXiv shows a paper when it is announced: after
the weekend, a holiday or moderation; Hugging Face's readers add to a day and vote for a while;
a repository dates a change when it makes it, and shows it soon after."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a source announced and gave for one window.

    `announced` is None where the source states no number. `received` counts entries as they
    came, `duplicates` those among them that named a paper once more, `kept` the records of an
    earlier delivery, older versions among them, that this one lacked. `missing` says what is
    missing and why. `split`: the window was too large, and its parts were asked for instead.
    `settled`: nothing will come later. `fetched_at` is an ISO time, `first_fetched` the ISO day
    of the first delivery.
    """

    source: str
    stream: str
    window: str
    announced: int | None
    received: int
    duplicates: int
    kept: int
    missing: str | None
    split: bool
    settled: bool
    fetched_at: str
    first_fetched: str


@dataclass(slots=True)
class Answer:
    """What a source gave for one window; `error` is set where it cannot be asked further."""

    announced: int | None = None
    received: int = 0
    duplicates: int = 0
    records: list[Record] = field(default_factory=list)
    missing: str | None = None
    split: bool = False
    error: SourceError | None = None


class Source(Protocol):
    """One question to one source, to be asked window by window."""

    @property
    def name(self) -> str:
        """The source's name, by which its papers are filtered."""
        ...

    @property
    def stream(self) -> str:
        """What is asked, for people; one stream has one record for each window."""
        ...

    @property
    def question(self) -> str:
        """All that an answer depends on beside the window."""
        ...

    @property
    def settles(self) -> timedelta:
        """How long after its end a window may still grow."""
        ...

    @property
    def lasting(self) -> bool:
        """Whether what a window holds stays in it for good."""
        ...

    @property
    def asked(self) -> tuple[str, ...]:
        """The options of `archive fetch` that ask this, without dates, after the settings
        (as `NAME=value`) that it takes.
        """
        ...

    def read(self, window: Window, cursor: Cursor) -> Answer:
        """Ask for a window. What fails is told in the answer, never raised."""
        ...

    def identity(self, record: Record) -> str:
        """What tells a record from the others of its window."""
        ...


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" + "s" * (number != 1)


def listed(items: Sequence[str], most: int = 10) -> str:
    """The first items and how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more
