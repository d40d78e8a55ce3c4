"""Chooses the writer of a format, and loads only what that one needs."""

from __future__ import annotations

from typing import Literal, get_args

from indexer.exports.base import Writer

ExportFormat = Literal["jsonl", "bibtex", "ris", "csv"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


def open_writer(name: ExportFormat) -> Writer:
    """The writer of a format."""
    if name == "bibtex":
        from indexer.exports.bibtex import BibTex

        return BibTex()
    if name == "ris":
        from indexer.exports.ris import Ris

        return Ris()
    if name == "csv":
        from indexer.exports.table import Table

        return Table()
    from indexer.exports.jsonl import JsonLines

    return JsonLines()
