"""One owner for a store on disk, whichever process asks first.

Knows how to wait for a store and how to say that it is taken. Does not know what is in it.
The engines have locks of their own, but theirs are taken halfway through opening and their
errors look like damage; this one is taken before any file of the store is touched, and the
system lets go of it when its owner dies, however it dies.
"""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.errors import StoreBusy, StoreError

DEFAULT_TIMEOUT = 10.0
"""Seconds to wait: longer than a search in another terminal, shorter than patience."""


def busy(path: Path, timeout: float) -> StoreBusy:
    """The error for a store that stayed taken."""
    taken = path if path.exists() else path.parent  # where there is nothing but the lock
    return StoreBusy(
        f"{taken} is in use by another process (waited {timeout:g} s); nothing is damaged. Try "
        "again when that command has finished, or stop the running server, or go through it."
    )


def own(path: Path, timeout: float) -> FileLock:
    """Become the owner of the store at `path`, waiting up to `timeout` seconds.

    The lock is the file beside it, `<name>.lock`, which stays there when it is let go.

    Raises:
        StoreBusy: it stayed taken.
        StoreError: the folder around it cannot be written.

    """
    # Not thread-local: a server may close its store from another thread than opened it.
    lock = FileLock(path.with_name(f"{path.name}.lock"), thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=timeout)
    except Timeout as error:
        raise busy(path, timeout) from error
    except OSError as error:
        raise StoreError(f"{path.parent} cannot be written: {error}") from error
    return lock


def sync_folder(folder: Path) -> None:
    """Make created and renamed entries of a folder survive a loss of power."""
    if os.name == "posix":  # elsewhere folders cannot be opened, and renames are journalled
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make a closed file's contents survive a loss of power."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
