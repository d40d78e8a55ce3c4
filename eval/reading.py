"""Questions for the reader to learn from: of each, the sentences of its paper, answering or not.

`reading_questions.jsonl` asks up to twelve of each of 777 papers that no other question is about:
of the first eight it answers three; the others are two pairs of twins, one answered, the other
with nearly the same words not. Sentences are named by a digest, since the archives' texts are
not published. `hard_questions.jsonl` asks of other papers; there a sentence answers that has the
facts. How the reader learns is `adapting`'s.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from embeddings.errors import InputError
from eval.questions import load_questions, normal
from indexer.catalogue import Catalogue
from indexer.paper import Language
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.question import Question
from search_api.answers.sentence import Sentence, sentences

HELD_OUT = {True: 45, False: 80}
"""Papers that nothing is learned from, of those asked about by `reading_questions.jsonl` and of
the others."""
_SEEDS = {True: 6, False: 5}


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with a paper's sentences, those that share most with it first; `answers` are
    the places of those that answer, none where the paper does not.

    `complete`: every sentence that answers is named, also where it translates another.
    """

    paper_id: str
    question: str
    sentences: tuple[str, ...]
    languages: tuple[Language, ...]
    answers: tuple[int, ...]
    complete: bool

    @property
    def others(self) -> list[int]:
        """The places of sentences that surely do not answer."""
        if not self.answers or self.complete:
            return [n for n in range(len(self.sentences)) if n not in self.answers]
        said = {self.languages[n] for n in self.answers}
        return [
            n
            for n, language in enumerate(self.languages)
            if n not in self.answers and language in said
        ]


def digest(sentence: str) -> str:
    """A sentence's name in the file of questions."""
    return hashlib.sha256(normal(sentence).encode()).hexdigest()[:8]


def exercises(catalogue: Catalogue) -> list[Exercise]:
    """All questions about papers that an archive has.

    Raises `InputError` if it has none of them.
    """
    found = [*_hard(catalogue), *_reading(catalogue)]
    if not found:
        raise InputError(
            "None of the papers that the questions are about is in the archives given; they are "
            "about those of ../shared/archives and ../shared/more-archives."
        )
    return found


def split(found: Iterable[Exercise]) -> tuple[list[Exercise], list[Exercise]]:
    """Those to learn from, and those about papers that are held out."""
    found = list(found)
    held: set[str] = set()
    for complete, seed in _SEEDS.items():
        papers = sorted({each.paper_id for each in found if each.complete == complete})
        random.Random(seed).shuffle(papers)
        held.update(papers[: HELD_OUT[complete]])
    return (
        [each for each in found if each.paper_id not in held],
        [each for each in found if each.paper_id in held],
    )


def _reading(catalogue: Catalogue) -> Iterator[Exercise]:
    for record in _records("reading_questions.jsonl"):
        said = _sentences(catalogue, record["about"], record["question"])
        names = set(record["answers"])
        answers = tuple(n for n, each in enumerate(said) if digest(each.quote) in names)
        if said and bool(answers) == bool(names):
            yield _exercise(record["question"], said, answers, complete=True)


def _hard(catalogue: Catalogue) -> Iterator[Exercise]:
    about = {record["id"]: record["about"][0] for record in _records("hard_questions.jsonl")}
    for judged in load_questions("hard"):
        said = _sentences(catalogue, about[judged.id], judged.question)
        answers = tuple(
            n
            for n, each in enumerate(said)
            if judged.answerable and judged.answer and judged.is_answered_by(each.quote)
        )
        if said and bool(answers) == judged.answerable:
            yield _exercise(judged.question, said, answers, complete=False)


def _records(name: str) -> list[dict[str, Any]]:
    text = (files("eval") / "data" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _sentences(catalogue: Catalogue, paper_id: str, question: str) -> list[Sentence]:
    if (paper := catalogue.paper(paper_id)) is None:
        return []
    asked = Question(question)
    return sorted(
        sentences(paper), key=lambda each: -coverage(asked, matches(asked, indices(each.quote)))
    )


def _exercise(
    question: str, said: list[Sentence], answers: tuple[int, ...], *, complete: bool
) -> Exercise:
    return Exercise(
        said[0].paper_id,
        question,
        tuple(each.quote for each in said),
        tuple(each.language for each in said),
        answers,
        complete,
    )
