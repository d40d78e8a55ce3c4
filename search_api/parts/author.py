"""Lets a language model write a part from an abstract, and keeps of it what holds.

The model is asked for one part at a time: a small one has no format to get wrong. Each
sentence is verified as those of answers are, against the sentences of the abstract. Which
parts are asked for is `writing`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from embeddings.lexical import fold
from indexer.paper import Language, OriginText, Paper, TextKind
from search_api.answers.answer import Dropped
from search_api.answers.draft import claims, whole_sentences
from search_api.answers.sentence import spans
from search_api.answers.verification import Source
from search_api.answers.writer import Writer
from search_api.parts import prompt
from search_api.parts.part import Supported

MAX_SENTENCES = {"tldr": 1}
"""Of a part; of others `_MANY`."""
_MANY = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """What holds of a part, and what does not."""

    sentences: tuple[Supported, ...]
    dropped: tuple[Dropped, ...]


class Author:
    """A language model that writes parts; `name` is the model's."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.name = writer.name

    def write(
        self,
        kind: TextKind,
        language: Language,
        abstract: Sequence[Source],
        said: Collection[str] = (),
    ) -> Draft:
        """One part. Sentences that other parts have `said` already are dropped.

        Raises `LanguageModelError` if the model fails or is late: half a part is none.
        """
        rules = prompt.rules(language)
        empty = prompt.request(kind, [], language)
        sources = self._writer.fitting(rules, empty, abstract)
        draft = ""
        with closing(self._writer.listen(rules, prompt.request(kind, sources, language))) as words:
            for piece in words:
                draft += piece
                if self._writer.is_enough(draft, language):
                    break
        whole = whole_sentences(draft) if self._writer.is_cut(draft) else draft
        checked = self._checked(whole, kind, language, sources, said)
        if checked.sentences or checked.dropped:
            return checked
        return replace(checked, dropped=(Dropped("", self._writer.silence(draft)),))

    def _checked(
        self,
        draft: str,
        kind: TextKind,
        language: Language,
        sources: Sequence[Source],
        said: Collection[str],
    ) -> Draft:
        most = MAX_SENTENCES.get(kind, _MANY)
        known = {_bare(each) for each in said}
        kept: list[Supported] = []
        dropped: list[Dropped] = []
        for claim in claims(draft, language):
            cites, objection = self._writer.support(claim, language, sources)
            if len(kept) == most:
                objection = "is one too many"
            elif _bare(claim.text) in known:
                objection = "stands in another part"
            if objection is None:
                support = tuple(sources[place].quote for place in cites)
                kept.append(Supported(claim.text, support))
            else:
                dropped.append(Dropped(claim.text, objection))
        return Draft(tuple(kept), tuple(dropped))


def sources_of(paper: Paper, abstract: OriginText) -> list[Source]:
    """The sentences of an abstract, as what may be cited."""
    titles = "\n".join(title.text for title in paper.titles)
    text = abstract.text
    return [Source(text[start:end], titles) for start, end in spans(text, abstract.language)]


def _bare(sentence: str) -> str:
    return re.sub(r"\W+", "", fold(sentence))
