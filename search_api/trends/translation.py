"""Which phrase of one language says what a phrase of the other does.

Both are looked at through the terms that the lexicon translates (`embeddings.lexicon`): all of
the one must be covered by the other, and the other way round. Where nothing fits well there is
no translation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from embeddings.lexical import index_of, terms
from embeddings.lexicon import load_bundled

LEAST_COVER = 0.3
"""Of the less covered of both phrases, as a mean probability over its terms."""
_AS_GOOD = 0.85
"""The share of the best fit from which a phrase that stands in more texts is better."""


class Translator:
    """Finds translations among `phrases` of one language, for phrases of the other.

    `phrases` come with the number of texts that they stand in.
    """

    def __init__(self, phrases: Mapping[str, int]) -> None:
        self._texts = phrases
        self._lexicon = load_bundled()
        self._terms = {phrase: _indices(phrase) for phrase in phrases}
        self._with: dict[int, list[str]] = defaultdict(list)
        for phrase, indices in self._terms.items():
            for index in indices:
                self._with[index].append(phrase)

    def translate(self, phrase: str) -> str | None:
        """The phrase that fits best, or None."""
        own = _indices(phrase)
        near = {
            candidate
            for index in own
            for target, _ in self._lexicon.translate(index)
            for candidate in self._with.get(target, ())
        }
        fits = [(self._fit(own, self._terms[each]), each) for each in near]
        best = max((fit for fit, _ in fits), default=0.0)
        if best < LEAST_COVER:
            return None
        good = [each for fit, each in fits if fit >= _AS_GOOD * best]
        return max(good, key=lambda each: (self._texts[each], each))

    def _fit(self, one: list[int], other: list[int]) -> float:
        return min(self._cover(one, other), self._cover(other, one))

    def _cover(self, covered: list[int], by: list[int]) -> float:
        """The mean probability that a term of one phrase is said by the other.

        A pair of characters across two Chinese words has no translation and no say.
        """
        there = set(by)
        said = [
            sum(share for target, share in translations if target in there)
            for index in covered
            if (translations := self._lexicon.translate(index))
        ]
        return sum(said) / len(said) if said else 0.0


def _indices(phrase: str) -> list[int]:
    return [index_of(term) for term in terms(phrase)]
