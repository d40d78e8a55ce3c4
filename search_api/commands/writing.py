"""The command that lets a language model write the parts that papers lack."""

from __future__ import annotations

from typing import Annotated, cast, get_args

import typer
from rich.text import Text

from embeddings.errors import BadQuery, LanguageModelError
from indexer.paper import Language, TextKind
from indexer.passages import STRUCTURED
from indexer.sources.base import count
from search_api import console
from search_api.commands.options import (
    PANEL,
    Author,
    Category,
    From,
    HasCode,
    Home,
    Json,
    Source,
    To,
    Topic,
    hint,
    narrowed,
    opened,
    show_value,
)
from search_api.filters import Narrowing
from search_api.parts.missing import Wanted
from search_api.parts.part import DroppedSentence, FailedPart
from search_api.parts.writing import WritingReport, write_parts

app = typer.Typer()
_SHOWN = 10


@app.command(
    epilog="Examples: archive write 1706.03762 --llm http://localhost:8080/v1#qwen3 · "
    "archive write --from 2025-09-29 --language zh --parts tldr,method --limit 50 · "
    "archive write --missing"
)
def write(
    paper_id: Annotated[
        list[str] | None, typer.Argument(help="Papers, by id or link.", show_default=False)
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="All papers that lack a part.", rich_help_panel=PANEL)
    ] = False,
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    parts: Annotated[
        str, typer.Option(help=f"Of {', '.join(STRUCTURED)}; with commas.")
    ] = ",".join(STRUCTURED),
    language: Annotated[str, typer.Option(help="zh, en or both.")] = "both",
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", help="At most so many papers.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Ask also for parts of which nothing held before.")
    ] = False,
    llm: Annotated[
        str | None,
        typer.Option(
            help="Language model: http://host/v1#model, or provider:model as in ollama:qwen3.",
            envvar="ARCHIVE_LLM",
            rich_help_panel="Archive",
        ),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Let a language model write missing parts of summaries from the papers' abstracts.

    Only what the abstract supports, sentence by sentence, is kept, in files below the archive's
    folder `written`, and marked as written by the model wherever it is shown; answers never cite
    it. Papers without an abstract are left alone. An interrupted run goes on where it stopped.
    """
    narrowing = narrowed(date_from, date_to, topic, category, source, author, has_code)
    _check(bool(paper_id), missing, narrowing)
    wanted = Wanted(
        tuple(paper_id or ()), _kinds(parts), _languages(language), narrowing, limit, again
    )
    with opened(home, llm=llm, own=True) as archive:
        hint(archive, narrowing)
        done = write_parts(archive, wanted)
    show_value(done, _print_report, json)
    if done.stopped == "interrupted":
        raise LanguageModelError("interrupted; the same command goes on")
    if done.failed or done.unnamed:
        why = done.failed[0].reason if done.failed else f"nothing can be kept of {done.unnamed[0]}"
        raise LanguageModelError(
            f"{count(len(done.failed), 'part')} not written: {why}"
            + (f"; {done.stopped}" if done.stopped else "")
            + "; the same command goes on"
        )


def _check(named: bool, missing: bool, narrowing: Narrowing) -> None:
    """Raise `BadQuery` unless it is said in one way which papers are meant."""
    filtered = narrowing != Narrowing()
    if named and (missing or filtered):
        raise BadQuery("name papers, or say which with filters or --missing, not both")
    if not (named or missing or filtered):
        raise BadQuery("say which papers: ids, filters such as --from, or --missing for all")


def _kinds(parts: str) -> tuple[TextKind, ...]:
    asked = {part.strip() for part in parts.split(",") if part.strip()}
    if not asked or (unknown := sorted(asked - set(STRUCTURED))):
        wrong = repr(unknown[0]) if asked else "nothing"
        raise BadQuery(f"{wrong} is no part; choose of {', '.join(STRUCTURED)}")
    return tuple(kind for kind in STRUCTURED if kind in asked)


def _languages(language: str) -> tuple[Language, ...]:
    both: tuple[Language, ...] = ("zh", "en")
    if language == "both":
        return both
    if language not in get_args(Language):
        raise BadQuery(f"{language!r} is no language; write zh, en or both")
    return (cast(Language, language),)


def _print_report(done: WritingReport) -> None:
    _print(
        f"{done.model}: {count(done.papers, 'paper')}, {count(done.asked, 'part')} asked for, "
        f"{done.written} written, {count(len(done.dropped), 'sentence')} dropped, "
        f"{len(done.failed)} failed."
    )
    if done.known:
        _print(f"{count(done.known, 'part')} not asked for again; --again asks.")
    if done.without_abstract:
        _print(f"{count(done.without_abstract, 'paper')} without an abstract left alone.")
    for paper_id in done.unnamed:
        _print(f"  left alone {paper_id}: its id cannot be stated in a file")
    for dropped in done.dropped[:_SHOWN]:
        said = f": {console.harmless(dropped.text)}" if dropped.text else ""
        _print(f"  dropped from {_place(dropped)}, {dropped.reason}{said}")
    if len(done.dropped) > _SHOWN:
        _print(f"  … and {len(done.dropped) - _SHOWN} more; --json shows all")
    for failed in done.failed[:_SHOWN]:
        _print(f"  failed {_place(failed)}: {failed.reason}")
    if done.stopped:
        _print(f"Stopped: {done.stopped}.")
    if done.file:
        _print(f"Kept in {done.file}; `archive remove` takes it out.")


def _place(at: DroppedSentence | FailedPart) -> str:
    return f"{at.paper_id} {at.kind} ({at.language})"


def _print(line: str) -> None:
    console.out.print(Text(line), soft_wrap=True)
