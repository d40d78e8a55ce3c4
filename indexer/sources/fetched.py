"""The files in which fetched papers are kept: one for each window, one record a line.

The first line is the delivery. The files are ordinary input of the archive, read by the
reader of their source, so an archive can be made anew from them without asking anybody.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from embeddings.errors import UnreadableFile
from indexer.kept_lines import replace_lines
from indexer.readers.fetched import MARK
from indexer.sources.base import Delivery, Record

_DELIVERY = TypeAdapter(Delivery)


def folder_name(stream: str) -> str:
    """A stream's folder: readable, and no two streams have the same."""
    bare = re.sub(r"[^\w.]+", "-", stream).strip("-")[:60]
    return f"{bare}-{hashlib.sha256(stream.encode()).hexdigest()[:8]}"


def write(path: Path, delivery: Delivery, records: Iterable[Record]) -> None:
    """Replace a file at once: a crash leaves the old one or the new one."""
    replace_lines(path, ({MARK: delivery.source, **asdict(delivery)}, *records))


def read_delivery(path: Path) -> Delivery | None:
    """The delivery that a file holds; None if there is no file. Raises `UnreadableFile`."""
    try:
        with path.open(encoding="utf-8") as file:
            return _DELIVERY.validate_json(file.readline())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            path, "does not begin as a fetched file does; delete it and fetch again"
        ) from error


def read_records(path: Path) -> list[Record]:
    """The records of a file; none if there is no file. Raises `UnreadableFile`."""
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8") as file:
            file.readline()
            return [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        raise UnreadableFile(path, "is damaged; delete it and fetch again") from error
