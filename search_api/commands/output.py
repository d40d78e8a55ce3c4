"""Files that commands write: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from embeddings.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its place only once it is whole.

    Raises `InputError` for a folder, and where there is none for the file.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file to write.")
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}.")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    work = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        # Private until now, as temporary files are; people publish what they write here.
        work.chmod(0o666 & ~_umask())
        work.replace(path)
    finally:
        work.unlink(missing_ok=True)


def _umask() -> int:
    """What new files may not allow; asking sets it, so it is put back at once."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
