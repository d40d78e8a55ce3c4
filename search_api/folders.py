"""Keeps an archive in step with folders while they change, until it is interrupted.

Between two changes nothing is held open, so that searches, servers and other writers have
the archive. Which files are pages and what is read from them is `indexer`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from embeddings.errors import ArchiveError, BadQuery, UnreadableFile
from indexer.catalogue import FileState
from indexer.report import IndexReport

QUIET_MS = 500
"""Nothing may have changed for so long before pages are read: most are written by then."""
PATIENCE_MS = 5000
"""Pages are read after so long even if changes go on, and again if they could not be."""


def check_folders(paths: Iterable[Path]) -> None:
    """Raise `BadQuery` for a path that cannot be followed: a file may be replaced by another."""
    for path in paths:
        if not path.is_dir():
            raise BadQuery(f"{path}: --watch takes folders; name the one that it is in")


def check_there(paths: Iterable[Path]) -> None:
    """Raise `UnreadableFile` for a path that does not exist, before an archive is made for it."""
    for path in paths:
        if not path.exists():
            raise UnreadableFile(path, "no such file or folder")


def follow(
    folders: Sequence[Path], home: Path, index: Callable[[], Sequence[str]]
) -> Iterator[str]:
    """Call `index` whenever something below the folders changed, and yield its lines.

    What `index` cannot do now is told and tried again. Changes below `home`, the archive
    itself, and of hidden files do not count.
    """
    from watchfiles import Change, watch  # no other command needs it

    roots = [folder.resolve() for folder in folders]

    def counts(_: Change, changed: str) -> bool:
        path = Path(changed)
        below = (path.relative_to(root) for root in roots if path.is_relative_to(root))
        hidden = any(part.startswith(".") for each in below for part in each.parts)
        return not hidden and not path.is_relative_to(home)

    # Something may have changed before anybody looked.
    due, told = True, ""
    for changes in watch(
        *roots,
        watch_filter=counts,
        debounce=PATIENCE_MS,
        step=QUIET_MS,
        rust_timeout=PATIENCE_MS,
        yield_on_timeout=True,
    ):
        if not changes and not due:
            continue
        try:
            yield from index()
            due, told = False, ""
        except ArchiveError as error:
            due = True
            if str(error) != told:
                told = str(error)
                yield f"{told} It is tried again."


def changed(
    before: Sequence[FileState], after: Sequence[FileState], report: IndexReport, told: set[str]
) -> list[str]:
    """What a run changed, a line for each file and one for the papers.

    Missing files are told once: `told` holds those that were, and gets the new ones.
    """
    old = {state.path: state for state in before}
    new = {state.path: state for state in after}
    renamed = {Path(each.file): each.now for each in report.renamed}
    lines = []
    for path, state in new.items():
        if old.get(path) != state:
            lines.append(f"{state.name}: {state.problem or f'{state.rows} entries'}")
    for path, state in old.items():
        if path in renamed:
            lines.append(f"{state.name}: is {renamed[path]} now")
        elif path not in new:
            lines.append(f"{state.name}: taken out")
    if lines:
        lines.append(
            f"{report.papers_new} papers new, {report.papers_updated} updated, "
            f"{report.papers_removed} removed; {report.papers} in the archive"
        )
    for gone, how in ((report.missing, "--prune"), (report.moved, "`archive remove`")):
        news = [each for each in gone if each not in told]
        lines += [f"{each}: is gone; what it told stays, {how} takes it out" for each in news]
        told.update(gone)
    return lines
