"""How answers and progress look in a terminal.

Results go to standard output, everything else to standard error, so that output can be
piped. Colours appear on a terminal only (rich decides). What is shown is decided elsewhere.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any, ClassVar, Self

from pydantic import TypeAdapter
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from indexer.fulltexts.text import FullTextFacts, standing
from indexer.paper import Paper, known_date
from indexer.report import IndexReport
from search_api.answers.answer import Answer, Piece
from search_api.results import Result, Stats

# A terminal or pipe that cannot carry Chinese shows question marks rather than failing.
if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(errors="replace")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class _Harmless(Console):
    """A console on which no text can command the terminal; only rich itself does."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(harmless(segment.text), segment.style)


out: Console = _Harmless(emoji=False)  # page.md:100: is no emoji
err: Console = _Harmless(stderr=True, emoji=False)
_SHOWN_AUTHORS = 3


def print_json(value: Any) -> None:
    """One JSON object on standard output, Chinese kept readable."""
    data = TypeAdapter(type(value)).dump_json(value, indent=2)
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.buffer.flush()


class TerminalObserver:
    """Progress bars on standard error, where that is a terminal."""

    shown: ClassVar[list[Progress]] = []
    """Those that move on the terminal now."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=err,
            disable=not err.is_terminal,
            transient=True,
        )
        self._task: Any = None

    def stage(self, name: str, total: int) -> None:
        """Show a new bar; without steps to count, one that just moves."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(name, total=total or None)

    def advance(self, count: int = 1) -> None:
        """Move the bar."""
        if self._task is not None:
            self._progress.advance(self._task, count)

    @classmethod
    def rest(cls) -> None:
        """Take the bars off the terminal, whose lines others want."""
        while cls.shown:
            cls.shown.pop().stop()

    def __enter__(self) -> Self:
        self._progress.start()
        self.shown.append(self._progress)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()
        if self._progress in self.shown:
            self.shown.remove(self._progress)


def print_results(
    results: tuple[Result, ...],
    took_ms: float,
    *,
    offset: int = 0,
    corrected: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """A ranked list, as a person likes to read it."""
    for typed, meant in corrected.items():
        err.print(Text(f"{typed} is not in the archive; read as {meant}", style="yellow"))
    if not results:
        out.print("No further papers." if offset else "Nothing found.")
        return
    for place, result in enumerate(results, offset + 1):
        head = Text(f"{place:>2}. ", style="dim")
        head.append(result.title, style="bold")
        out.print(head)
        dated = known_date(result.date, result.date_precision)
        facts = [result.paper_id, dated, _authors(result.authors)]
        facts += [", ".join(result.topics + result.categories), ", ".join(result.sources)]
        facts += ["code" if result.code_urls else ""]
        line = Text(f"{result.score:.2f}", style="green")
        line.append("  " + " · ".join(fact for fact in facts if fact), style="cyan")
        out.print(Padding(line, (0, 0, 0, 4), expand=False))
        out.print(Padding(Text(result.snippet), (0, 0, 0, 4), expand=False))
        if where := standing(result.snippet_page, result.snippet_section):
            out.print(Padding(Text(f"full text, {where}", style="dim"), (0, 0, 0, 4), expand=False))
        if result.snippet_by:
            by = Text(f"written by {result.snippet_by}", style="dim")
            out.print(Padding(by, (0, 0, 0, 4), expand=False))
        for leg in result.explain:
            said = f"{leg.leg}: rank {leg.rank}, score {leg.score:.4f}"
            words = f"; words: {' '.join(result.matched)}" if leg.leg == "lexical" else ""
            out.print(Padding(Text(said + words, style="dim"), (0, 0, 0, 4), expand=False))
    err.print(f"[dim]{len(results)} papers in {took_ms:.0f} ms[/dim]")


def print_paper(paper: Paper) -> None:
    """A whole record."""
    out.print(Text(paper.title, style="bold"))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    facts = {
        "id": paper.paper_id,
        "other titles": "; ".join(t.text for t in paper.titles if t.text != paper.title),
        "authors": ", ".join(paper.authors),
        "date": known_date(paper.date, paper.date_precision),
        "updated": paper.updated or "",
        "upvotes": "" if paper.upvotes is None else str(paper.upvotes),
        "link": paper.url or "",
        "versions": ", ".join(f"v{number}" for number in paper.versions),
        "topics": ", ".join(paper.topics),
        "categories": ", ".join(paper.categories),
        "code": ", ".join(paper.code_urls),
        "full text": _fulltext(paper.fulltext) if paper.fulltext else "",
    }
    for name, value in facts.items():
        if value:
            table.add_row(Text(name, style="cyan"), Text(value))
    out.print(table)
    for text in paper.texts:
        out.print()
        by = f", written by {model}" if (model := paper.written_by(text)) else ""
        out.print(Text(f"{text.kind} ({text.language}){by}", style="cyan"))
        out.print(Text(text.text))
    out.print()
    seen = Table("seen in", "file", "line", "date", box=None, padding=(0, 2, 0, 0))
    for at in paper.seen_in:
        seen.add_row(*map(escape, (at.source, at.file, str(at.line), at.date or "undated")))
    out.print(seen)
    for note in paper.notes:
        out.print(Text(f"note: {note}", style="dim"))


def print_piece(piece: Piece) -> None:
    """A piece of a draft, where somebody watches: on the terminal, beside the output."""
    if err.is_terminal:
        TerminalObserver.rest()  # a bar erases the line that it stands in
        err.print(Text(harmless(piece.text), style="dim"), end="", soft_wrap=True)


def end_draft() -> None:
    """Leave the line that a draft ended in."""
    if err.is_terminal:
        err.print("\n")


def harmless(text: str) -> str:
    """A text without control characters, by which it could command the terminal."""
    return _CONTROL.sub("", text)


def print_answer(answer: Answer) -> None:
    """An answer with its citations, or what is near where there is none."""
    for typed, meant in answer.corrected.items():
        err.print(Text(f"{typed} is not in the archive; read as {meant}", style="yellow"))
    for phrase, days in answer.read_as.items():
        err.print(Text(f"{phrase}: {days}", style="yellow"))
    if not answer.answerable:
        out.print("The archive does not answer this.")
        for paper in answer.nearest:
            dated = known_date(paper.date, paper.date_precision)
            known = " · ".join(filter(None, (_authors(paper.authors), dated)))
            line = Text(f"  near: {paper.title} ({paper.paper_id})")
            out.print(line.append(f"  {known}" if known else "", style="dim"))
        return
    out.print(Text(harmless(answer.answer)))
    out.print()
    for each in answer.citations:
        seen = ", ".join(f"{at.source} {at.date or ''}".strip() for at in each.seen_in)
        where = standing(each.page, each.section) or f"seen in {seen}"
        line = Text(f"[{each.marker}] ", style="green")
        line.append(each.title, style="bold")
        line.append(f"  {each.paper_id} · {each.field} · {where}", style="cyan")
        out.print(line)
        if each.parallel is not None:
            out.print(Padding(Text(each.parallel.quote, style="dim"), (0, 0, 0, 4), expand=False))
    for conflict in answer.conflicts:
        where = " and ".join(f"[{marker}]" for marker in conflict.markers)
        out.print(Text(f"{where} differ: {conflict.reason}", style="yellow"))
        for quoted in conflict.quotes:
            out.print(Padding(Text(quoted, style="dim"), (0, 0, 0, 4), expand=False))
    if answer.problem:
        err.print(Text(f"archive: {answer.problem}", style="yellow"), soft_wrap=True)
    for dropped in answer.dropped:
        err.print(Text(f"left out, {dropped.reason}: {harmless(dropped.text)}", style="dim"))
    by = f", written by {answer.written_by}" if answer.written_by else ""
    err.print(f"[dim]{answer.took_ms:.0f} ms{escape(by)}[/dim]")


def print_report(report: IndexReport) -> None:
    """What an indexing run did, problems last."""
    out.print(
        f"{report.papers} papers in the archive ({report.papers_new} new, "
        f"{report.papers_updated} updated, {report.papers_removed} removed), "
        f"{report.passages} passages ({report.passages_embedded} embedded now)."
    )
    if report.files:
        out.print(
            f"{report.files} pages with {report.rows_read} entries "
            f"({report.files_unchanged} unchanged), {report.rows_rejected} entries rejected, "
            f"{report.rows_left_out} left out, {report.seconds:.1f} s."
        )
    for row in report.rejected[:10]:
        out.print(f"  rejected {escape(row.file)}:{row.line}: {escape(row.reason)}")
    if len(report.rejected) > 10:
        out.print(f"  … and {len(report.rejected) - 10} more; `archive rejects` shows all")
    for file in report.skipped:
        out.print(f"  skipped {escape(file.file)}: {escape(file.reason)}")
    for renamed in report.renamed:
        out.print(f"  renamed {escape(renamed.file)}: is {escape(renamed.now)} now")
    for missing in report.missing:
        how = "--prune or `archive remove` takes it out"
        out.print(f"  missing {escape(missing)}: was indexed, is gone; {how}")
    for moved in report.moved:
        how = "`archive remove` takes it out"
        out.print(f"  missing {escape(moved)}: was indexed, its folder is gone; {how}")


def print_stats(stats: Stats) -> None:
    """The archive's facts."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows = {
        "archive": stats.home,
        "papers": str(stats.papers),
        "passages": str(stats.passages),
        "pages": f"{stats.files} with {stats.rows} entries, {stats.rejects} rejected",
        "languages": _counts(stats.languages),
        "topics": _counts(stats.topics),
        "categories": _counts(stats.categories),
        "sources": _counts(stats.sources),
        "model": stats.model or "none yet",
    }
    rows["store"] = f"{stats.store.kind} at {stats.store.location}, {stats.store.points} points"
    for name, value in rows.items():
        table.add_row(Text(name, style="cyan"), Text(value))
    out.print(table)


def _counts(counts: dict[str, int], most: int = 12) -> str:
    shown = ", ".join(f"{name} {n}" for name, n in list(counts.items())[:most])
    return f"{shown}, …" if len(counts) > most else shown


def _fulltext(facts: FullTextFacts) -> str:
    source = facts.source
    parts = [
        "" if source.version is None else f"v{source.version}",
        f"{source.pages} pages" if source.pages else "",
        source.format.upper(),
        f"from {source.origin}, added {source.added[:10]}",
        "references left out" if source.references else "",
    ]
    return ", ".join(part for part in parts if part)


def _authors(authors: Sequence[str]) -> str:
    more = " et al." if len(authors) > _SHOWN_AUTHORS else ""
    return ", ".join(authors[:_SHOWN_AUTHORS]) + more
