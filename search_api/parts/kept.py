"""The files in which a language model's parts are kept: one for each run, one paper a line.

The first line names the model. A record has the paper, the language, what was asked for, what
was written on which day and what each sentence was verified against, and how many sentences
were dropped, but none of them. The files are ordinary input of the archive, read by
`indexer.readers.written`, so an archive can be made anew from them without asking the model.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embeddings.errors import UnreadableFile
from indexer.paper import WRITTEN, Language, OriginText, Paper, TextKind
from indexer.readers.fetched import MARK
from indexer.stores.lock import sync_folder
from search_api.parts.part import Part

FOLDER = WRITTEN
"""Below the archive's home."""
Asked = tuple[str, str, str, str]
"""A paper's id, a language, a kind, and the digest of the abstract that the model was shown."""


def source_name(model: str) -> str:
    """What a model is called as a source of texts."""
    return f"model:{model}"


def paths(folder: Path) -> list[Path]:
    """The files of all runs, in order."""
    return sorted(folder.glob("*.jsonl"))


def mend(folder: Path) -> None:
    """Take off the half lines that killed runs left."""
    for path in paths(folder):
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            path.unlink()
        elif len(whole) < len(data):
            os.truncate(path, len(whole))


def model_of(path: Path) -> str:
    """The model that wrote a file. Raises `UnreadableFile`."""
    first, *_ = [*_lines(path), {}]
    if first.get(MARK) != WRITTEN or not isinstance(first.get("model"), str):
        raise UnreadableFile(path, "does not begin as a file of written parts does; move it away")
    return str(first["model"])


def asked_before(folder: Path, model: str) -> set[Asked]:
    """What a model was asked for already, held or not. Raises `UnreadableFile`."""
    own = (path for path in paths(folder) if model_of(path) == model)
    return {each for path in own for each in _asked_in(path)}


def asked(paper: Paper, language: Language, kind: TextKind, abstract: OriginText) -> Asked:
    """A question as `asked_before` knows it."""
    return (paper.paper_id, language, kind, _digest(abstract))


class Keeper:
    """Appends one run's records; the file is made with the first one.

    Each record is on disk before the next paper is begun.
    """

    def __init__(self, folder: Path, model: str) -> None:
        last = max((int(path.stem) for path in paths(folder) if path.stem.isdigit()), default=0)
        self.path = folder / f"{last + 1:04}.jsonl"
        self._model = model

    def keep(
        self,
        paper: Paper,
        language: Language,
        abstract: OriginText,
        parts: Sequence[Part],
        dropped: dict[TextKind, int],
    ) -> None:
        """Keep what was written about a paper in a language; `dropped` counts sentences of
        every part that was asked for.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._append({MARK: WRITTEN, "model": self._model, "begun": now})
            sync_folder(self.path.parent)
        self._append(
            {
                "paper_id": paper.paper_id,
                "title": paper.title,
                "language": language,
                "written": now,
                "abstract_sha256": _digest(abstract),
                "asked": list(dropped),
                "dropped": dropped,
                "parts": [asdict(part) for part in parts],
            }
        )

    def _append(self, record: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _digest(abstract: OriginText) -> str:
    return hashlib.sha256(abstract.text.encode()).hexdigest()


def _asked_in(path: Path) -> Iterator[Asked]:
    for record in list(_lines(path))[1:]:
        try:
            where = record["paper_id"], record["language"]
            yield from ((*where, kind, record["abstract_sha256"]) for kind in record["asked"])
        except (KeyError, TypeError) as error:
            raise _damaged(path) from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> UnreadableFile:
    return UnreadableFile(path, "is damaged; `archive remove` it, and write again")
