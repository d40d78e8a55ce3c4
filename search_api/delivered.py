"""The files of one fetched stream on their way into an archive: noted in the ledger, read in.

Whoever fetched them, and what is still missing, is `search_api.fetching`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from indexer.files import printable
from indexer.ledger import Ledger
from indexer.report import IndexReport
from indexer.sources.base import Delivery
from search_api.archive import Archive


def read_in(archive: Archive, folder: Path, source: str) -> IndexReport:
    """Note and read all of a stream's files, so that what an earlier run could not finish is.

    Raises `UnreadableFile` for a file that does not begin with a delivery.
    """
    from indexer.sources.fetched import read_delivery  # no search needs it

    paths = sorted(folder.glob("*.jsonl"))
    deliveries = [(delivery, path) for path in paths if (delivery := read_delivery(path))]
    ledger = Ledger(archive.catalogue)
    ledger.record(deliveries)
    report = archive.index(paths, source=source)
    known = [each.path for each in archive.catalogue.files()]
    if gone := _replaced(known, folder, deliveries):
        ledger.forget(gone)
        archive.remove(gone)  # only now: before, their texts would be embedded again
    return report


def _replaced(
    known: Iterable[Path], folder: Path, deliveries: Sequence[tuple[Delivery, Path]]
) -> list[Path]:
    """Files of the stream that are not there any more, though what they held is: their home was
    moved, or the window that they were a part of was read whole.
    """
    here = {printable(path) for _, path in deliveries}
    names = {path.name for _, path in deliveries}
    whole = [path.stem for each, path in deliveries if not each.split and each.missing is None]
    # A part's name begins with the whole one's; all time has parts of every name.
    starts = tuple("" if stem == "all" else stem for stem in whole)
    return [
        path
        for path in known
        if path.parent.parts[-2:] == folder.parts[-2:]
        and (path.name in names or path.name.startswith(starts))
        and not (str(path) in here or path.exists())
    ]
