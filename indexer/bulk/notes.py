"""What records say besides, and what the archive's own exports put among it.

Other programs' formats have no place for links to code, nor for where a paper was seen:
`indexer.exports.reference` writes them as notes. Were they read as such, every round of exporting
and indexing would add them to the paper again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.exports.reference import CODE, NOTE_END, SEEN


def codes_and_notes(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """The addresses of code among a record's notes, and its other notes."""
    codes: list[str] = []
    notes: list[str] = []
    for note in _divided(texts):
        given = [each.rstrip(",") for each in note.removeprefix(CODE).split()]
        if note.startswith(CODE) and all(each.startswith("http") for each in given):
            codes += given
        elif not note.startswith(SEEN):
            notes.append(note)
    return codes, notes


def _divided(texts: Iterable[str]) -> Iterator[str]:
    """Notes one by one where an export joined them, else as they are."""
    for text in texts:
        if text.rpartition("\n")[2].startswith(SEEN):
            yield from text.split(NOTE_END)
        else:
            yield text
