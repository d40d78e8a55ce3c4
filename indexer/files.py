"""From paths to pages: which files to read, and what text is in them.

Layouts are unknown here; a file is a page if it is readable text of a sensible size.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path

from embeddings.errors import UnreadableFile
from indexer.encoding import broken_lines, guess_text, mend
from indexer.readers.base import Page

MAX_BYTES = 64 * 1024 * 1024
"""The largest page that is read. The largest real digest seen has 6 MB; beyond this a file
is an export or a dump, and the machine's memory is worth more."""

_SUFFIXES = {".md", ".markdown", ".txt", ".json", ".html", ".htm"}
_RECORDS = {".jsonl", ".ndjson", ".csv", ".bib", ".ris"}
_PACKED = {".gz", ".xz", ".zip"}
# The same separator twice: 2010.1012 is an arXiv paper. Digits without one are two each.
_DATE = re.compile(
    r"(?<!\d)(20\d\d)(?:([-_.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])"
    r"|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
    r"|年(0?[1-9]|1[0-2])月(0?[1-9]|[12]\d|3[01])日?)(?!\d)"
)
_NUMBER = re.compile(r"[\W\d_年月日]*")
_GENERIC = {"", "readme", "index", "undated", "docs-index"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be read: its absolute path, and its name below the path the user gave."""

    path: Path
    name: str

    def source(self) -> str:
        """The digest that publishes this file, by its name without the date.

        "topic-tables_2025-09-29.md" is from "topic-tables"; a name that says nothing
        ("2025-09-29.md", "README.md") leaves it to the nearest folder's that is no number.
        """
        stem, *folders = self._parts()
        named = (folder for folder in folders if not _NUMBER.fullmatch(folder))
        for part in (stem, next(named, "")):
            bare = re.sub(r"[-_. ]?undated$", "", _DATE.sub("", part)).strip("-_. ")
            if bare.casefold() not in _GENERIC and not _NUMBER.fullmatch(bare):
                return bare
        return stem

    def date(self) -> str | None:
        """The ISO date in the file's name, or in that and folders that are numbers, if any."""
        stem, *folders = self._parts()
        numbers = list(takewhile(_NUMBER.fullmatch, filter(None, folders)))[::-1]
        numbers += [stem] if _NUMBER.fullmatch(stem) else []
        for text in (stem, "-".join(numbers), "".join(numbers)):  # 2025/09/29, 2025/0929
            for found in _DATE.finditer(text):
                year, month, day = (
                    digits for digits in found.groups() if digits and digits not in "-_."
                )
                with suppress(ValueError):  # a number that only looks like one
                    return date(int(year), int(month), int(day)).isoformat()
        return None

    def _parts(self) -> list[str]:
        """The file's name without suffixes, and its folders, the nearest first."""
        path = _unpacked(self.path)
        return [printable(Path(part)) for part in (path.stem, *(up.name for up in path.parents))]


def discover(
    paths: Iterable[Path], closed: Callable[[UnreadableFile], object] | None = None
) -> Iterator[SourceFile]:
    """Files to read, in a fixed order: those given, and all that look like text in folders.

    Hidden files and folders are left out; folders that links lead to are looked into like
    others. `closed` is told of every folder that cannot be looked into. Raises
    `UnreadableFile` for a path that does not exist, and without `closed` for such a folder.
    """
    seen: set[Path] = set()
    for given in paths:
        root = given.resolve()
        folder = _is_folder(given)
        candidates = sorted(_walk(root, closed or _refuse)) if folder else [root]
        base = root if folder else root.parent
        for candidate in candidates:
            path = candidate.resolve()  # a linked file is the file it links to
            if path not in seen:
                seen.add(path)
                yield SourceFile(path, printable(candidate.relative_to(base)))


def _is_folder(given: Path) -> bool:
    try:
        if given.is_dir():
            return True
        if given.is_file():
            return False
        problem = "is neither a file nor a folder" if given.exists() else "no such file or folder"
    except OSError as error:
        problem = f"cannot be looked at ({error.strerror})"
    raise UnreadableFile(given, problem)


def _refuse(error: UnreadableFile) -> None:
    raise error


def _walk(root: Path, closed: Callable[[UnreadableFile], object]) -> Iterator[Path]:
    """The pages below a folder; none by a link that is there without one, and none twice."""

    def tell(error: OSError) -> None:
        closed(UnreadableFile(error.filename, f"cannot be looked into ({error.strerror})"))

    seen: set[Path] = set()
    folders = [root]
    for start in folders:
        for name, below, files in os.walk(start, onerror=tell):
            folder = Path(name)
            if folder.resolve() in seen:  # a link that leads back
                below.clear()
                continue
            seen.add(folder.resolve())
            below[:] = [each for each in below if not each.startswith(".")]
            links = (folder / each for each in sorted(below))
            # `Path.is_symlink` raises where a folder's entries can be listed, but not looked at.
            folders += [each for each in links if os.path.islink(each)]  # noqa: PTH114
            yield from (folder / each for each in files if _is_page(folder / each))


def read_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """A file's content. Raises `UnreadableFile` if it is too large or cannot be read."""
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise UnreadableFile(
                path,
                f"is {size / 2**20:.0f} MB, more than the limit of {max_bytes / 2**20:.0f} MB; "
                "split it, or raise ARCHIVE_MAX_FILE_MB",
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, f"cannot be read ({error.strerror})") from error


def decode(path: Path, data: bytes) -> Page:
    """The page in a file's content.

    UTF-8 first, of which a few bytes may be broken, then UTF-16 by its mark, GB 18030, and
    whatever a detector is sure of. Raises `UnreadableFile` for an empty or binary file and for
    text in no known encoding: a guess that replaces characters would be damage.
    """
    if not data.strip():
        raise UnreadableFile(path, "is empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in data:
        raise UnreadableFile(path, "is a binary file, not a page of text")
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        guess = guess_text(data)
        if guess is None:
            raise UnreadableFile(
                path, f"is in no known text encoding (byte {error.start} is not UTF-8)"
            ) from error
        text = guess
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Page(mend(text), printable(Path(path.name)), broken_lines(text))


def printable(path: Path) -> str:
    """A path as text, even if its bytes are in no encoding: those appear as escapes."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def called(files: Sequence[SourceFile]) -> dict[str, str]:
    """What to call each file, by path: its name, or its path where others share the name."""
    sharing = Counter(file.name for file in files)
    paths = {printable(file.path): file.name for file in files}
    return {path: name if sharing[name] == 1 else path for path, name in paths.items()}


def sha256(data: bytes) -> str:
    """The digest by which an unchanged file is known."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """The digest of a file that is too large to be held. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_page(path: Path) -> bool:
    if path.name.startswith(".") or _unpacked(path).suffix.lower() not in _SUFFIXES | _RECORDS:
        return False
    try:
        return path.is_file()
    except OSError:
        return True  # reading it says why it cannot be read


def _unpacked(path: Path) -> Path:
    """What a file is called without what packed it: "a.jsonl.gz" is "a.jsonl"."""
    return path.with_suffix("") if path.suffix.lower() in _PACKED else path
