"""What an indexing run found and did, as every surface tells it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A reject with its file, as the report lists it."""

    file: str
    line: int
    reason: str


NO_LAYOUT = "is in no layout that is known; describe it, see `archive layouts try`"
"""Why a file is skipped that may well be no page of papers at all."""


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is no page, and why."""

    file: str
    reason: str

    @property
    def unread(self) -> bool:
        """Whether it could not be read, where another merely is no page of papers."""
        return self.reason != NO_LAYOUT


@dataclass(frozen=True, slots=True)
class RenamedFile:
    """A file whose content is found under another path now."""

    file: str
    now: str


@dataclass(slots=True)
class IndexReport:
    """What an indexing run found and did.

    `files`, `rows_read`, `rows_rejected`, `rejected` and `skipped` describe the given paths
    as they are now, whether or not this run had to read them; `papers` and `passages` count
    the whole archive; the rest is what this run changed. `rows_left_out` are records of bulk
    files that were not asked for. `moved` are missing files that are not pruned, since the folder
    that they were in is gone as a whole. `stages` are seconds.
    """

    files: int = 0
    files_unchanged: int = 0
    papers: int = 0
    papers_new: int = 0
    papers_updated: int = 0
    papers_removed: int = 0
    rows_read: int = 0
    rows_rejected: int = 0
    rows_left_out: int = 0
    passages: int = 0
    passages_embedded: int = 0
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    renamed: list[RenamedFile] = field(default_factory=list)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time that is spent within to a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = self.stages.get(stage, 0.0) + time.perf_counter() - started
            self.stages[stage] = round(spent, 3)
