"""Which indexed files are gone from the disk, and what became of them.

A pure function of what the catalogue knows, what a run found, and the disk. What is then done
about it is the pipeline's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.catalogue import FileState
from indexer.files import SourceFile


@dataclass(frozen=True, slots=True)
class Gone:
    """Files that are gone: `renamed` with their content's name now, `inside` the given folders,
    and `moved` from a folder that is gone as well, while other files of it were found.
    """

    renamed: dict[Path, str]
    inside: list[Path]
    moved: list[Path]


def find_gone(
    before: Sequence[FileState],
    states: Sequence[FileState],
    folders: Sequence[Path],
    found: Mapping[str, SourceFile],
) -> Gone:
    """What is gone; `found` are a run's files by path, `folders` those that were looked through.

    `before` is what the catalogue knew when the run began: a file that had the content of one
    that is gone even then is its copy, not its new name.
    """
    copies = {(each.path, each.sha256) for each in before}
    names = {
        state.sha256: found[str(state.path)].name
        for state in states
        if state.layout and state.sha256 and str(state.path) in found
        if (state.path, state.sha256) not in copies
    }
    gone = [each for each in states if str(each.path) not in found and _is_gone(each.path)]
    renamed = {
        each.path: names[each.sha256] for each in gone if each.layout and each.sha256 in names
    }
    left = [each.path for each in gone if each.path not in renamed]
    inside = [path for path in left if any(map(path.is_relative_to, folders))]
    old = {path.parent for path in renamed if _is_gone(path.parent)}
    moved = [path for path in left if path not in inside and path.parent in old]
    return Gone(renamed, inside, moved)


def _is_gone(path: Path) -> bool:
    """Whether there is no such file; one that cannot be looked for may be there."""
    try:
        return not path.exists()
    except OSError:
        return False
