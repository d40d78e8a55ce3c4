"""Everything that an archive follows, brought up to date as one file of settings says.

The file is TOML: `[[fetch]]` tables hold what `archive fetch` is told, `[[index]]` tables
folders or files of pages. A step that fails does not keep the others from being done.
"""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from embeddings.errors import ArchiveError, ConfigError
from indexer.report import IndexReport, SkippedFile
from search_api.archive import Archive
from search_api.fetching import Job, fetch
from search_api.topics.sets import categories_of

FILE = "update.toml"
"""In the archive's home, unless another is named."""

# TOML has dates of its own, which need no quotes.
_Day = Annotated[
    str | None,
    BeforeValidator(lambda value: value.isoformat() if isinstance(value, date) else value),
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FetchStep(_Table):
    """One `[[fetch]]`: what to fetch, by the names of the options of `archive fetch`."""

    category: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    query: str = ""
    ids: tuple[str, ...] = ()
    updated: bool = False
    date_from: _Day = Field(None, alias="from")
    date_to: _Day = Field(None, alias="to")
    hf: _Day = None
    oai: tuple[str, ...] = ()

    def job(self, archive: Archive) -> Job:
        """The same, as fetching takes it. Raises as `categories_of` does."""
        categories = categories_of(archive.catalogue, archive.home, self.topic, self.category)
        return Job(
            categories, self.author, self.query, self.ids, self.updated,
            self.date_from, self.date_to, self.hf, self.oai,
        )  # fmt: skip


class IndexStep(_Table):
    """One `[[index]]`: paths, relative to the file's folder, and options of `archive index`."""

    paths: tuple[Path, ...] = Field(min_length=1)
    source: str | None = None
    prune: bool = False


class Plan(_Table):
    """A whole file."""

    fetch: tuple[FetchStep, ...] = ()
    index: tuple[IndexStep, ...] = ()


@dataclass(slots=True)
class Step:
    """What one step did. `problem` says what failed or is missing, `skipped` which files were not
    read; of these a file that is in no known layout, as a README, is no problem.
    """

    step: str
    status: Literal["done", "incomplete", "failed"]
    papers_new: int = 0
    papers_updated: int = 0
    papers_removed: int = 0
    rows_rejected: int = 0
    problem: str | None = None
    skipped: list[SkippedFile] = field(default_factory=list)


@dataclass(slots=True)
class Update:
    """What all steps did, in order; `papers` counts the whole archive."""

    papers: int = 0
    seconds: float = 0.0
    steps: list[Step] = field(default_factory=list)

    @property
    def failed(self) -> list[Step]:
        """The steps that are not done."""
        return [step for step in self.steps if step.status != "done"]


def read_plan(path: Path) -> Plan:
    """The settings in a file. Raises `ConfigError` for one that cannot be used."""
    try:
        plan = Plan.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is no TOML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {_place(first['loc'])}: {first['msg']}") from error
    if not (plan.fetch or plan.index):
        raise ConfigError(f"{path}: has nothing to do; add [[fetch]] or [[index]]")
    return plan


def update(archive: Archive, plan: Plan, folder: Path) -> Update:
    """Do all steps; paths are relative to `folder`. What fails is told in the answer."""
    started = time.perf_counter()
    done = Update()
    for number, step in enumerate(plan.fetch, 1):
        done.steps.append(_fetched(archive, step, f"fetch {number}"))
    for index_step in plan.index:
        # Unlike a path's own, this leaves `~nobody` as it is, which is then told as not there.
        paths = [folder / os.path.expanduser(path) for path in index_step.paths]  # noqa: PTH111
        name = f"index {', '.join(map(str, paths))}"
        done.steps.append(_indexed(archive, index_step, paths, name))
    done.papers = archive.catalogue.counts()["papers"]
    done.seconds = round(time.perf_counter() - started, 3)
    return done


def _fetched(archive: Archive, step: FetchStep, name: str) -> Step:
    def run() -> tuple[str, IndexReport, str | None]:
        got = fetch(archive, step.job(archive))
        return f"fetch {got.source}, {got.stream}", got.index, "; ".join(got.missing) or None

    return _done(name, run)


def _indexed(archive: Archive, step: IndexStep, paths: list[Path], name: str) -> Step:
    def run() -> tuple[str, IndexReport, str | None]:
        report = archive.index(paths, source=step.source, prune=step.prune)
        problems = [f"{each.file}: {each.reason}" for each in report.skipped if each.unread]
        if gone := len(report.missing) + len(report.moved):
            problems.append(f"{gone} indexed files are gone")
        return name, report, "; ".join(problems) or None

    return _done(name, run)


def _done(name: str, run: Callable[[], tuple[str, IndexReport, str | None]]) -> Step:
    try:
        name, report, problem = run()
    except (ArchiveError, OSError, UnicodeError) as error:
        return Step(name, "failed", problem=str(error))
    return Step(
        name,
        "incomplete" if problem else "done",
        report.papers_new,
        report.papers_updated,
        report.papers_removed,
        report.rows_rejected,
        problem,
        report.skipped,
    )


def _place(where: tuple[int | str, ...]) -> str:
    """Where in the file, as `fetch 2, from`."""
    return ", ".join(str(part + 1) if isinstance(part, int) else part for part in where).replace(
        ", ", " ", 1
    )
