"""The phrases of many texts, as people read them: "diffusion models", "扩散模型".

A phrase is up to three Latin words or two to six Chinese characters that stand in several
texts, between different neighbours: what has always the same neighbour is a piece of something
longer ("accessor variety", Feng et al. 2004, doi:10.1162/089120104773633394). So Chinese needs
no dictionary of words. Latin words are compared by their stems (`embeddings.lexical`) and shown
as they are written most. What is done with phrases is unknown here.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from embeddings.lexical import HAN, fold, terms

LEAST_TEXTS = 3
"""In which a phrase stands."""
LEAST_VARIETY = 3
"""Different neighbours on either side; the edge of a clause is a new one each time."""
MAX_WORDS = 3
MAX_CHARACTERS = 6

Phrase = str | tuple[str, ...]
"""What is compared: Chinese characters, or the stems of Latin words."""

# Clauses end at anything but letters, digits, hyphens and single spaces, and at Chinese
# particles, which are hardly ever part of a term.
_LETTERS = rf"[^\W_{HAN}]+"
_CLAUSE = re.compile(rf"[{HAN}]+|{_LETTERS}(?:[ -]{_LETTERS})*")
_RUN = re.compile(f"[{HAN}]")
_PARTICLE = re.compile("[的了和是与及或并而等且但其该此这那们被把也都之所我你他它]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+")
_WORD = re.compile(rf"{_LETTERS}(?:-{_LETTERS})*")
# Prepositions, auxiliaries and the like: within a term now and then, at its edge hardly ever.
_OPENING = re.compile(
    "[在为将从由以于中上下可能有不更很较使通如到个种者性地得后时]|对(?![比齐抗话称象偶])"
)
_CLOSING = re.compile("[在为将从由以于中上下可能有不更很较使通如到个种对进行最]$")


@dataclass(slots=True)
class _Clause:
    """A run of characters or words in one text; `starts` is where phrases may still begin."""

    place: int
    keys: Phrase
    shown: Sequence[str]
    starts: list[int]

    def phrase(self, start: int, length: int) -> Phrase:
        return self.keys[start : start + length]

    def name(self, start: int, length: int) -> str:
        joint = "" if isinstance(self.keys, str) else " "
        return joint.join(self.shown[start : start + length])


def phrases(texts: Sequence[str]) -> dict[str, frozenset[int]]:
    """The phrases of texts, and for each the places (0-based) of the texts that have it."""
    clauses = [
        _Clause(place, keys, shown, list(range(len(keys))))
        for place, text in enumerate(texts)
        for keys, shown in _clauses(text)
    ]
    found: dict[str, frozenset[int]] = {}
    for length in range(1, max(MAX_WORDS, MAX_CHARACTERS) + 1):
        frequent = _frequent(clauses, length)
        for clause in clauses:
            clause.starts = [at for at in clause.starts if clause.phrase(at, length) in frequent]
        for name, places in _whole(clauses, length, frequent):
            found[name] = found.get(name, frozenset()) | places
        for clause in clauses:  # a longer phrase is made of shorter ones, side by side
            clause.starts = [at for at in _longer(clause, length) if at + 1 in clause.starts]
    return found


def _clauses(text: str) -> Iterator[tuple[Phrase, Sequence[str]]]:
    """What is compared and what is shown of each clause."""
    plain = _ADDRESS.sub(".", unicodedata.normalize("NFKC", text))
    for clause in _CLAUSE.findall(plain):
        if _is_han(clause):
            yield from ((run, run) for run in _PARTICLE.split(fold(clause)) if run)
            continue
        words = [(_key(word), word) for word in _WORD.findall(clause)]
        for key, group in itertools.groupby(words, lambda word: word[0] is not None):
            if key:
                keys, shown = zip(*group, strict=True)
                yield keys, shown


@lru_cache(maxsize=65536)
def _key(word: str) -> str | None:
    """A word's stem; None for function words, numbers and single letters."""
    if len(word) < 2 or word.replace("-", "").isdigit():
        return None
    return next(terms(word), None)


def _is_han(text: str) -> bool:
    return _RUN.match(text) is not None


def _longer(clause: _Clause, length: int) -> list[int]:
    most = MAX_CHARACTERS if isinstance(clause.keys, str) else MAX_WORDS
    return clause.starts if length < most else []


def _frequent(clauses: list[_Clause], length: int) -> dict[Phrase, set[int]]:
    """What stands in enough texts."""
    found: dict[Phrase, set[int]] = defaultdict(set)
    for clause in clauses:
        for start in clause.starts:
            found[clause.phrase(start, length)].add(clause.place)
    return {phrase: places for phrase, places in found.items() if len(places) >= LEAST_TEXTS}


def _whole(
    clauses: list[_Clause], length: int, frequent: dict[Phrase, set[int]]
) -> Iterator[tuple[str, frozenset[int]]]:
    """Those that are no pieces of something longer, by the name that is written most."""
    left: dict[Phrase, set[object]] = defaultdict(set)
    right: dict[Phrase, set[object]] = defaultdict(set)
    names: dict[Phrase, Counter[str]] = defaultdict(Counter)
    for clause in clauses:
        for start in clause.starts:
            phrase, end = clause.phrase(start, length), start + length
            left[phrase].add(clause.keys[start - 1] if start else object())
            right[phrase].add(clause.keys[end] if end < len(clause.keys) else object())
            names[phrase][clause.name(start, length)] += 1
    for phrase, places in frequent.items():
        if min(len(left[phrase]), len(right[phrase])) < LEAST_VARIETY:
            continue
        name = max(names[phrase], key=lambda each: (names[phrase][each], each))
        if _is_han(name) and (len(name) < 2 or _OPENING.match(name) or _CLOSING.search(name)):
            continue
        yield name, frozenset(places)
