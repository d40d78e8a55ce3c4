"""Which sentences of the evidence are quoted, and in which language.

The best one, a second that adds something, and for "which papers …" one of each paper; where
a paper says the same in the question's own language, that is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from search_api.answers.evidence import Evidence

SAME = 0.85
"""Cosine above which two sentences say the same, in one language or two."""
PARALLEL = 0.45
"""Cosine from which a sentence in the other language is taken for a translation."""
TRANSLATED = 0.75
"""Cosine from which a sentence in the other language is quoted in its place."""
_SECOND = 2.5
"""How much worse a second sentence may score to be quoted."""
_LISTED_SHARE = 0.6
SOURCES = 8
"""Sentences that a language model is shown at most."""
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:instructions?|prompts?|rules)\b|\byou are now\b"
    r"|(?:忽略|无视|忘记).{0,12}(?:指令|指示|要求|规则|提示词)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def choose(evidence: Evidence, scores: NDArray[np.float64]) -> list[int]:
    """The places of the candidates that are quoted, best first."""
    order = [int(place) for place in np.argsort(-scores, kind="stable")]
    if "papers" in evidence.question.wants:
        return [in_own_language(evidence, place) for place in one_each(evidence, order)]
    first = order[0]
    chosen = [first]
    for place in order[1:]:
        if scores[first] - scores[place] > _SECOND:
            break
        if float(evidence.vectors[first] @ evidence.vectors[place]) <= SAME:
            chosen.append(place)
            break
    return list(dict.fromkeys(in_own_language(evidence, place) for place in chosen))


def best(evidence: Evidence, scores: NDArray[np.float64]) -> list[int]:
    """The places of the candidates that a language model may cite, best first.

    Sentences that give orders to a model are left out: they are no evidence of anything.
    """
    order = [int(place) for place in np.argsort(-scores, kind="stable")]
    if "papers" in evidence.question.wants:
        order = one_each(evidence, order) + order
    places = dict.fromkeys(in_own_language(evidence, place) for place in order)
    plain = (p for p in places if not _ORDER.search(evidence.candidates[p].sentence.quote))
    return list(islice(plain, SOURCES))


def in_own_language(evidence: Evidence, place: int) -> int:
    """The same sentence in the question's language, where the paper says it in both.

    It must have the same numbers: a summary that leaves one out may leave out the answer.
    """
    chosen = evidence.candidates[place].sentence
    if chosen.language == evidence.question.language:
        return place
    for other in translations(evidence, place, TRANSLATED):
        sentence = evidence.candidates[other].sentence
        if _numbers(sentence.quote) >= _numbers(chosen.quote):
            return other
    return place


def translations(evidence: Evidence, place: int, least: float) -> Iterator[int]:
    """The same paper's sentences in the other language from this cosine on, nearest first."""
    own = evidence.candidates[place].sentence
    cosines = evidence.vectors @ evidence.vectors[place]
    for other in np.argsort(-cosines, kind="stable"):
        if cosines[other] < least:
            return
        sentence = evidence.candidates[other].sentence
        if sentence.paper_id == own.paper_id and sentence.language != own.language:
            yield int(other)


def _numbers(quote: str) -> set[str]:
    return set(_NUMBER.findall(quote))


def one_each(evidence: Evidence, order: list[int]) -> list[int]:
    """The best sentence of every paper that is nearly as good as the best paper."""
    top = max(each.paper_score for each in evidence.candidates)
    chosen: dict[str, int] = {}
    for place in order:
        candidate = evidence.candidates[place]
        if candidate.paper_score >= _LISTED_SHARE * top:
            chosen.setdefault(candidate.paper.paper_id, place)
    return sorted(chosen.values(), key=lambda p: -evidence.candidates[p].paper_score)
