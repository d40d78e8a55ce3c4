"""How tables of figures are printed, whatever they measure."""

from __future__ import annotations

from rich.table import Table

from search_api import console

_WIDE = 240
"""Columns of the page where no terminal says how many there are."""


def show(table: Table) -> None:
    """Print a table with nothing cut off: what is too long for its column goes on below."""
    for column in table.columns:
        column.overflow = "fold"
    if not console.out.is_terminal:
        console.out.width = max(console.out.width, _WIDE)
    console.out.print(table)
