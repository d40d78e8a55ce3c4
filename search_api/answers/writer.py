"""Lets a language model write an answer from sources, and keeps of it what they support.

A model may ignore the format, answer nothing, never stop, or break off: each ends in what of
its words holds, with the problem named. Which sources it gets is `selection`'s.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from embeddings.base import Embedder
from embeddings.entailment import CrossEncoderEntailment
from embeddings.errors import LanguageModelError
from embeddings.judge import BundledJudge
from embeddings.lexical import HAN
from embeddings.preparation import OnStep
from indexer.language import language_of
from indexer.paper import Language
from indexer.settings import Settings
from search_api.answers import prompt
from search_api.answers.answer import Dropped, Piece
from search_api.answers.draft import ENDS, Claim, claims, whole_sentences
from search_api.answers.language_model import open_language_model
from search_api.answers.listening import listen
from search_api.answers.naming import own_names
from search_api.answers.quantity import quantities
from search_api.answers.question import Question
from search_api.answers.scoring import Candidate
from search_api.answers.speech import spoken
from search_api.answers.translation import said_in
from search_api.answers.verification import Source, Verifier
from search_api.answers.wording import Wording

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

MAX_CLAIMS = 5
"""Sentences of a draft; a model that writes on is stopped."""
_WORD = re.compile(r"[A-Za-z]{7,}")
_SLIPS = 2
"""Letters by which a misspelled word differs."""
_ECHO = 0.85
"""Share of a claim's information that a question has if the claim only repeats it."""
_CHOICE = re.compile(
    r"\b(?:is|are|does|do|which)\b.*\bor\b|(?:和|与|跟|、|还是)[^，。？]{1,20}哪一?[个种边]"
    r"|[是用]\S{1,20}还是",
    re.IGNORECASE,
)
_COUNTED = 2 / 3
"""Of a model's tokens at least, by `prompt.tokens`: some have three for a Chinese character."""
# Not names alone, which are of any language: "LoRA.", "MS COCO和ADE20K。"
_ENGLISH = re.compile(rf"^[^{HAN}]* [^{HAN}]*$|\b[a-z]{{2,}} [a-z]{{2,}}\b")
_STRAY = re.compile(r"[\[［【](?!\s*0\s*[.,，])\s*\d")  # [0, 1] is an interval
_DATA = re.compile(r"[{<]|\"\w+\"\s*:")
"""How JSON and XML begin."""
_SHOWN = 80
"""Characters of a draft that has no sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the model with the places of the sources that support it."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What holds of a draft, what does not, and what went wrong while it was written."""

    sentences: tuple[Sentence, ...]
    dropped: tuple[Dropped, ...]
    problem: str | None


class Writer:
    """A language model with a verifier behind it. Threads may share it.

    `timeout` is in seconds, for the whole draft; `context` and `max_tokens` are in tokens.
    """

    def __init__(
        self, llm: LLM, verifier: Verifier, *, timeout: float, context: int, max_tokens: int
    ) -> None:
        self.llm = llm
        self.verifier = verifier
        self._timeout = timeout
        self._room = context - max_tokens
        self._limit = max_tokens
        self.name = llm.metadata.model_name

    def write(
        self, question: Question, sources: Sequence[Source]
    ) -> Generator[Piece, None, Written]:
        """Yield the draft piece by piece as it comes; return what of it holds."""
        language = question.language
        rules = prompt.rules(language)
        sources = self.fitting(rules, prompt.request(question.text, [], language), sources)
        draft, problem = "", None
        try:
            for piece in self.listen(rules, prompt.request(question.text, sources, language)):
                draft += piece
                yield Piece(piece)
                if self.is_enough(draft, language):
                    break
        except LanguageModelError as error:
            problem = str(error)
        whole = whole_sentences(draft) if problem or self.is_cut(draft) else draft
        written = self._checked(whole, question, sources, problem)
        if written.sentences or written.dropped or problem:
            return written
        return replace(written, problem=f"{self.name} {self.silence(draft)}")

    def fitting(self, rules: str, request: str, sources: Sequence[Source]) -> list[Source]:
        """The first sources that fit into the model's context beside rules and a request
        without sources; always one.
        """
        room = self._room - prompt.tokens(rules) - prompt.tokens(request)
        kept: list[Source] = []
        for source in sources:
            room -= prompt.tokens(prompt.line(len(kept) + 1, source))
            if kept and room < 0:
                break
            kept.append(source)
        return kept

    def is_enough(self, draft: str, language: Language) -> bool:
        """Whether a draft has more than is read of it."""
        # One more than are kept: the last may be half a sentence.
        many = draft.count("\n") + draft.count(".") + draft.count("。") > MAX_CLAIMS
        return len(spoken(draft)) > 8 * self._limit or (
            many and len(claims(draft, language)) > MAX_CLAIMS
        )

    def is_cut(self, draft: str) -> bool:
        """Whether it ends in half a sentence because the model may write no more."""
        ends = draft.rstrip().endswith(ENDS)
        return not ends and prompt.tokens(draft) >= _COUNTED * self._limit

    def silence(self, draft: str) -> str:
        """Why a draft has no claim."""
        if spoken(draft).strip():
            return f"wrote no whole sentence: {' '.join(spoken(draft).split())[:_SHOWN]!r}"
        # Many servers keep the thoughts to themselves, so that nothing comes at all.
        thought = (
            "thought, and answered nothing:" if draft.strip() else "answered nothing: if it thinks,"
        )
        more = f"raise ARCHIVE_LLM_MAX_TOKENS (now {self._limit}), or turn its thinking off"
        return f"{thought} {more}"

    def listen(self, rules: str, request: str) -> Generator[str, None, None]:
        """The model's words as they come; closing the iterator stops it.

        Raises `LanguageModelError` if it fails or takes too long.
        """
        from llama_index.core.llms import ChatMessage

        said = {"system": rules, "user": request}
        messages = [ChatMessage(role=role, content=text) for role, text in said.items()]
        return listen(self.llm, messages, self._timeout)

    def _checked(
        self, draft: str, question: Question, sources: Sequence[Source], problem: str | None
    ) -> Written:
        kept: list[Sentence] = []
        dropped: list[Dropped] = []
        written = claims(draft, question.language)
        for claim in written[:MAX_CLAIMS]:
            cites, objection = self.support(claim, question.language, sources)
            objection = objection or _mangled(claim, question, sources, cites)
            objection = objection or _echo(claim, question)
            if objection is None:
                kept.append(Sentence(claim.text, cites))
            else:
                dropped.append(Dropped(claim.text, objection))
        dropped += [Dropped(claim.text, "is one too many") for claim in written[MAX_CLAIMS:]]
        if kept and "number" in question.wants and not any(quantities(s.text) for s in kept):
            # A number was asked for, and the archive's own sentences are likelier to have it.
            dropped += [Dropped(sentence.text, "gives no number") for sentence in kept]
            kept = []
        return Written(tuple(kept), tuple(dropped), problem)

    def support(
        self, claim: Claim, language: Language, sources: Sequence[Source]
    ) -> tuple[tuple[int, ...], str | None]:
        """The fewest sources that support a claim, those that it names first; or why none."""
        if claim.text.endswith(("?", "？")):
            return (), "asks"
        if "\N{REPLACEMENT CHARACTER}" in claim.text:
            return (), "has a broken character"
        if _STRAY.search(claim.text):
            return (), "has a marker that means nothing"
        if _DATA.match(claim.text):
            return (), "is written as data, not as a sentence"
        spoken_in = language_of(claim.text)
        if spoken_in != language and (spoken_in == "zh" or _ENGLISH.search(claim.text)):
            return (), "is not in the language asked for"
        named = [n - 1 for n in claim.cites if 0 < n <= len(sources)]
        others = [place for place in range(len(sources)) if place not in named]
        tries: list[tuple[int, ...]] = [(place,) for place in named]
        tries += [tuple(named)] if len(named) > 1 else []
        tries += [(place,) for place in others]
        objection = "cites nothing"
        for number, places in enumerate(tries):
            found = self.verifier.objection(claim.text, [sources[place] for place in places])
            if found is None:
                return places, None
            objection = objection if number else found
        return (), objection


def open_writer(
    settings: Settings, embedder: Embedder, on_step: OnStep = lambda step: None
) -> Writer | None:
    """The writer with the language model that the settings name, if they name one; `on_step` is
    told each step of the judge's one-time preparation.

    Raises `ConfigError` or `WeightsError` if it, or a judge of what it writes, cannot be opened.
    """
    if settings.llm is None:
        return None
    named = CrossEncoderEntailment(settings.entailment) if settings.entailment else None
    return Writer(
        open_language_model(settings),
        Verifier(embedder, BundledJudge(settings.cache.expanduser(), on_step), named),
        timeout=settings.llm_timeout,
        context=settings.llm_context,
        max_tokens=settings.llm_max_tokens,
    )


def source(candidate: Candidate, question: Question) -> Source:
    """What a model may cite, of a candidate.

    A name that the question uses and the paper gives to its own work is as good as a title.
    """
    paper = candidate.paper
    titles = (title.text for title in paper.titles)
    return Source(candidate.sentence.quote, "\n".join((*titles, *own_names(question, paper))))


def _echo(claim: Claim, question: Question) -> str | None:
    """Why a claim that its source supports is no answer: it only says what was asked, which
    answers nothing but yes or no, or which of two.
    """
    chooses = _CHOICE.search(question.text) and not question.wants & {"reason", "manner"}
    if chooses or "verdict" in question.wants or Wording(claim.text).numbers - question.numbers:
        return None
    return "repeats the question" if said_in(claim.text, question.text) >= _ECHO else None


def _mangled(
    claim: Claim, question: Question, sources: Sequence[Source], cites: Sequence[int]
) -> str | None:
    """Which word of the question a claim misspells into another: "unrefined" for "undefined"."""
    said = {word.lower() for place in cites for word in _WORD.findall(sources[place].quote)}
    asked = {word.lower() for word in _WORD.findall(question.text)}
    for word in {each.lower() for each in _WORD.findall(claim.text)} - said - asked:
        for other in asked:
            differ = sum(a != b for a, b in zip(word, other, strict=False))
            if len(word) == len(other) and word[-3:] == other[-3:] and differ <= _SLIPS:
                return f"says {word} for {other}"
    return None
