"""Finds the readers that are installed and chooses the one for a page.

Readers are entry points of the group `paper_archive.readers`, Paper Archive's own and a
plug-in's alike; each names something that, called without arguments, gives a `Reader`,
usually its class. A plug-in that does not load is left out with a warning, since one broken
package must not keep the archive from reading anything else.

Layouts that a TOML file describes need no package: those that ship, and those in folders of
the user's own, of which one named as a shipped one takes its place.

Should more than one reader recognise a page, one that finds papers on it reads it, a layout of
the user's own first, and then the one whose entry point name comes first in the alphabet;
a warning says so. The choice never depends on the order of installation. `labelled-entries`,
which reads any plain list of papers, is asked only where no other reader finds any.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import cast

from indexer.readers.base import Page, Reader
from indexer.readers.described import Described
from indexer.readers.described_entries import DescribedEntries
from indexer.readers.described_json import DescribedJson
from indexer.readers.described_table import DescribedTable
from indexer.readers.labelled import LabelledEntries
from indexer.readers.layout import SHIPPED, EntriesLayout, Layout, TableLayout, read_layouts

GROUP = "paper_archive.readers"
GENERAL = LabelledEntries.layout


class ReaderWarning(UserWarning):
    """A reader plug-in cannot be used, or two readers claim one page."""


class Registry:
    """The readers in use, by entry point name; `own` are the user's."""

    def __init__(self, readers: Mapping[str, Reader], own: Collection[str] = ()) -> None:
        self.readers: dict[str, Reader] = dict(sorted(readers.items()))
        self._own = own

    def fingerprints(self) -> dict[str, str]:
        """What each described layout is at present, to notice a change."""
        return {
            name: reader.description.fingerprint
            for name, reader in self.readers.items()
            if isinstance(reader, Described)
        }

    def claims(self, page: Page) -> list[str]:
        """The names of all readers that recognise a page, the one to use first.

        Those that find no paper on it are left out where another does; the general one is
        asked where no other finds any.
        """
        names = [
            name
            for name, reader in self.readers.items()
            if name != GENERAL and _recognises(name, reader, page)
        ]
        finding = [name for name in names if _finds(name, self.readers[name], page)]
        general = self.readers.get(GENERAL)
        if not finding and general and _recognises(GENERAL, general, page):
            return [GENERAL]
        return sorted(finding or names, key=lambda name: name not in self._own)

    def recognise(self, page: Page) -> Reader | None:
        """Return the reader for a page; None if no reader knows its layout."""
        claims = self.claims(page)
        if not claims:
            return None
        if len(claims) > 1 and (claims[0] in self._own) == (claims[1] in self._own):
            _warn(f"Several readers recognise one page ({', '.join(claims)}); using {claims[0]}.")
        return self.readers[claims[0]]


def load_registry(
    points: Iterable[EntryPoint] | None = None, layouts: Iterable[Path] = ()
) -> Registry:
    """Load every installed reader and every described layout.

    `points` replaces what is installed and shipped; `layouts` are folders of layout files.
    Raises `ConfigError` that names the file and the key where one of them is wrong.
    """
    found = entry_points(group=GROUP) if points is None else points
    shipped = (SHIPPED,) if points is None else ()
    readers: dict[str, Reader] = {} if points is not None else {GENERAL: LabelledEntries()}
    # Sorted by value too, so that of two plug-ins with one name always the same one is used.
    for point in sorted(found, key=lambda point: (point.name, point.value)):
        if point.name in readers:
            _warn(f"Reader {point.name!r} ({point.value}) is left out: the name is taken.")
            continue
        try:
            readers[point.name] = _load(point)
        except Exception as problem:
            _warn(
                f"Reader {point.name!r} ({point.value}) is left out: "
                f"{type(problem).__name__}: {problem}"
            )
    own = read_layouts(layouts)
    for name, layout in (read_layouts(shipped) | own).items():
        if name in readers:
            _warn(f"The layout file {name}.toml is left out: a reader has that name.")
        else:
            readers[name] = make_reader(name, layout)
    return Registry(readers, own)


def make_reader(name: str, layout: Layout) -> Described:
    """The reader of the pages that a layout describes."""
    if isinstance(layout, TableLayout):
        return DescribedTable(name, layout)
    if isinstance(layout, EntriesLayout):
        return DescribedEntries(name, layout)
    return DescribedJson(name, layout)


def _load(point: EntryPoint) -> Reader:
    reader = point.load()()
    missing = [name for name in ("layout", "recognises", "read") if not hasattr(reader, name)]
    if missing:
        raise TypeError(f"it is no reader, it lacks {', '.join(missing)}")
    return cast(Reader, reader)


def _recognises(name: str, reader: Reader, page: Page) -> bool:
    try:
        return reader.recognises(page)
    except Exception as problem:
        _warn(f"Reader {name!r} failed to look at a page: {type(problem).__name__}: {problem}")
        return False


def _finds(name: str, reader: Reader, page: Page) -> bool:
    try:
        return bool(reader.read(page).rows)
    except Exception as problem:
        _warn(f"Reader {name!r} failed to read a page: {type(problem).__name__}: {problem}")
        return False


def _warn(message: str) -> None:
    warnings.warn(message, ReaderWarning, stacklevel=3)
