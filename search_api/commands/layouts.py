"""Commands about layouts: which are known, and what one makes of a page.

They need no archive, only the layout files in its folder.
"""

from __future__ import annotations

import inspect
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embeddings.errors import BadQuery, UnreadableFile
from indexer.files import decode, read_bytes
from indexer.paper import Row
from indexer.readers.base import Reader
from indexer.readers.described import Described
from indexer.readers.layout import SHIPPED, read_layout
from indexer.readers.registry import Registry, load_registry, make_reader
from indexer.readers.trial import Trial, try_page
from indexer.settings import Settings, read_settings
from search_api import console
from search_api.commands.options import Home, Json, show_listing, show_value

app = typer.Typer()
layouts = typer.Typer(
    no_args_is_help=True,
    help="Layouts of digest pages: those known, and your own, described in a few lines of TOML. "
    "The guide is docs/layouts.md in the checkout; the files that ship are examples.",
)
app.add_typer(layouts, name="layouts")
_RAW = 300  # characters of what was rejected, for people; --json has all of it


@layouts.command("list")
def list_layouts(home: Home = None, json: Json = False) -> None:
    """List the layouts that are recognised, and where each comes from.

    Your own are files named NAME.toml in the folder `layouts` of the archive's home, or in the
    folder that ARCHIVE_LAYOUTS names; one named as a shipped layout takes its place.
    """
    settings = _settings(home)
    items = [
        {
            "layout": name,
            "kind": _kind(reader),
            "from": _origin(name, reader, settings),
            "about": _about(reader),
        }
        for name, reader in load_registry(layouts=settings.layout_folders).readers.items()
    ]
    lines = [f"{item['layout']}  {item['kind']}, {item['from']}: {item['about']}" for item in items]
    show_listing(items, lines, json)


@layouts.command(
    "try",
    epilog="Examples: archive layouts try page.md · archive layouts try page.md --layout mine.toml",
)
def try_layout(
    file: Annotated[Path, typer.Argument(help="A digest page.")],
    layout: Annotated[
        str | None,
        typer.Option(
            help="Name of a layout, or a layout file (.toml), instead of the recognised one."
        ),
    ] = None,
    rows: Annotated[int, typer.Option(min=0, help="Entries to print in full.")] = 3,
    home: Home = None,
    json: Json = False,
) -> None:
    """Show what would be read from a page, and why an entry, or the page, would not be.

    Nothing is written. A layout that does not recognise the page is tried all the same.
    """
    settings = _settings(home)
    registry = load_registry(layouts=settings.layout_folders)
    page = decode(file, read_bytes(file, settings.max_file_mb * 2**20))
    trial = try_page(page, registry, _named(layout, registry) if layout else None)
    if json or trial.layout:
        show_value(trial, lambda found: _print(found, rows), json)
    if trial.layout is None:
        raise UnreadableFile(
            file, "is in no layout that is known; with --layout NAME it is told why not in that one"
        )


def _settings(home: Path | None) -> Settings:
    settings = read_settings()
    return settings.model_copy(update={"home": home}) if home else settings


def _named(layout: str, registry: Registry) -> Reader:
    if layout.endswith(".toml"):
        path = Path(layout)
        return make_reader(path.stem, read_layout(path))
    if layout not in registry.readers:
        raise BadQuery(
            f"There is no layout {layout!r}; known: {', '.join(registry.readers)}. "
            "A layout file is named with its ending, .toml."
        )
    return registry.readers[layout]


def _kind(reader: Reader) -> str:
    return reader.description.kind if isinstance(reader, Described) else "reader"


def _origin(name: str, reader: Reader, settings: Settings) -> str:
    if not isinstance(reader, Described):
        return type(reader).__module__
    folders = (SHIPPED, *settings.layout_folders)
    paths = [folder / f"{name}.toml" for folder in folders]
    return str(next(path for path in reversed(paths) if path.exists()))


def _about(reader: Reader) -> str:
    if isinstance(reader, Described):
        return reader.description.about
    return (inspect.getdoc(inspect.getmodule(type(reader))) or "").partition("\n")[0]


def _print(trial: Trial, shown: int) -> None:
    """What was read, then what was not, for people."""
    for name, reasons in trial.unrecognised.items():
        for reason in reasons:
            _line(f"{name} does not recognise the page: {reason}")
    if len(trial.claims) > 1:
        _line(f"several layouts recognise the page: {', '.join(trial.claims)}")
    for row in trial.rows[:shown]:
        _print_row(row)
    for reject in trial.rejected:
        raw = reject.raw if len(reject.raw) <= _RAW else f"{reject.raw[:_RAW]}…"
        _line(f"line {reject.line}: not read: {reject.reason}\n    {raw}")
    day = f" of {trial.date}" if trial.date else ""
    _line(
        f"{trial.layout}{day}: {trial.rows_read} entries of {trial.papers} papers read, "
        f"{trial.rows_rejected} not"
    )


def _print_row(row: Row) -> None:
    values = asdict(row)
    lines = f"line {row.line}" if row.line == row.end_line else f"lines {row.line}-{row.end_line}"
    console.out.print(Text(console.harmless(f"{lines}: {row.title}"), style="bold"), soft_wrap=True)
    for each in fields(row):
        value = values[each.name]
        if not value or each.name in ("line", "end_line", "title"):
            continue
        if each.name == "texts":
            for text in row.texts:
                _line(f"  {text.kind} ({text.language}): {text.text}")
        else:
            _line(f"  {each.name}: {'; '.join(value) if isinstance(value, tuple) else value}")


def _line(text: str) -> None:
    console.out.print(Text(console.harmless(text)), soft_wrap=True)
