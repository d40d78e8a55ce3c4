"""Bytes of a bulk file, unpacked as they are read: plain, gzip, xz, or a zip of one file."""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from embeddings.errors import UnreadableFile
from indexer.bulk.base import Unusable
from indexer.files import MAX_BYTES

HEAD = 256 * 1024
"""Bytes that a format is recognised by."""
MAX_LINE = 8 * 1024 * 1024
"""Of one record; longer lines are rejected, so that no file can fill the memory."""
DAMAGE = (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile)
"""What reading a damaged or truncated file raises."""
_MAGIC = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\x00": "xz", b"PK\x03\x04": "zip"}


@dataclass(frozen=True, slots=True)
class Stream:
    """An open bulk file: its unpacked bytes, and the packed file that they come from."""

    file: BinaryIO
    packed: BinaryIO

    def position(self) -> int:
        """How many bytes of the file on disk have been read."""
        return self.packed.tell()


def packing(path: Path) -> str | None:
    """How a file is packed: "gzip", "xz" or "zip", by its first bytes; None if it is not."""
    with path.open("rb") as file:
        return _kind(file.read(6))


def _kind(start: bytes) -> str | None:
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)


@contextmanager
def opened(path: Path) -> Iterator[Stream]:
    """A file's unpacked bytes. Raises `UnreadableFile` for one that cannot be unpacked."""
    with ExitStack() as stack:
        try:
            packed = stack.enter_context(path.open("rb"))
            kind = packing(path)
            file: BinaryIO = packed
            if kind == "gzip":
                file = cast(BinaryIO, stack.enter_context(gzip.open(packed)))
            elif kind == "xz":
                file = cast(BinaryIO, stack.enter_context(lzma.open(packed)))
            elif kind == "zip":
                file = cast(BinaryIO, stack.enter_context(_only_member(path, packed)))
        except (*DAMAGE, RuntimeError) as error:  # zipfile's word for a password
            raise UnreadableFile(path, f"cannot be unpacked ({error})") from error
        yield Stream(file, packed)


def _only_member(path: Path, packed: BinaryIO) -> zipfile.ZipExtFile:
    folder = zipfile.ZipFile(packed)
    names = [
        name
        for name in folder.namelist()
        if not name.endswith("/") and not name.startswith("__MACOSX/")
    ]
    if len(names) != 1:
        raise UnreadableFile(path, f"holds {len(names)} files; unpack it and index the folder")
    return cast(zipfile.ZipExtFile, folder.open(names[0]))


def read_head(path: Path) -> str:
    """The start of a file's text, what is no UTF-8 in it replaced."""
    with opened(path) as stream:
        try:
            head = stream.file.read(HEAD)
        except DAMAGE as error:
            raise UnreadableFile(path, f"cannot be unpacked ({error})") from error
    return head.decode("utf-8-sig", "replace")


def unpacked(path: Path, data: bytes, max_bytes: int) -> bytes:
    """What is packed in a file's content, or the content itself.

    Raises `UnreadableFile` for what cannot be unpacked, or is larger then than `max_bytes`.
    """
    if _kind(data) is None:
        return data
    with opened(path) as stream:
        try:
            content = stream.file.read(max_bytes + 1)
        except DAMAGE as error:
            raise UnreadableFile(path, f"cannot be unpacked ({error})") from error
    if len(content) > max_bytes:
        raise UnreadableFile(path, f"holds more than the limit of {max_bytes / 2**20:.0f} MB")
    return content


def lines(file: BinaryIO, after: int = 0) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers, beginning behind line `after`; None for one over `MAX_LINE`."""
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        whole = line.endswith(b"\n") or len(line) < MAX_LINE
        rest = line
        while not whole and rest:
            rest = file.readline(MAX_LINE)
            whole = rest.endswith(b"\n")
        if number > after:
            yield number, line if rest is line else None


def whole(file: BinaryIO) -> bytes:
    """All of a file whose format has no lines. Raises `Unusable` if that is too much."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Unusable(
            f"is larger than {MAX_BYTES // 2**20} MB; split it, or save it as JSON lines"
        )
    return data
