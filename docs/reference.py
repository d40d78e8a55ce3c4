"""Writes `reference.md`: every command and every setting, in a line each.

    python docs/reference.py

What is said is said where they are defined; `tests/test_docs.py` holds the file to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

import search_api.cli
from eval.cli import app as measuring
from eval.learn import app as learning
from indexer.settings import Settings

FILE = Path(__file__).with_name("reference.md")
_HEAD = """# Reference

Written by `python docs/reference.py`; edit the help of commands and settings instead.

## Commands

`archive COMMAND --help` tells the options. `eval` and `learn` need the extra `[eval]`, some of
them `[models]` too.

| command | what it does |
| --- | --- |
"""
_SETTINGS = """
## Settings

Environment variables. Options of commands come before them.

| variable | unless set | what it is |
| --- | --- | --- |
"""


def reference() -> str:
    """The whole file."""
    whole = typer.Typer()
    whole.add_typer(search_api.cli.app)
    whole.add_typer(measuring, name="eval")
    whole.add_typer(learning, name="learn")
    lines = [f"| `{name}` | {said} |" for name, said in commands(typer.main.get_command(whole))]
    lines += _SETTINGS.splitlines()
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory or field.default is None else f"`{field.default}`"
        lines.append(f"| `ARCHIVE_{name.upper()}` | {default} | {field.description} |")
    return _HEAD + "\n".join(lines) + "\n"


def commands(command: Any, path: str = "archive") -> Iterator[tuple[str, str]]:
    """Every command, and the first sentence of its help."""
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, f"{path} {name}")
    if not hasattr(command, "commands"):
        yield path, command.get_short_help_str(limit=1000)


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
