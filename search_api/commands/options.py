"""What commands share: options, opening an archive, printing a value or a list."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from embeddings.errors import InputError
from indexer.settings import default_home, read_settings
from indexer.stores.kind import StoreKind
from search_api import console
from search_api.archive import Archive
from search_api.filters import Narrowing, unknown_values
from search_api.running import RemoteSearcher, check_unserved, find_server
from search_api.search import Searcher


def _folder(text: str) -> Path:
    # An empty path is the current folder, and what a variable that is not set leaves behind.
    if not text.strip():
        raise typer.BadParameter("it is empty; name a folder, or leave the option out")
    if Path(text).is_file():
        raise typer.BadParameter(f"{text} is a file; name a folder")
    return Path(text)


Home = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the archive.",
        envvar="ARCHIVE_HOME",
        parser=_folder,
        metavar="DIRECTORY",
        show_default=str(default_home()),
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
    typer.Option(
        "--from",
        help="From this day, month or year on. A paper known to the month or year counts as of "
        "its first day, here and with --to.",
        rich_help_panel=PANEL,
    ),
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
    typer.Option(
        help="By this author, whole name, part or initials; repeatable.", rich_help_panel=PANEL
    ),
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


@contextlib.contextmanager
def opened(
    home: Path | None,
    *,
    model: str | None = None,
    store: StoreKind | None = None,
    llm: str | None = None,
    own: bool = False,
    make: bool = False,
) -> Iterator[Archive]:
    """An archive; `own` for commands that need its store to themselves, `make` for those of them
    that make it where there is none.
    """
    given = {"home": home, "model": model, "store": store, "llm": llm}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = read_settings().model_copy(update=chosen)
    if not (make or Archive.exists(settings)):
        raise InputError(
            f"There is no archive in {settings.home}; make one with `archive index PATH…`, or name "
            "another folder with --home."
        )
    with console.TerminalObserver() as observer, Archive(settings, observer) as archive:
        if own:
            check_unserved(archive.home)
        yield archive


@contextlib.contextmanager
def searching(home: Path | None) -> Iterator[Searcher | RemoteSearcher]:
    """What answers searches: a running server if there is one, else the archive itself."""
    with opened(home) as archive:
        yield find_server(archive.home) or archive.searcher


def hint(archive: Archive, narrowing: Narrowing) -> None:
    """Say on standard error which filters name what the archive does not have."""
    tell(unknown_values(archive.catalogue, narrowing))


def tell(hints: Iterable[str]) -> None:
    """Say hints on standard error."""
    for each in hints:
        console.err.print(f"archive: {each}", markup=False, highlight=False, soft_wrap=True)


def narrowed(
    date_from: str | None,
    date_to: str | None,
    topic: list[str] | None,
    category: list[str] | None,
    source: list[str] | None,
    author: list[str] | None,
    has_code: bool | None,
) -> Narrowing:
    """The filters that options give."""
    return Narrowing(
        date_from,
        date_to,
        tuple(topic or ()),
        tuple(category or ()),
        tuple(source or ()),
        tuple(author or ()),
        has_code,
    )


def show_value(value: Any, show: Callable[[Any], None], json: bool) -> None:
    """Print a value as JSON, or as `show` does for people."""
    if json:
        console.print_json(value)
    else:
        show(value)


def show_listing(items: list[dict[str, Any]], lines: list[str], json: bool) -> None:
    """Print a list as one JSON object, or its lines for people."""
    if json:
        console.print_json(Listing(len(items), items))
    else:
        for line in lines:
            console.out.print(line, markup=False, highlight=False, soft_wrap=True)
