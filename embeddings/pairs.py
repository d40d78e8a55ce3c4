"""Texts about the same papers in both languages, from which maps and lexicons are learned.

A file of pairs is JSON lines (plain, .gz or .xz) with `title` and `abstract` in English and
`zh`, whose values are Chinese texts about the same paper.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from embeddings.errors import UnreadableFile

_OPENERS: dict[str, Callable[..., IO[Any]]] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}


@dataclass(frozen=True, slots=True)
class Pair:
    """One paper's texts, each as a passage would hold it."""

    english: str
    chinese: str


def read_pairs(path: Path) -> list[Pair]:
    """Every pair of a file. Raises `UnreadableFile` with the line of a record that is none."""
    opener = _OPENERS.get(path.suffix, open)
    pairs = []
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for line in file:
                number += 1
                record = json.loads(line)
                english = f"{record['title']}\n{record['abstract']}"
                pairs.append(Pair(english, "\n".join(record["zh"].values())))
    except (OSError, EOFError, lzma.LZMAError, zlib.error, UnicodeDecodeError) as error:
        raise UnreadableFile(path, f"cannot be read ({error})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"line {number} needs title, abstract and zh ({type(error).__name__}: {error})"
        raise UnreadableFile(path, reason) from error
    return pairs
