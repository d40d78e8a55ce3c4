"""What a term means in the other language, so that shared words can be found across it.

A lexicon gives for a term of one language the terms that translate it, with probabilities,
and how much a term says at all.
A query's terms are joined by their translations, so that the lexical leg finds a Chinese
summary for an English question as surely as an English one (probabilistic structured
queries, Darwish & Oard 2003, doi:10.1145/860435.860497). The lexicon that ships is learned
by `embeddings.alignment` from texts about the same papers; it names terms only by their
index in a sparse vector. What a term is belongs to `embeddings.lexical`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.lexical import SparseVector

WEIGHT = 2.0
"""Of a translated term beside one that is there as asked for. A text in the other language
can only match through translations, which share one term's probability among several; at
this weight neither language is ahead (`eval/LOG.md` has both directions)."""
_DATA = "lexicon.npz"
_SCALE = 255
_STEPS = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """What a lexicon knows of one term: its information (idf, in nats) in the texts that it
    was learned from, and (translation, probability) pairs.
    """

    term: int
    information: float
    translations: list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Translations and information of terms, by term index.

    `terms` (uint32, ascending, shape (n,)) are known; term i bears `information[i]` 16ths of a
    nat (uint8) and is translated by `targets[starts[i] : starts[i + 1]]`, which point into
    `vocabulary` (uint32), with `probabilities` in 255ths (uint8).
    """

    terms: NDArray[np.uint32]
    information: NDArray[np.uint8]
    starts: NDArray[np.uint32]
    targets: NDArray[np.uint16]
    probabilities: NDArray[np.uint8]
    vocabulary: NDArray[np.uint32]

    def translate(self, term: int) -> list[tuple[int, float]]:
        """The terms of the other language that translate a term, with probabilities, the
        likeliest first; nothing for a term without a known translation.
        """
        if (place := self._place(term)) is None:
            return []
        chosen = slice(self.starts[place], self.starts[place + 1])
        indices = self.vocabulary[self.targets[chosen]].tolist()
        shares = (self.probabilities[chosen] / _SCALE).tolist()
        return list(zip(indices, shares, strict=True))

    def informs(self, term: int) -> float | None:
        """The information of a term, in nats; None for one too rare to be known."""
        place = self._place(term)
        return None if place is None else float(self.information[place]) / _STEPS

    def _place(self, term: int) -> int | None:
        place = int(np.searchsorted(self.terms, term))
        known = place < len(self.terms) and self.terms[place] == term
        return place if known else None

    def expand(self, query: SparseVector) -> SparseVector:
        """A query with the translations of its terms beside them."""
        weights = dict(zip(query.indices, query.values, strict=True))
        for term, weight in zip(query.indices, query.values, strict=True):
            for index, share in self.translate(term):
                weights[index] = weights.get(index, 0.0) + WEIGHT * share * weight
        indices = sorted(weights)
        return SparseVector(tuple(indices), tuple(weights[index] for index in indices))


def from_entries(entries: Iterable[Entry]) -> Lexicon:
    """A lexicon from its entries; of two terms that share an index, the later stays."""
    known = sorted({each.term: each for each in entries}.values(), key=lambda each: each.term)
    found = [sorted(each.translations, key=lambda pair: -pair[1]) for each in known]
    flat = [pair for pairs in found for pair in pairs]
    vocabulary = np.unique(np.array([target for target, _ in flat], np.uint32))
    if len(vocabulary) > np.iinfo(np.uint16).max:
        raise ValueError(f"a lexicon has room for 65,535 translations, not {len(vocabulary)}")
    return Lexicon(
        np.array([each.term for each in known], np.uint32),
        np.array([round(each.information * _STEPS) for each in known], np.uint8),
        _starts([len(pairs) for pairs in found]),
        np.searchsorted(vocabulary, [target for target, _ in flat]).astype(np.uint16),
        np.array([round(share * _SCALE) for _, share in flat], np.uint8),
        vocabulary,
    )


def _starts(counts: Sequence[int] | NDArray[np.uint8]) -> NDArray[np.uint32]:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.uint32)]).astype(np.uint32)


@cache
def load_bundled() -> Lexicon:
    """The lexicon that ships, loaded once."""
    with (files("embeddings") / "data" / _DATA).open("rb") as file, np.load(file) as arrays:
        return Lexicon(
            arrays["terms"],
            arrays["information"],
            _starts(arrays["counts"]),
            arrays["targets"],
            arrays["probabilities"],
            arrays["vocabulary"],
        )


def save(lexicon: Lexicon, path: Path) -> None:
    """Write the file that `load_bundled` reads."""
    np.savez_compressed(
        path,
        terms=lexicon.terms,
        information=lexicon.information,
        counts=np.diff(lexicon.starts).astype(np.uint8),
        targets=lexicon.targets,
        probabilities=lexicon.probabilities,
        vocabulary=lexicon.vocabulary,
    )
