"""Writes the files of JSON lines that an archive keeps of its own: whole, or as they were."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from indexer.stores.lock import sync_file, sync_folder


def replace_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Replace a file at once: a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f".{path.name}.new")
    with work.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    sync_file(work)
    work.replace(path)
    sync_folder(path.parent)
