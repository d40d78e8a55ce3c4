"""The command `archive`: arguments in, exit status out.

Each command opens an archive, asks it one thing and prints the answer; nothing is computed
here. Exit status: 0 done, 1 the work could not be done, 2 wrong usage.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from embeddings.errors import ArchiveError, BadQuery, ConfigError, InputError, StoreBusy
from indexer.settings import StoreKind, read_settings
from search_api import console
from search_api.answers.answer import Piece
from search_api.archive import Archive
from search_api.filters import Narrowing, unknown_values
from search_api.running import RemoteSearcher, find_server, noted
from search_api.search import Searcher

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="One archive of daily paper digests that can be asked, in Chinese and English alike.",
    epilog="Start with: archive index indexer/examples, then archive search '多语言文本向量模型'",
)

Home = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the archive.",
        envvar="ARCHIVE_HOME",
        file_okay=False,
        rich_help_panel="Archive",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object.", rich_help_panel="Output")
]
Model = Annotated[
    str | None,
    typer.Option(
        help="Embedding model: multilingual-e5-small (bundled), a sentence-transformers name or "
        "path, or http://host/v1#model.",
        envvar="ARCHIVE_MODEL",
        rich_help_panel="Archive",
    ),
]
StoreOption = Annotated[
    StoreKind | None,
    typer.Option(
        help="Vector store: edge (in-process), qdrant (server) or faiss.",
        envvar="ARCHIVE_STORE",
        rich_help_panel="Archive",
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", help="How many papers.")]
Explain = Annotated[bool, typer.Option(help="Say which leg found each paper, at which rank.")]
PANEL = "Filters"
From = Annotated[
    str | None,
    typer.Option("--from", help="From this day, month or year on.", rich_help_panel=PANEL),
]
To = Annotated[
    str | None, typer.Option("--to", help="Up to this day, month or year.", rich_help_panel=PANEL)
]
Topic = Annotated[
    list[str] | None, typer.Option(help="With this topic; repeatable.", rich_help_panel=PANEL)
]
Category = Annotated[
    list[str] | None,
    typer.Option(help="In this arXiv category; repeatable.", rich_help_panel=PANEL),
]
Source = Annotated[
    list[str] | None, typer.Option(help="Seen in this digest; repeatable.", rich_help_panel=PANEL)
]
Author = Annotated[
    list[str] | None,
    typer.Option(help="By this author, whole name or part; repeatable.", rich_help_panel=PANEL),
]
HasCode = Annotated[
    bool | None,
    typer.Option("--has-code/--no-code", help="With (without) a code link.", rich_help_panel=PANEL),
]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, as one JSON object."""

    count: int
    items: list[dict[str, Any]]


@app.command(epilog="Examples: archive index ~/digests · archive index page.md --source my-digest")
def index(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of digest pages.")],
    home: Home = None,
    source: Annotated[
        str | None, typer.Option(help="Name of the digest, instead of the files' names.")
    ] = None,
    prune: Annotated[
        bool, typer.Option(help="Take out files that vanished from the folders.")
    ] = False,
    model: Model = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Read digest pages into the archive; the layout is recognised by content.

    Unchanged files are not read again, and an interrupted run goes on where it stopped.
    """
    with _archive(home, model=model, store=store, own=True) as archive:
        report = archive.index(paths, source=source, prune=prune)
    _print(report, console.print_report, json)


@app.command(
    epilog="Examples: archive search 'fast vector index' · archive search 扩散模型 --from 2025-09"
)
def search(
    query: Annotated[str, typer.Argument(help="What to look for, in either language, or an id.")],
    limit: Limit = 10,
    offset: Annotated[int, typer.Option(help="Papers to skip, for further pages.")] = 0,
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    explain: Explain = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Find papers by meaning and words."""
    narrowing = _narrowing(date_from, date_to, topic, category, source, author, has_code)
    with _searcher(home, narrowing) as searcher:
        answer = searcher.search(
            query, limit=limit, offset=offset, narrowing=narrowing, explain=explain
        )
    if json:
        console.print_json(answer)
    else:
        console.print_results(
            answer.results, answer.took_ms, offset=offset, corrected=answer.corrected
        )


@app.command(
    epilog="Examples: archive similar 1706.03762 · archive similar --text '一种新的注意力机制…'"
)
def similar(
    paper_id: Annotated[str | None, typer.Argument(help="Id of a paper in the archive.")] = None,
    text: Annotated[
        str | None, typer.Option(help="A text instead of a paper, in either language.")
    ] = None,
    limit: Limit = 10,
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Find papers like one in the archive, or like a pasted text."""
    narrowing = _narrowing(date_from, date_to, topic, category, source, author, has_code)
    with _searcher(home, narrowing) as searcher:
        answer = searcher.similar(paper_id, text=text, limit=limit, narrowing=narrowing)
    if json:
        console.print_json(answer)
    else:
        console.print_results(answer.results, answer.took_ms)


@app.command(
    epilog="Examples: archive ask 'How does DDPM make images?' · archive ask 哪些论文讲扩散模型？"
)
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="A question, in either language.")],
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    llm: Annotated[
        str | None,
        typer.Option(
            help="Language model that writes the answer: http://host/v1#model or provider:model.",
            envvar="ARCHIVE_LLM",
            rich_help_panel="Archive",
        ),
    ] = None,
    quote: Annotated[
        bool, typer.Option("--quote", help="Only the archive's own sentences, no language model.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Answer a question from the archive, with citations, or say that it does not answer it.

    The answer is quoted, or written by a language model where one is named; then each of its
    sentences is checked against what it cites.
    """
    narrowing = _narrowing(date_from, date_to, topic, category, source, author, has_code)
    with _archive(home, llm=llm or None) as archive:
        if quote:  # nothing that is set up for a language model may matter then
            archive.settings = archive.settings.model_copy(update={"llm": None})
        _hint(archive, narrowing)
        server = find_server(archive.home)
        given = context.get_parameter_source("llm")
        if server and given and given.name == "COMMANDLINE":
            raise ConfigError(
                f"The server at {server.url} answers with the language model that it was started "
                "with; leave out --llm, or stop it and start it with ARCHIVE_LLM."
            )
        asker = server or archive.asker
        drafted = False
        for event in asker.stream(question, narrowing, quote=quote):
            if isinstance(event, Piece):
                drafted = True
                console.print_piece(event)
            else:
                answer = event
    if drafted:
        console.end_draft()
    _print(answer, console.print_answer, json)


@app.command(epilog="Example: archive show 1706.03762")
def show(
    paper_id: Annotated[str, typer.Argument(help="Id of a paper, or a link to it.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Print one paper's whole record, with where and when it was seen."""
    with _archive(home) as archive:
        paper = archive.paper(paper_id)
    _print(paper, console.print_paper, json)


@app.command()
def stats(home: Home = None, json: Json = False) -> None:
    """Print what the archive holds."""
    with _archive(home) as archive:
        found = archive.stats()
    _print(found, console.print_stats, json)


@app.command()
def rejects(home: Home = None, json: Json = False) -> None:
    """List what could not be read: entries, with file, line and reason, and whole files."""
    with _archive(home) as archive:
        items: list[dict[str, Any]] = [
            {"file": path, "line": reject.line, "reason": reject.reason, "raw": reject.raw}
            for path, reject in archive.catalogue.rejects()
        ]
        items += [
            {"file": str(file.path), "line": 0, "reason": file.problem, "raw": ""}
            for file in archive.catalogue.files()
            if file.problem
        ]
    lines = [f"{item['file']}:{item['line']}: {item['reason']}" for item in items]
    _print_listing(items, lines or ["Nothing was rejected."], json)


@app.command()
def files(home: Home = None, json: Json = False) -> None:
    """List the files in the archive."""
    with _archive(home) as archive:
        items = [
            {
                "file": str(file.path),
                "source": file.source,
                "layout": file.layout,
                "rows": file.rows,
                "rejects": file.rejects,
                "problem": file.problem,
            }
            for file in archive.catalogue.files()
        ]
    lines = [
        f"{item['file']}  {item['problem'] or item['layout']}  {item['rows']} entries"
        for item in items
    ]
    _print_listing(items, lines or ["No file was indexed yet."], json)


@app.command()
def remove(
    paths: Annotated[list[Path], typer.Argument(help="Indexed files to take out.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Take files out of the archive, with every paper and text that only they told."""
    with _archive(home, own=True) as archive:
        report = archive.remove(paths)
    _print(report, console.print_report, json)


@app.command(epilog="Example: archive rebuild --model BAAI/bge-m3")
def rebuild(
    home: Home = None, model: Model = None, store: StoreOption = None, json: Json = False
) -> None:
    """Embed everything anew, to change the model or the store or to repair the store."""
    with _archive(home, model=model, store=store, own=True) as archive:
        report = archive.rebuild()
    _print(report, console.print_report, json)


@app.command(epilog="Example: archive serve --port 8080, then open http://127.0.0.1:8080/docs")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.")] = 8000,
    home: Home = None,
) -> None:
    """Run the HTTP API until interrupted; the archive's searches then go through it."""
    from search_api.server import run  # the web framework, which no other command needs

    with _archive(home, own=True) as archive:
        _ = archive.asker  # what is wrong is told now, not at the first request
        run(archive, host, port, lambda url: noted(archive.home, url))


@contextlib.contextmanager
def _archive(
    home: Path | None,
    *,
    model: str | None = None,
    store: StoreKind | None = None,
    llm: str | None = None,
    own: bool = False,
) -> Iterator[Archive]:
    """An archive; `own` for commands that need its store to themselves."""
    given = {"home": home, "model": model, "store": store, "llm": llm}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = read_settings().model_copy(update=chosen)
    if not (own or Archive.exists(settings)):
        raise InputError(
            f"There is no archive in {settings.home}; make one with `archive index PATH…`, or name "
            "another folder with --home."
        )
    with console.TerminalObserver() as observer, Archive(settings, observer) as archive:
        if own and (server := find_server(archive.home)):
            raise StoreBusy(
                f"The archive in {archive.home} is served at {server.url}, which owns it; "
                "stop that server first."
            )
        yield archive


@contextlib.contextmanager
def _searcher(home: Path | None, narrowing: Narrowing) -> Iterator[Searcher | RemoteSearcher]:
    """What answers searches: a running server if there is one, else the archive itself."""
    with _archive(home) as archive:
        _hint(archive, narrowing)
        yield find_server(archive.home) or archive.searcher


def _hint(archive: Archive, narrowing: Narrowing) -> None:
    for hint in unknown_values(archive.catalogue, narrowing):
        console.err.print(f"archive: {hint}", markup=False, highlight=False, soft_wrap=True)


def _narrowing(
    date_from: str | None,
    date_to: str | None,
    topic: list[str] | None,
    category: list[str] | None,
    source: list[str] | None,
    author: list[str] | None,
    has_code: bool | None,
) -> Narrowing:
    return Narrowing(
        date_from,
        date_to,
        tuple(topic or ()),
        tuple(category or ()),
        tuple(source or ()),
        tuple(author or ()),
        has_code,
    )


def _print(value: Any, show: Any, json: bool) -> None:
    if json:
        console.print_json(value)
    else:
        show(value)


def _print_listing(items: list[dict[str, Any]], lines: list[str], json: bool) -> None:
    if json:
        console.print_json(Listing(len(items), items))
    else:
        for line in lines:
            console.out.print(line, markup=False, highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command line; errors become one line and an exit status."""
    warnings.showwarning = _warn
    _add_plugins()
    try:
        app()
    except ArchiveError as error:
        console.err.print(f"archive: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2 if isinstance(error, BadQuery) else 1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has seen enough
    except OSError as error:
        console.err.print(f"archive: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _add_plugins() -> None:
    """Commands of packages above this one, and of other people's."""
    for point in entry_points(group="paper_archive.commands"):
        try:
            app.add_typer(point.load(), name=point.name)
        except Exception as error:  # one broken plug-in must not take every command along
            warnings.warn(f"the command {point.name!r} is left out: {error}", stacklevel=2)


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    console.err.print(f"archive: warning: {message}", markup=False, highlight=False)
