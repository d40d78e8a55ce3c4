"""Learns a lexicon from texts that are about the same papers in two languages.

IBM Model 1 (Brown et al. 1993, https://aclanthology.org/J93-2003) over sets of terms: a
document's terms in one language explain its terms in the other, and expectation
maximisation finds out which explains which. Whole abstracts are enough, no sentence needs
its translation. Needs scipy, which the extra `models` brings.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from embeddings.errors import InputError
from embeddings.lexical import HAN, index_of, terms
from embeddings.lexicon import Entry, Lexicon, from_entries

MIN_DOCUMENTS = 8
"""In which a term must occur to be learned; below, chance aligns it with anything."""
MAX_SHARE = 0.4
"""Of all documents; terms above it go with everything and cannot be aligned."""
CANDIDATES = 40
ITERATIONS = 5
UNEXPLAINED = 0.01
"""Weight of the empty word, which explains what no term of the other language does."""
TRANSLATIONS = 3
MIN_PROBABILITY = 0.05

_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(rf"(?![{HAN}])[^\W\d]")


def learn(chinese: Sequence[str], english: Sequence[str]) -> Lexicon:
    """The lexicon of both directions; text i of both is about the same paper.

    Raises `InputError` for too few texts.
    """
    zh, en = _Side.of(chinese, _HAN), _Side.of(english, _LATIN)
    if not (zh.aligned and en.aligned):
        raise InputError(
            f"{len(chinese)} pairs teach no lexicon: it takes terms that stand in at least "
            f"{MIN_DOCUMENTS} texts and not in most; give texts about many papers"
        )
    return from_entries(
        (
            *_entries(_align(zh.matrix, en.matrix), zh, en),
            *_entries(_align(en.matrix, zh.matrix), en, zh),
        )
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One language's texts: how many have each term, and which have which of `aligned`.

    `matrix` has shape (texts, aligned terms), ones.
    """

    documents: Counter[str]
    aligned: list[str]
    matrix: sp.csr_array

    @classmethod
    def of(cls, texts: Sequence[str], start: re.Pattern[str]) -> Self:
        found = [{term for term in terms(text) if start.match(term)} for text in texts]
        documents = Counter(term for each in found for term in each)
        aligned = sorted(
            term for term, n in documents.items() if MIN_DOCUMENTS <= n <= MAX_SHARE * len(texts)
        )
        column = {term: place for place, term in enumerate(aligned)}
        at = [
            (row, column[term]) for row, each in enumerate(found) for term in each & column.keys()
        ]
        shape = (len(texts), len(aligned))
        matrix = sp.csr_array(
            (np.ones(len(at), np.float32), np.array(at, np.int64).reshape(-1, 2).T), shape=shape
        )
        matrix.sort_indices()
        return cls(documents, aligned, matrix)


def _align(source: sp.csr_array, target: sp.csr_array) -> sp.csr_array:
    """t(target term | source term), shape (source terms, target terms), rows sum to 1."""
    table = _candidates(source, target)
    entry, slot, shares = _occurrences(source, target, table)
    empty = UNEXPLAINED * shares
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    for _ in range(ITERATIONS):
        weight = table.data[entry]
        explained = np.bincount(slot, weight, minlength=len(empty)) + empty
        counts = np.bincount(entry, weight / explained[slot], minlength=table.nnz)
        totals = np.bincount(row, counts, minlength=table.shape[0])
        table.data = counts / np.maximum(totals[row], 1e-9)
    return table


def _candidates(source: sp.csr_array, target: sp.csr_array) -> sp.csr_array:
    """Where each source term starts from: the target terms that go with it most tellingly."""
    n = source.shape[0]
    have, having = source.sum(axis=0), target.sum(axis=0)
    rows = []
    for start in range(0, source.shape[1], 2000):
        together = (source[:, start : start + 2000].T @ target).tocsr()
        for row in range(together.shape[0]):
            part = slice(together.indptr[row], together.indptr[row + 1])
            columns, counts = together.indices[part], together.data[part]
            chance = have[start + row] * having[columns] / n
            telling = np.where(
                (counts >= 3) & (counts > 2 * chance), counts * np.log(counts / chance), 0
            )
            best = np.argsort(-telling, kind="stable")[:CANDIDATES]
            best = best[telling[best] > 0]
            rows.append((columns[best], counts[best] / have[start + row]))
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([each for each, _ in rows])
    data = np.concatenate([each for _, each in rows]).astype(np.float64)
    return sp.csr_array((data, columns, starts), shape=(source.shape[1], target.shape[1]))


def _occurrences(
    source: sp.csr_array, target: sp.csr_array, table: sp.csr_array
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    """Every (document, table entry) whose two terms are both in the document.

    Returns the entries, for each the slot (a document's target term) that it explains, and
    for each slot the share of documents that have its term.
    """
    entries, keys = [], []
    width = target.shape[1]
    for document in range(source.shape[0]):
        here = np.zeros(width, bool)
        here[target.indices[target.indptr[document] : target.indptr[document + 1]]] = True
        own = source.indices[source.indptr[document] : source.indptr[document + 1]]
        spans = [np.arange(table.indptr[term], table.indptr[term + 1]) for term in own]
        found = np.concatenate([*spans, np.array([], np.int64)]).astype(np.int32)
        found = found[here[table.indices[found]]]
        entries.append(found)
        keys.append(document * width + table.indices[found].astype(np.int64))
    slots, slot = np.unique(np.concatenate(keys), return_inverse=True)
    shares = (target.sum(axis=0) / source.shape[0])[slots % width]
    return np.concatenate(entries), slot, shares


def _entries(table: sp.csr_array, source: _Side, target: _Side) -> Iterator[Entry]:
    """Every known term of a side, with its information and what translates it."""
    row = {term: place for place, term in enumerate(source.aligned)}
    texts = source.matrix.shape[0]
    for term, n in source.documents.items():
        if n < MIN_DOCUMENTS:
            continue
        kept: list[tuple[int, float]] = []
        if term in row:
            part = slice(table.indptr[row[term]], table.indptr[row[term] + 1])
            found = sorted(zip(table.data[part], table.indices[part], strict=True), reverse=True)
            kept = [
                (index_of(target.aligned[column]), float(share))
                for share, column in found[:TRANSLATIONS]
                if share >= MIN_PROBABILITY
            ]
        yield Entry(index_of(term), math.log((texts + 1) / (n + 1)), kept)
