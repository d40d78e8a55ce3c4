"""Which sentence of a paper says the same in the other language.

Told by words alone, through the lexicon: cosines of true pairs lie anywhere from 0.3 to 0.7 and
those of neighbouring sentences reach as high, a model of one's own has other cosines, and words
cost nothing for sentences that were not embedded. Whether it is quoted is `selection`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from search_api.answers.matching import coverage, indices, matches
from search_api.answers.sentence import Sentence
from search_api.answers.wording import Wording

SHARED = 0.5
"""Share of the information of two sentences, the mean of both, that stands in the other one:
from here on they say the same."""
SHARED_BEST = 0.3
"""The same, where neither has more in common with any other sentence of the paper."""
_NEAREST = 2
"""Sentences compared in both directions: among them is 99 in 100 times a translation, if any."""


def translation(sentence: Sentence, others: Sequence[Sentence]) -> Sentence | None:
    """The one of a paper's other sentences that says the same in the other language, if any."""
    foreign = [each for each in others if _may_translate(sentence, each)]
    foreign.sort(key=lambda each: -said_in(sentence.quote, each.quote))
    shared = {each: _shared(sentence, each) for each in foreign[:_NEAREST]}
    if not shared:
        return None
    best = max(shared, key=lambda each: shared[each])
    if shared[best] >= SHARED:
        return best
    own = [each.quote for each in others if each.language == sentence.language]
    returned = said_in(best.quote, sentence.quote)
    mutual = all(said_in(best.quote, each) <= returned for each in own)
    return best if mutual and shared[best] >= SHARED_BEST else None


def _may_translate(one: Sentence, other: Sentence) -> bool:
    """Whether they differ in language, and the English one is no heading beside the Chinese."""
    lengths = {each.language: len(each.quote) for each in (one, other)}
    return len(lengths) == 2 and lengths["en"] >= lengths["zh"]


def _shared(one: Sentence, other: Sentence) -> float:
    return (said_in(one.quote, other.quote) + said_in(other.quote, one.quote)) / 2


def said_in(one: str, other: str) -> float:
    """The share of one sentence's information that stands in another, 0 to 1."""
    wording = _wording(one)
    return coverage(wording, matches(wording, indices(other)))


@lru_cache(maxsize=512)
def _wording(quote: str) -> Wording:
    # Compared with several sentences, and with those of the next question about the paper.
    return Wording(quote)
