"""Streams a bulk file into the catalogue, in memory that does not grow with the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from indexer.bulk.base import Format, Item
from indexer.bulk.ledger import Ledger
from indexer.bulk.selection import Selection
from indexer.bulk.stream import DAMAGE, opened
from indexer.catalogue import Catalogue
from indexer.derivation import Change
from indexer.files import SourceFile, sha256_of

BATCH = 1000
"""Records between two transactions: at most this many are read again after a crash."""
MB = 2**20


@dataclass(slots=True)
class Tally:
    """What a reading changed, in numbers of papers; one that a file names in two places far
    apart counts as new and then as updated.
    """

    unchanged: bool = False
    new: int = 0
    updated: int = 0
    _gone: set[str] = field(default_factory=set)

    @property
    def removed(self) -> int:
        """Papers that no later batch brought back."""
        return len(self._gone)

    def add(self, change: Change) -> None:
        """Count a batch; a paper that only moved to a later line goes and comes back."""
        back = self._gone & change.new
        self.new += len(change.new) - len(back)
        self.updated += len(change.updated) + len(back)
        self._gone = (self._gone - back) | change.removed


class Importer:
    """Reads bulk files; what was read before a crash is not read again."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._ledger = Ledger(catalogue)

    def read(
        self,
        file: SourceFile,
        source: str,
        format_: Format,
        selection: Selection,
        progress: Callable[[int], None],
    ) -> Tally:
        """Read a file, or the rest of it; `progress` is told megabytes of the file on disk.

        A file that breaks off gives what stands before, with a reject where it ends. Raises
        `UnreadableFile` for one that cannot be unpacked, `OSError` for one that cannot be read.
        """
        cursor = self._ledger.begin(file, sha256_of(file.path), source, format_.layout, selection)
        if cursor.done:
            return Tally(unchanged=True)
        tally, at, shown = Tally(), cursor.line, 0
        with opened(file.path) as stream:
            batches = _batches(format_.items(stream.file, at))
            while True:
                try:
                    batch = next(batches, None)
                except DAMAGE as error:
                    reason = f"the file breaks off behind this line ({error}); get it anew"
                    tally.add(self._ledger.break_off(cursor.file_id, at, reason))
                    return tally
                if batch is None:
                    break
                wanted = [item for item in batch if _selected(item, selection)]
                left_out = len(batch) - len(wanted)
                line = batch[-1].line
                tally.add(self._ledger.put(cursor.file_id, at, line, wanted, left_out))
                at = line
                progress(stream.position() // MB - shown)
                shown = stream.position() // MB
        tally.add(self._ledger.finish(cursor.file_id, at))
        return tally

    def left_out(self) -> dict[str, int]:
        """How many records of each bulk file were not wanted, by the file's path."""
        return self._ledger.left_out()


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in lists of about `BATCH`, never cut within a line, where no cursor can stand.

    What was read before the file turned out to be damaged still comes.
    """
    batch: list[Item] = []
    try:
        for item in items:
            if len(batch) >= BATCH and item.line != batch[-1].line:
                yield batch
                batch = []
            batch.append(item)
    except DAMAGE:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _selected(item: Item, selection: Selection) -> bool:
    """Whether an item is wanted, with all that it says of its paper. Rejects are kept."""
    return item.reject is not None or selection.admits(each.row for each in item.rows)
