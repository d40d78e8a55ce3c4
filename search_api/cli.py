"""The command `archive`: arguments in, exit status out.

Commands stand in `commands/`, by what they are for: each opens an archive, asks it one thing
and prints the answer. Exit status: 0 done, 1 the work could not be done, 2 wrong usage.
"""

from __future__ import annotations

import sys
import warnings
from importlib.metadata import entry_points

import typer

from embeddings.errors import ArchiveError, BadQuery
from search_api import console
from search_api.commands import (
    checking,
    classifying,
    digesting,
    exporting,
    fetching,
    finding,
    fulltexts,
    identifying,
    keeping,
    layouts,
    trends,
    updating,
    watching,
    writing,
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="One archive of daily paper digests that can be asked, in Chinese and English alike.",
    epilog="In the checkout, start with: archive index indexer/examples, then "
    "archive search '多语言文本向量模型'",
)
GROUPS = (
    keeping,
    fetching,
    updating,
    finding,
    fulltexts,
    watching,
    classifying,
    trends,
    digesting,
    writing,
    checking,
    identifying,
    exporting,
    layouts,
)
for group in GROUPS:
    app.add_typer(group.app)


def main() -> None:
    """Run the command line; errors become one line and an exit status."""
    warnings.showwarning = _warn
    _add_plugins()
    try:
        app()
    except ArchiveError as error:
        console.err.print(f"archive: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2 if isinstance(error, BadQuery) else 1)
    except UnicodeEncodeError as error:  # half a character, as bytes in another encoding leave
        text = ascii(error.object[error.start : error.end])
        console.err.print(f"archive: {text} is no text; write arguments in UTF-8", markup=False)
        sys.exit(2)
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
