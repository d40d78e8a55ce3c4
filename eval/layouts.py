"""Measures reading: how much of real pages becomes rows, and whether anything is missing.

    python -m eval.layouts PATH… [--json]

For each folder and layout: files, rows, rejects, the rejected-rows rate, papers, and
`missing`, a check that does not trust the readers: every arXiv id that a page links to,
names as `arXiv:…` or prints as a quoted value must turn up in some row or reject of it.
What a page means is the readers' business; here pages are only counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from embeddings.errors import ArchiveError, UnreadableFile
from eval.console import show
from indexer.files import SourceFile, decode, discover, read_bytes
from indexer.identity import find_arxiv_ids, paper_key, parse_arxiv_id
from indexer.readers.base import Page, Reading
from indexer.readers.coverage import uncovered
from indexer.readers.registry import Registry, load_registry
from search_api import console

_QUOTED = re.compile(r"[\"'](?P<id>\d{4}\.\d{4,5}(?:v\d+)?)[\"']")
UNKNOWN = "(no layout)"


@dataclass(slots=True)
class Count:
    """What was read in one folder of one layout; `rate` is rejects over rows and rejects."""

    folder: str
    layout: str
    files: int = 0
    rows: int = 0
    rejects: int = 0
    rate: float = 0.0
    papers: int = 0
    missing: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """Every folder's counts, all together, pages that several readers claim, and problems."""

    counts: list[Count]
    total: Count
    claimed_twice: list[str]
    unreadable: list[str]


def measure(paths: Iterable[Path], registry: Registry) -> LayoutReport:
    """Read all pages under the paths. Raises `UnreadableFile` for a path that is not there."""
    counts: dict[tuple[str, str], Count] = {}
    papers: dict[tuple[str, str], set[str]] = {}
    claimed_twice: list[str] = []
    unreadable: list[str] = []
    for file in discover(paths, lambda error: unreadable.append(str(error))):
        try:
            page = decode(file.path, read_bytes(file.path))
        except UnreadableFile as error:
            unreadable.append(str(error))
            continue
        claims = registry.claims(page)
        if len(claims) > 1:
            claimed_twice.append(f"{file.path}: {', '.join(claims)}")
        layout = claims[0] if claims else UNKNOWN
        reading = registry.readers[layout].read(page) if claims else Reading()
        key = (_folder(file), layout)
        count = counts.setdefault(key, Count(*key))
        rejects = [*reading.rejects, *(uncovered(page, reading) if claims else ())]
        count.files += 1
        count.rows += len(reading.rows)
        count.rejects += len(rejects)
        count.missing += len(missing_ids(page, reading) if claims else _ids(page.text))
        papers.setdefault(key, set()).update(map(paper_key, reading.rows))
        for reason, number in Counter(reject.reason for reject in rejects).items():
            count.reasons[reason] = count.reasons.get(reason, 0) + number
    for key, count in counts.items():
        _finish(count, papers[key])
    ordered = [counts[key] for key in sorted(counts)]
    return LayoutReport(ordered, _total(ordered, papers.values()), claimed_twice, unreadable)


def missing_ids(page: Page, reading: Reading) -> set[str]:
    """The arXiv ids on a page that stand in none of its rows and rejects."""
    told = [reject.raw for reject in (*reading.rejects, *uncovered(page, reading))]
    told += [repr(asdict(row)) for row in reading.rows]
    known = {row.arxiv_id for row in reading.rows} | _ids("\n".join(told))
    return _ids(page.text) - known


def _ids(text: str) -> set[str]:
    quoted = (parse_arxiv_id(match["id"]) for match in _QUOTED.finditer(text))
    return {paper.key for paper in (*find_arxiv_ids(text), *quoted) if paper}


def _folder(file: SourceFile) -> str:
    return file.path.parent.name


def _finish(count: Count, papers: set[str]) -> None:
    count.papers = len(papers)
    entries = count.rows + count.rejects
    count.rate = round(count.rejects / entries, 5) if entries else 0.0


def _total(counts: Iterable[Count], papers: Iterable[set[str]]) -> Count:
    total = Count("all", "")
    for count in counts:
        for name in ("files", "rows", "rejects", "missing"):
            setattr(total, name, getattr(total, name) + getattr(count, name))
    _finish(total, set[str]().union(*papers))
    return total


def table(report: LayoutReport) -> Table:
    """The report for people."""
    columns = ("folder", "layout", "files", "rows", "rejects", "rate", "papers", "missing ids")
    shown = Table(*columns)
    for each in (*report.counts, report.total):
        numbers = (
            each.files,
            each.rows,
            each.rejects,
            f"{each.rate:.2%}",
            each.papers,
            each.missing,
        )
        shown.add_row(each.folder, each.layout, *map(str, numbers))
    return shown


def main(
    paths: Annotated[list[Path], typer.Argument(help="Pages, or folders of pages.")],
    layouts: Annotated[
        list[Path] | None, typer.Option(help="Folder of layout files besides; repeatable.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Count what is read of real pages, by folder and layout, and what is missing."""
    try:
        report = measure(paths, load_registry(layouts=layouts or ()))
    except ArchiveError as error:
        console.err.print(f"archive: {error}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    if json:
        console.print_json(report)
        return
    show(table(report))
    lines: list[Any] = [
        f"{each.folder}: {number} × {reason}"
        for each in report.counts
        for reason, number in each.reasons.items()
    ]
    lines += [f"claimed twice: {each}" for each in report.claimed_twice]
    lines += [f"unreadable: {each}" for each in report.unreadable]
    for line in lines:
        console.out.print(line, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
