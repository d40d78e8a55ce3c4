"""The phrases of a text that carry given terms, as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from embeddings.lexical import HAN, fold, index_of, terms

_PIECE = re.compile(rf"[{HAN}]{{2}}|[^\W_{HAN}]+(?:[-_+./][^\W_{HAN}]+)*\+*")
_BETWEEN = re.compile(r"[ \t\n]?")
_PAIR = re.compile(rf"[{HAN}]{{2}}")


def highlights(text: str, weights: Mapping[int, float], most: int = 5) -> tuple[str, ...]:
    """The weightiest phrases of a text, by the `weights` of its terms (by term index).

    Neighbouring words that carry weight are one phrase; each is given once.
    """
    found: dict[str, tuple[float, str]] = {}
    for start, end, weight in _runs(text, weights):
        phrase = " ".join(text[start:end].split())
        key = fold(phrase)
        if weight > found.get(key, (0.0, ""))[0]:
            found[key] = (weight, phrase)
    best = sorted(found.values(), key=lambda each: -each[0])
    chosen: list[str] = []
    for _, phrase in best:
        if not any(fold(phrase) in fold(other) for other in chosen):
            chosen.append(phrase)
    return tuple(chosen[:most])


def _runs(text: str, weights: Mapping[int, float]) -> Iterator[tuple[int, int, float]]:
    """Where neighbouring pieces all carry weight, and how much together."""
    start = end = 0
    total = 0.0
    for piece_start, piece_end, weight in _pieces(text, weights):
        if total and (piece_start <= end or _BETWEEN.fullmatch(text, end, piece_start)):
            end, total = piece_end, total + weight
        else:
            if total:
                yield start, end, total
            start, end, total = piece_start, piece_end, weight
    if total:
        yield start, end, total


def _pieces(text: str, weights: Mapping[int, float]) -> Iterator[tuple[int, int, float]]:
    """Words, and pairs of Chinese characters wherever they begin, that carry weight."""
    place = 0
    while found := _PIECE.search(text, place):
        weight = sum(weights.get(index_of(term), 0.0) for term in set(terms(found.group())))
        if weight:
            yield found.start(), found.end(), weight
        # Pairs overlap, words do not.
        place = found.start() + 1 if _PAIR.fullmatch(found.group()) else found.end()
