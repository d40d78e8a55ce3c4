"""A temporary archive of pages, without vectors: for what needs papers and their texts alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.settings import Settings
from search_api import console
from search_api.archive import Archive


@contextmanager
def catalogued(
    archives: list[Path],
) -> Iterator[tuple[Archive, Path, console.TerminalObserver]]:
    """The archive of these pages, a folder beside it, and who is told."""
    with (
        console.TerminalObserver() as observer,
        tempfile.TemporaryDirectory() as folder,
        Archive(Settings(home=Path(folder) / "home"), observer) as archive,
    ):
        archive.index(archives, embed=False)
        yield archive, Path(folder), observer
