"""Questions in SQuAD's format (arXiv:1806.03822), for the reader to learn from first.

The format of SQuAD, CMRC 2018, XQuAD and their translations: articles with paragraphs, of which
each question is answered by a span or by nothing. Where two files have a question of the same
id, in two languages, it is also asked in the one and answered in the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from embeddings.errors import InputError
from eval.reading import Exercise
from indexer.language import language_of
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.question import Question
from search_api.answers.sentence import spans


class _Span(BaseModel):
    text: str
    answer_start: int


class _Asked(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    id: str
    question: str
    answers: list[_Span] = []
    plausible_answers: list[_Span] = []


class _Paragraph(BaseModel):
    context: str
    qas: list[_Asked]


class _Article(BaseModel):
    title: str = ""
    paragraphs: list[_Paragraph]


class _File(BaseModel):
    data: list[_Article]


@dataclass(frozen=True, slots=True)
class _Case:
    title: str
    asked: _Asked
    paragraph: str


def exercises(paths: Sequence[Path]) -> list[Exercise]:
    """The questions of these files, each with its paragraph.

    Raises `InputError` for a file that is not in this format.
    """
    cases: dict[str, list[_Case]] = defaultdict(list)
    for path in paths:
        for case in _cases(path):
            cases[case.asked.id].append(case)
    return [
        found
        for alike in cases.values()
        for case in alike
        for asked in alike
        if (found := _exercise(asked.asked.question, case)) is not None
    ]


def _cases(path: Path) -> Iterator[_Case]:
    try:
        read = _File.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            f"{path} has no questions in SQuAD's format ({error}). Give JSON with 'data', of "
            "articles with 'paragraphs', of a 'context' and its 'qas'."
        ) from error
    for article in read.data:
        for paragraph in article.paragraphs:
            for asked in paragraph.qas:
                yield _Case(article.title.replace("_", " "), asked, paragraph.context)


def _exercise(question: str, case: _Case) -> Exercise | None:
    """None where the span that answers is in no sentence."""
    language = language_of(case.paragraph)
    own = Question(case.asked.question)
    places = list(spans(case.paragraph, language))
    said = [case.paragraph[start:end] for start, end in places]

    def hold(found: list[_Span]) -> set[int]:
        starts = [each.answer_start for each in found]
        return {n for n, (a, b) in enumerate(places) if any(a <= start < b for start in starts)}

    answers, plausible = hold(case.asked.answers), hold(case.asked.plausible_answers)
    if bool(answers) != bool(case.asked.answers):
        return None
    # A sentence that has the words of the answer elsewhere may answer too: it is left out.
    texts = [each.text for each in case.asked.answers]
    kept = [n for n in range(len(said)) if n in answers or not any(t in said[n] for t in texts)]
    shares = {n: coverage(own, matches(own, indices(said[n]))) for n in kept}
    kept.sort(key=lambda n: -(shares[n] + (n in plausible)))
    return Exercise(
        paper_id=case.asked.id,
        title=case.title,
        question=question,
        sentences=tuple(said[n] for n in kept),
        languages=(language,) * len(kept),
        answers=tuple(place for place, n in enumerate(kept) if n in answers),
        complete=True,
    )
