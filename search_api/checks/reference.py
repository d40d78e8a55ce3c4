"""What a summary is held against: the sentences of its paper's abstract, and its titles.

What disagrees with it is found by `numbers`, `names` and `polarity`, each of which yields
doubts about a sentence; `summaries` puts them together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from embeddings.base import Embedder, Vectors
from search_api.answers.quantity import Quantity, quantities
from search_api.answers.sentence import Sentence

# What stands between a number and its neighbours, mostly in LaTeX: $\sim$607K, $1.17$ M, 1.8x-3.8x.
_PLAIN = (
    (re.compile(r"\\(?!times)[A-Za-z]+\b"), " "),
    (re.compile(r"\$"), ""),
    (re.compile(r"(?<=\d)\s+(?=[KMB]\b)"), ""),
    (re.compile(r"(?<=[x×])-(?=\d)"), " - "),
    # What Chinese gives as a number by itself: 第5届, 3自由度, 4比特, 224×224.
    (re.compile(r"(?<=\d)(?:st|nd|rd|th|DoF|bit)\b", re.IGNORECASE), ""),
    (re.compile(r"(?<=\d)x(?=\d)"), "×"),
)
Kind = Literal["number", "unit", "name", "direction", "denial", "contradiction"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a sentence says that its reference does not.

    `against` has the places of the reference's sentences that may say otherwise; where there is
    none, any may be meant. `turned` is the sentence the other way round, where a model has still
    to be asked which way is meant; `evidence` is how much speaks against the sentence until then.
    """

    kind: Kind
    reason: str
    against: tuple[int, ...] = ()
    turned: str | None = None
    evidence: float = 1.0


@dataclass(frozen=True)
class Reference:
    """Sentences of an abstract, and the titles of its paper."""

    sentences: Sequence[Sentence]
    titles: str
    embedder: Embedder

    @cached_property
    def vectors(self) -> Vectors:
        """One unit vector for each sentence, float32; made when first asked for."""
        return self.embedder.embed_passages([each.quote for each in self.sentences])

    def cosines(self, quote: str) -> Vectors:
        """How near each sentence is to another in meaning, shape (sentences,)."""
        found: Vectors = self.vectors @ self.embedder.embed_passages([quote])[0]
        return found

    @cached_property
    def text(self) -> str:
        """All of it."""
        return "\n".join([self.titles, *(each.quote for each in self.sentences)])

    @cached_property
    def figures(self) -> list[list[Quantity]]:
        """The numbers of each sentence."""
        return [figures(each.quote) for each in self.sentences]

    @cached_property
    def all_figures(self) -> list[Quantity]:
        """The numbers of all sentences, and of the titles."""
        return [*(each for found in self.figures for each in found), *figures(self.titles)]


def figures(text: str) -> list[Quantity]:
    """The numbers of a text that may be written in LaTeX, or glued to a word."""
    for written, plain in _PLAIN:
        text = written.sub(plain, text)
    return quantities(text)
