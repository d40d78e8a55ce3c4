"""Whether the sentences that a claim cites support it.

A claim is a sentence that a language model wrote. Its numbers with their units and its names
must stand in what it cites, of the same things, and the bundled judge must find that it follows
(`embeddings.judge`): in other words, in the other language, but without a detail more. What keeps
its source's words needs less of a judge, who is the better at free wordings, and must point its
way (`direction`), which words tell better than a judge. What is dropped costs a sentence, what is
let through costs trust. A model for natural language inference may be asked besides
(`embeddings.entailment`). Writing and repair are `writer`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from embeddings.base import Embedder
from embeddings.entailment import Entailment
from embeddings.lexical import HAN, fold
from embeddings.reader import titled
from indexer.language import language_of
from search_api.answers.direction import clauses, cut_short, direction, stands_alone
from search_api.answers.figure import wrong_figure
from search_api.answers.foreign_name import foreign_name
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.quantity import quantities
from search_api.answers.wording import Wording

CLOSE_COVERAGE = {"same": 0.75, "other": 0.5}
"""Share of a claim's information that stands in what it cites if it keeps to its words, in the
same language and across.
"""
CLOSE_NEARNESS = {"same": 0.6, "other": 0.65}
"""Cosine of such a claim with what it cites, or with one clause of it."""
MIN_COVERAGE, MIN_NEARNESS = 0.1, 0.3
"""The least of both that any claim needs."""
FAR_COVERAGE, FAR_NEARNESS = 0.3, 0.5
"""Below which a claim in words of its own is far from what it cites."""
CLOSE, FREE, FAR, TURNED = 0.15, 0.5, 0.8, 0.9
"""The least chance of following, by the bundled judge, of a claim that keeps to the words of what
it cites, of one in words of its own, of one far from it, and of one that seems to point
another way.
"""
MIN_ENTAILMENT = 0.5
"""Of following, by a model that is named."""
_HEADING = 16
"""Characters of a claim that may be no more than what a colon follows: "Main results"."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence that may be cited, and what its paper is called: its titles."""

    quote: str
    titles: str

    @property
    def title(self) -> str:
        """The first of its titles."""
        return self.titles.partition("\n")[0]


class Verifier:
    """Checks claims; threads may share it."""

    def __init__(
        self, embedder: Embedder, judge: Entailment, entailment: Entailment | None = None
    ) -> None:
        self._embedder = embedder
        self._judge = judge
        self._entailment = entailment

    def objection(self, claim: str, cited: Sequence[Source]) -> str | None:
        """Why these sentences do not support the claim, in a few words; None if they do."""
        if not cited:
            return "cites nothing"
        if _NAME_ALONE.fullmatch(claim.strip()):  # its source has the name, but says what of it?
            return "is a word alone"
        if _NO_CLAUSE.fullmatch(claim.strip()):
            return "is no sentence"
        if len({source.titles for source in cited}) > 1:
            # Two papers' sentences in one could say what neither says.
            return "joins what two papers say"
        text = " ".join(source.quote for source in cited)
        if _plain(claim) in map(_plain, cited[0].titles.splitlines()):
            return "is a title"
        if found := _around(claim, text):
            if len(claim) <= _HEADING and found[0][1].lstrip().startswith((":", "：")):
                return "is a heading of its source"
            # "A works" stands in "we do not find that A works".
            against = [cut_short(*around) for around in found]
            if all(against):
                return against[0]
            if any(stands_alone(*around) for around in found):
                return None
        titles = cited[0].titles
        context = f"{text}\n{titles}"
        return (
            wrong_figure(claim, text, titles)
            or foreign_name(claim, context)
            or self._strays(claim, text, context, cited)
            or self._inference(claim, text)
        )

    def _strays(self, claim: str, text: str, context: str, cited: Sequence[Source]) -> str | None:
        """Why a claim does not follow, by its words, its meaning and the judge."""
        relation = "same" if language_of(claim) == language_of(text) else "other"
        against = direction(claim, text)
        covered = _covered(claim, context)
        near = self._nearness(claim, text) if covered >= MIN_COVERAGE else 0.0
        close = covered >= CLOSE_COVERAGE[relation] and near >= CLOSE_NEARNESS[relation]
        far = covered < FAR_COVERAGE or near < FAR_NEARNESS
        chance = 0.0
        if near >= MIN_NEARNESS and not (close and against):
            chance = self._chance(claim, cited)
            if chance >= (CLOSE if close else TURNED if against else FAR if far else FREE):
                return None
        if against:
            return against
        if covered < FAR_COVERAGE:
            return f"only {covered:.0%} of its words stand in its source"
        if near < FAR_NEARNESS:
            return f"means something else (similarity {near:.2f})"
        return f"does not follow (chance {chance:.2f})"

    def _nearness(self, claim: str, text: str) -> float:
        # A long sentence is far from what one of its clauses says.
        own, *others = self._embedder.embed_passages([claim, text, *clauses(text)])
        return max(float(own @ other) for other in others)

    def _chance(self, claim: str, cited: Sequence[Source]) -> float:
        """Of following from the sentences together, or each clause from one of them: the judge
        has learned from single sentences.
        """

        def follows(part: str, quotes: Iterable[str]) -> float:
            return max(self._judge.chance(titled(cited[0].title, each), part) for each in quotes)

        quotes = [source.quote for source in cited]
        whole = follows(claim, [" ".join(quotes)])
        if len(quotes) == 1:
            return whole
        return max(whole, min((follows(part, quotes) for part in clauses(claim)), default=0.0))

    def _inference(self, claim: str, text: str) -> str | None:
        if self._entailment is None:
            return None
        chance = self._entailment.chance(text, claim)
        return None if chance >= MIN_ENTAILMENT else f"does not follow (chance {chance:.2f})"


def _covered(claim: str, context: str) -> float:
    """The share of a claim's information that stands in a text, in either language."""
    numbers = " ".join(each.written for each in quantities(claim))  # eight may be 8
    wording = Wording(claim)
    return coverage(wording, matches(wording, indices(context) | indices(numbers)))


_NAME_ALONE = re.compile(r"\W*+(?:[^\s一-鿿]+|[一-鿿]?)\W*")  # CL$^2$GEC too
# "For such prompts", and nothing of them; and 在内 without what it includes.
_NO_CLAUSE = re.compile(r"(?:对于|关于)[^，,：:]*|(?:(?!包括|包含|囊括|涵盖|连|算).)*在内.*")
_HAN = re.compile(f"[{HAN}]")
_NUMBER_ENDS = r"(?!\s?(?:hundred|thousand|million|billion|trillion|[百千万亿倍%％]|[/–-]\d))"


def _around(claim: str, text: str) -> list[tuple[str, str]]:
    """What stands around a claim wherever a text has it word for word, sign for sign."""
    said = _plain(claim)
    # Chinese has no space between words; whether a clause begins there is looked at later.
    begins = "" if _HAN.match(said[:1]) else r"(?<!\w)"
    ends = "" if _HAN.match(said[-1:]) else r"(?!\w)"
    piece = rf"{begins}(?<!\d[.,])(?<![-−<>]){re.escape(said)}{ends}(?![.,]\d)"
    if said[-1:].isdigit():  # 10 is not what "10 million" and "10/3" say
        piece += _NUMBER_ENDS
    there = _plain(text)
    return [(there[: at.start()], there[at.end() :]) for at in re.finditer(piece, there)]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", fold(text)).strip(" .。!！?？;；,，")
