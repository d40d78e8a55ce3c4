"""Which tasks a path on the command line stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from embeddings.errors import InputError, UnreadableFile
from eval import beir
from eval.archives import cross_text, duplicates, read_pages, titles
from eval.natural import Split, natural
from eval.task import ReadPage, Task

Maker = Callable[[Sequence[ReadPage]], Task]
ARCHIVE_TASKS = ("natural", "cross-text", "titles", "duplicates")
Note = Callable[[str], None]


def find_tasks(
    paths: Iterable[Path],
    note: Note,
    *,
    only: str | None = None,
    split: Split = "dev",
    qrels: Path | None = None,
) -> list[Task]:
    """Every task at these paths: BEIR folders, folders of them, and digest pages.

    `only` picks one of `ARCHIVE_TASKS`; without it, those that the pages cannot give are
    told to `note` and left out. Raises `InputError` for a path that gives no task.
    """
    tasks: list[Task] = []
    for path in paths:
        if not path.exists():
            raise UnreadableFile(path, "does not exist")
        collections = _collections(path)
        if collections and only:
            raise InputError(f"{path}: --task picks among tasks of digest pages, and here are none")
        if qrels and len(collections) != 1:
            raise InputError(f"{path}: --qrels goes with one BEIR folder")
        tasks += [beir.load(folder, qrels) for folder in collections]
        if not collections:
            tasks += page_tasks(path, read_pages(path), note, only=only, split=split)
    names = [task.name for task in tasks]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError(f"two datasets are called {min(twice)!r}; evaluate them one by one")
    return tasks


def _collections(path: Path) -> list[Path]:
    if beir.is_collection(path):
        return [path]
    inside = sorted(path.iterdir()) if path.is_dir() else []
    return [folder for folder in inside if beir.is_collection(folder)]


def page_tasks(
    path: Path,
    pages: Sequence[ReadPage],
    note: Note,
    *,
    only: str | None = None,
    split: Split = "dev",
) -> list[Task]:
    """Every task that the digest pages of a folder, or of an archive, give; see `find_tasks`."""
    if not pages:
        raise InputError(
            f"{path}: neither a BEIR folder ({beir.CORPUS}), nor a folder of them, nor digest pages"
        )
    makers: dict[str, Maker] = {
        "natural": lambda pages: natural(pages, split),
        "cross-text": cross_text,
        "titles": titles,
        "duplicates": duplicates,
    }
    tasks = []
    for name, make in makers.items():
        if only not in (None, name):
            continue
        try:
            task = make(pages)
            if not task.queries:
                raise InputError("these pages give it no query")
        except InputError as error:
            if only:
                raise InputError(f"{path}: the task {name!r} is not possible: {error}") from error
            note(f"{path}: the task {name!r} is left out: {error}")
            continue
        tasks.append(task)
    if not tasks:
        raise InputError(f"{path}: the pages give no task any query")
    return tasks
