"""Questions for the reader to learn from: of each, the sentences of its paper, answering or not.

`reading_questions.jsonl` asks a few of each of 7,340 papers that no question for a fact is about,
be it for development or of the kept half; most come as twins, one answered, the other with nearly
the same words not; 11,867 ask which papers there are on something, where the paper belongs or does
not; the last 13,248 are worded as people ask, who describe what they mean. Sentences are named by a
digest, since the archives' texts are not published. Of nearly all but the last 17,060 the words
are marked: of a question without an answer those that its paper does not bear, of a sentence those
that answer, as characters. `hard_questions.jsonl` asks of other papers; there a sentence answers
that has the facts. `stranger_questions.jsonl` asks what no paper answers at all. With each come
sentences of other papers that share its words or are near it, as a search brings them up.
How the reader learns is `adapting`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from embeddings.base import Embedder
from embeddings.errors import InputError
from eval.neighbours import Neighbours
from eval.questions import load_questions, normal
from indexer.catalogue import Catalogue
from indexer.paper import Language, Paper
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.question import Question
from search_api.answers.sentence import Sentence, sentences

Span = tuple[int, int]
"""Where words begin and end, in characters."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with a paper's sentences, those that share most with it first; `answers` are
    the places of those that answer, none where the paper does not.

    `complete`: every sentence that answers is named, also where it translates another.
    `elsewhere`: titles of other papers with sentences that look alike. A question that no paper
    answers has nothing else, and no paper. `lists`: it asks which papers there are on something,
    and others may belong as well. `blamed` are the words of a question that its paper does not
    bear, `words` by their places those of sentences that answer; empty where they are not known.
    """

    paper_id: str
    title: str
    question: str
    sentences: tuple[str, ...]
    languages: tuple[Language, ...]
    answers: tuple[int, ...]
    complete: bool
    elsewhere: tuple[tuple[str, str], ...] = ()
    lists: bool = False
    blamed: tuple[Span, ...] = ()
    words: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)

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


def exercises(catalogue: Catalogue, embedder: Embedder) -> list[Exercise]:
    """All questions about papers that an archive has.

    Raises `InputError` if it has none of them.
    """
    found = [*_hard(catalogue), *_reading(catalogue)]
    if not found:
        raise InputError(
            "None of the papers that the questions are about is in the archives given; the digests "
            "that they were written from are not published."
        )
    asked = sorted({each.paper_id for each in found} - _held_out())
    papers = (paper for each in asked if (paper := catalogue.paper(each)))
    neighbours = Neighbours(papers, embedder)
    found += [Exercise("", "", question, (), (), (), True) for question in strangers()]
    near = neighbours.of([(each.question, each.paper_id) for each in found])
    return [
        each if each.lists else replace(each, elsewhere=tuple(other))
        for each, other in zip(found, near, strict=True)
    ]


def split(found: Iterable[Exercise]) -> tuple[list[Exercise], list[Exercise]]:
    """Those to learn from, and those about the papers of `reading_held_out.txt`."""
    found, held = list(found), _held_out()
    return (
        [each for each in found if each.paper_id not in held],
        [each for each in found if each.paper_id in held],
    )


def _reading(catalogue: Catalogue) -> Iterator[Exercise]:
    for record in records("reading_questions.jsonl"):
        if (paper := catalogue.paper(record["about"])) is None:
            continue
        said = _sentences(paper, record["question"])
        names = set(record["answers"])
        answers = tuple(n for n, each in enumerate(said) if digest(each.quote) in names)
        if said and bool(answers) == bool(names):
            marked = record.get("words", {})
            words = {n: marked.get(digest(said[n].quote), ()) for n in answers}
            yield replace(
                _exercise(paper, record["question"], said, answers, complete=True),
                lists=record["kind"] == "which_papers",
                blamed=_spans(record.get("blamed", ())),
                words={n: _spans(spans) for n, spans in words.items() if spans},
            )


def _hard(catalogue: Catalogue) -> Iterator[Exercise]:
    about = {record["id"]: record["about"][0] for record in records("hard_questions.jsonl")}
    for judged in load_questions("hard"):
        if (paper := catalogue.paper(about[judged.id])) is None:
            continue
        said = _sentences(paper, judged.question)
        answers = tuple(
            n
            for n, each in enumerate(said)
            if judged.answerable and judged.answer and judged.is_answered_by(each.quote)
        )
        if said and bool(answers) == judged.answerable:
            yield _exercise(paper, judged.question, said, answers, complete=False)


def _spans(given: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in given)


def reading_questions() -> list[tuple[str, str, str]]:
    """Every question of `reading_questions.jsonl` with its paper's id and its kind."""
    found = records("reading_questions.jsonl")
    return [(each["question"], each["about"], each["kind"]) for each in found]


def strangers() -> list[str]:
    """Questions that no paper answers."""
    return [record["question"] for record in records("stranger_questions.jsonl")]


def records(name: str) -> list[dict[str, Any]]:
    """What a file of questions holds, a line each."""
    return [json.loads(line) for line in _text(name).splitlines()]


def _held_out() -> set[str]:
    return set(_text("reading_held_out.txt").split())


def _text(name: str) -> str:
    return (files("eval") / "data" / name).read_text(encoding="utf-8")


def _sentences(paper: Paper, question: str) -> list[Sentence]:
    asked = Question(question)
    return sorted(
        sentences(paper), key=lambda each: -coverage(asked, matches(asked, indices(each.quote)))
    )


def _exercise(
    paper: Paper,
    question: str,
    said: list[Sentence],
    answers: tuple[int, ...],
    *,
    complete: bool,
) -> Exercise:
    return Exercise(
        paper.paper_id,
        paper.title,
        question,
        tuple(each.quote for each in said),
        tuple(each.language for each in said),
        answers,
        complete,
    )
