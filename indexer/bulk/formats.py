"""Which formats of records there are, and the choice of one for a file."""

from __future__ import annotations

from pathlib import Path

from indexer.bulk.base import Format
from indexer.bulk.bibtex import BibTex
from indexer.bulk.csl import Csl
from indexer.bulk.csv_table import CsvTable
from indexer.bulk.exported import Exported
from indexer.bulk.json_lines import JsonLines
from indexer.bulk.ris import Ris
from indexer.bulk.snapshot import Snapshot
from indexer.bulk.stream import read_head

FORMATS: tuple[Format, ...] = (
    Exported(), Snapshot(), JsonLines(), Csl(), BibTex(), Ris(), CsvTable(),
)  # fmt: skip
"""The first that recognises a file reads it: a format with more of its own comes earlier."""


def recognise(path: Path) -> Format | None:
    """The format of a file of records; None for anything else.

    Raises `UnreadableFile` for a file that cannot be unpacked, `OSError` for one that cannot
    be opened.
    """
    head = read_head(path)
    return next((format_ for format_ in FORMATS if format_.recognises(head)), None)
