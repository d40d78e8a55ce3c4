"""Fetching as one job: ask a source, note what came in the ledger, read it into the archive.

Each step can be repeated, so a job killed anywhere is finished by the same call. Options and
printing belong to `search_api.commands.fetching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import BadQuery
from indexer.gaps import Gap, find_gaps, with_home
from indexer.ledger import Day, Followed, Ledger, Undated
from indexer.report import IndexReport
from indexer.sources.base import WHOLE
from indexer.sources.window import FIRST_YEAR
from search_api.archive import Archive
from search_api.delivered import read_in
from search_api.filters import Narrowing

if TYPE_CHECKING:
    from indexer.sources.base import Source

FOLDER = "fetched"
"""Below the archive's home: what was fetched, from which everything can be made anew."""
_CATEGORY = re.compile(r"[A-Za-z-]+(?:\.[A-Za-z-]+)?")
_SET = re.compile(r"[\w.!~*'()-]+(?::[\w.!~*'()-]+)*", re.ASCII)


@dataclass(slots=True)
class Fetched:
    """What a fetch found and did. The numbers count the entries of the windows that this run
    asked for; `fresh` counts the windows that needed no asking. `missing` says what did not
    come, or cannot be indexed, and why; nothing there means that all is whole.
    """

    source: str
    stream: str
    announced: int | None
    received: int
    duplicates: int
    asked: int
    fresh: int
    missing: list[str]
    folder: str
    index: IndexReport
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The ledger: `days` of every source, their sums by stream, the gaps, and what has no day."""

    sources: list[StreamStatus] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    undated: list[Undated] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """One stream's sums over all its days; `announced` is None where nobody stated any."""

    source: str
    stream: str
    first: str
    last: str
    days: int
    announced: int | None
    received: int
    indexed: int
    rejected: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Job:
    """What to fetch, as people say it: options of `archive fetch`.

    Days are ISO days, months, years, "today" or "yesterday".
    """

    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    query: str = ""
    ids: tuple[str, ...] = ()
    updated: bool = False
    date_from: str | None = None
    date_to: str | None = None
    hf: str | None = None
    oai: tuple[str, ...] = ()


def fetch(archive: Archive, job: Job, *, again: bool = False) -> Fetched:
    """Do a job. What a source did not give is told in the answer.

    Raises `BadQuery` for a job that asks for nothing or contradicts itself, `StoreBusy` where
    another process has the archive or fetches the same.
    """
    # These bring an HTTP client and an XML parser, which no search needs.
    from indexer.sources.fetcher import Fetcher
    from indexer.sources.window import Window, days

    _check(job)
    start, end = _range(job)
    with _opened_source(job, archive) as source:
        windows = list(days(start, end or _today())) if start else [Window()]
        Ledger(archive.catalogue).follow(
            Followed(
                source.name,
                source.stream,
                source.asked,
                start.isoformat() if start else None,
                end.isoformat() if end else None,
            )
        )
        fetcher = Fetcher(
            archive.home / FOLDER,
            source,
            archive.observer,
            lock_timeout=archive.settings.lock_timeout,
        )
        report = fetcher.fetch(windows, again=again)
    read = read_in(archive, fetcher.folder, source.name)
    unread = [f"{each.file}: received and not indexed: {each.reason}" for each in read.skipped]
    whole = [each for each in report.asked if not each.split]
    stated = [each.announced for each in whole if each.announced is not None]
    return Fetched(
        source=source.name,
        stream=source.stream,
        announced=sum(stated) if stated else None,
        received=sum(each.received for each in whole),
        duplicates=sum(each.duplicates for each in whole),
        asked=len(report.asked),
        fresh=report.fresh,
        missing=report.missing + unread,
        folder=report.folder,
        index=read,
        error=report.error,
    )


@contextmanager
def _opened_source(job: Job, archive: Archive) -> Iterator[Source]:
    """The source that a job asks. Raises `BadQuery` for ids that are none."""
    from indexer.sources.arxiv import ArxivQuestion, ArxivSource, clean_ids
    from indexer.sources.huggingface import HuggingFaceSource
    from indexer.sources.oaipmh import OaiSource
    from indexer.sources.politeness import PoliteClient

    settings = archive.settings
    url, interval = settings.arxiv_url, settings.arxiv_interval
    if job.hf:
        url, interval = settings.hf_url, settings.hf_interval
    elif job.oai:
        url, interval = settings.oai_url, settings.oai_interval
    with closing(
        PoliteClient(url, interval, settings, lambda why: archive.observer.stage(why, 0))
    ) as http:
        if job.hf:
            yield HuggingFaceSource(http)
            return
        if job.oai:
            yield OaiSource(job.oai, settings, http)
            return
        try:
            ids = clean_ids(job.ids)
        except ValueError as error:
            raise BadQuery(f"{error} is no arXiv id; write 2509.22653 or 2509.22653v2") from error
        by = "lastUpdatedDate" if job.updated else "submittedDate"
        question = ArxivQuestion(job.categories, job.authors, job.query, ids, by)
        yield ArxivSource(question, settings, http)


def status(archive: Archive, home: Path | None = None, source: str | None = None) -> Status:
    """The ledger with its gaps; `home` is named in their commands, `source` narrows it."""
    ledger = Ledger(archive.catalogue)
    days = [day for day in ledger.days() if source in (None, day.source)]
    followed = [each for each in ledger.followed() if source in (None, each.source)]
    gaps = with_home(find_gaps(days, followed, _today()), home)
    streams = dict.fromkeys(
        [(each.source, each.stream) for each in followed]
        + [(day.source, day.stream) for day in days]
    )
    sums = [_sum(name, stream, days, gaps) for name, stream in streams]
    undated = [each for each in ledger.undated() if source in (None, each.source)]
    return Status(sums, gaps, days, undated)


def _sum(source: str, stream: str, days: Sequence[Day], gaps: Sequence[Gap]) -> StreamStatus:
    own = [day for day in days if (day.source, day.stream) == (source, stream)]
    stated = [day.announced for day in own if day.announced is not None]
    return StreamStatus(
        source,
        stream,
        min((day.day for day in own), default=""),
        max((day.day for day in own), default=""),
        len(own),
        sum(stated) if stated else None,
        sum(day.received for day in own),
        sum(day.indexed for day in own),
        sum(day.rejected for day in own),
        sum((gap.source, gap.stream) == (source, stream) for gap in gaps),
    )


def _check(job: Job) -> None:
    arxiv = job.categories or job.authors or job.query.strip()
    if sum(map(bool, (job.hf, arxiv, job.ids, job.oai))) != 1:
        raise BadQuery(
            "Say what to fetch: --category, --author or --query; or --ids; or --hf with a day; "
            "or --oai with a set."
        )
    for each in job.oai:
        if not _SET.fullmatch(each):
            raise BadQuery(f"{each!r} is no set of a repository; write cs, cs:cs:CV or {WHOLE}")
    if WHOLE in job.oai and set(job.oai) != {WHOLE}:
        raise BadQuery(f"--oai {WHOLE} is the whole repository; leave the other sets out.")
    for each in job.categories:
        if not _CATEGORY.fullmatch(each):
            raise BadQuery(f"{each!r} is no arXiv category; write cs.CV or math")
    for each in job.authors:
        if '"' in each or not each.strip():
            raise BadQuery(f"{each!r} is no author's name")
    if job.categories and not job.date_from and not (job.authors or job.query):
        raise BadQuery("A whole category is too much at once; give --from, the first day.")
    if job.date_from and not (arxiv or job.oai):
        raise BadQuery("--from goes with --category, --author, --query or --oai.")
    if job.date_to and not (job.date_from or job.hf):
        raise BadQuery("--to needs --from, or --hf with a day.")
    if job.updated and not (job.date_from and arxiv):
        raise BadQuery(
            "--updated needs --from and goes with --category, --author or --query: it is about "
            "the day of the last update."
        )


def _range(job: Job) -> tuple[date | None, date | None]:
    """The first day, and the last one, which is None for one that moves with today."""
    first = job.hf or job.date_from
    if first is None:
        return None, None
    last = job.date_to or job.hf
    words = {"today": _today(), "yesterday": _today() - timedelta(days=1)}
    said = [str(words.get(each, each)) if each else None for each in (first, last)]
    narrowed = Narrowing(said[0], said[1]).to_filter()
    start, end = _date(narrowed.date_from), _date(narrowed.date_to)
    if start and start > _today():
        raise BadQuery(f"{start} has not begun; the last day that can be fetched is {_today()}.")
    if start and start.year < FIRST_YEAR:
        raise BadQuery(
            f"{start} is too early; begin with {FIRST_YEAR}-01-01, no source has a day before."
        )
    # `--hf today` is about one day; `--to today` follows.
    moves = end is not None and end >= _today() and last == "today" and first != "today"
    return start, None if moves or end is None else min(end, _today())


def _date(number: int | None) -> date | None:
    return datetime.strptime(f"{number:08}", "%Y%m%d").date() if number else None


def _today() -> date:
    return datetime.now(UTC).date()
