"""What of a question and its paper the reader is shown to learn from: texts of a few sentences.

Most hold several sentences of the paper, of which some answer or none does, in one language or
in both; some a single one. How it learns from them is `adapting`'s, the questions are `reading`'s.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.reading import Exercise, Span
from indexer.language import language_of
from search_api.answers.reading import TOGETHER

SIZES = (TOGETHER, TOGETHER, TOGETHER, 4, 5, 6)
"""How many sentences a text has, if the paper has so many; most often as many as are read together
for an answer."""
CROSSING, OWN = 0.3, 0.15
"""How often all are in the other language than the question, and how often in its own."""
HIDDEN = 0.15
"""How often a text has none of the sentences that answer."""
ALONE = 0.5
"""How often a sentence that answers, one that does not and one of another paper come alone too."""
AMONG = 2
"""Of how many more than fit those that do not answer are taken, the most promising."""
PROMISING = 6
"""Of how many the one that does not answer and comes alone."""
OF_STRANGERS = 2
"""Sentences of other papers, of a question that no paper answers."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A question with sentences under a title; `answers` has for each whether it answers.

    `blamed` are the words of the question that the sentences do not bear, `words` of each
    sentence those that answer; None where that is not known.
    """

    question: str
    title: str
    sentences: tuple[str, ...]
    answers: tuple[bool, ...]
    blamed: tuple[Span, ...] | None = None
    words: tuple[tuple[Span, ...], ...] | None = None


def shown(exercise: Exercise, chance: random.Random) -> Iterator[Shown]:
    """What is seen of a question in one round."""
    if exercise.sentences:
        if places := _together(exercise, chance):
            yield _of(exercise, places)
        if chance.random() < ALONE:
            yield from _alone(exercise, chance)
    else:
        yield from _elsewhere(exercise, OF_STRANGERS, chance)


def _together(exercise: Exercise, chance: random.Random) -> list[int]:
    size, draw = chance.choice(SIZES), chance.random()
    own = language_of(exercise.question)

    def wanted(places: Sequence[int]) -> list[int]:
        """Those in the languages of this draw, or all if that leaves none."""
        kept = [
            place
            for place in places
            if draw >= CROSSING + OWN or (exercise.languages[place] == own) == (draw >= CROSSING)
        ]
        return kept or list(places)

    answers = wanted(exercise.answers)
    if chance.random() < HIDDEN:
        answers = []
    several = 1 if chance.random() < 0.5 else size // 2 + 1
    places = chance.sample(answers, min(several, len(answers)))
    others = wanted(exercise.others)[: size + AMONG]
    places += chance.sample(others, min(size - len(places), len(others)))
    if chance.random() < 0.5:  # as they stand, the most promising first
        places.sort()
    else:
        chance.shuffle(places)
    return places


def _alone(exercise: Exercise, chance: random.Random) -> Iterator[Shown]:
    for places in (exercise.answers, exercise.others[:PROMISING]):
        if places:
            yield _of(exercise, [chance.choice(places)])
    yield from _elsewhere(exercise, 1, chance)


def _elsewhere(exercise: Exercise, count: int, chance: random.Random) -> Iterator[Shown]:
    for title, sentence in chance.sample(exercise.elsewhere, min(count, len(exercise.elsewhere))):
        yield Shown(exercise.question, title, (sentence,), (False,))


def _of(exercise: Exercise, places: Sequence[int]) -> Shown:
    answers = [place for place in places if place in exercise.answers]
    blamed = None if exercise.answers or len(places) == 1 else exercise.blamed or None
    marked = all(place in exercise.words for place in answers)
    return Shown(
        exercise.question,
        exercise.title,
        tuple(exercise.sentences[place] for place in places),
        tuple(place in answers for place in places),
        () if answers else blamed,
        tuple(exercise.words.get(place, ()) for place in places) if marked else None,
    )
