"""Which sentences answer a question: what is looked at, and a linear model over it.

The weights are learned from questions with known answers by `archive learn answers`, which
compares the candidates of one question with each other (a conditional logit), so a weight
says what makes a sentence better than its neighbours, not what makes a question easy.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.lexical import fold
from indexer.paper import Paper, TextKind
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.question import Question
from search_api.answers.sentence import Sentence
from search_api.answers.wording import Wording

FIELDS: tuple[TextKind, ...] = (
    "abstract",
    "translation",
    "tldr",
    "motivation",
    "method",
    "result",
    "conclusion",
    "summary",
)
# Languages are not among them: questions that learning sees may favour either.
FEATURES = (
    "nearness",  # cosine of question and sentence
    "behind nearest",  # the same, less the nearest of its paper
    "coverage",  # share of the question's information
    "focus",  # the same, of what tells this paper's sentences apart
    "keenest",  # the most telling single term
    "behind paper",  # its paper's score, less the best paper's
    "best paper",
    "length",
    "number asked",
    "number missing",
    "number unasked",
    "names asked",
    "names unasked",
    "reason asked",
    "reason unasked",
    "link asked",
    "link unasked",
    "manner in method",
    "reason in motivation",
    "number in result",
    "many numbers",
    "short",
    *FIELDS,
)
_LENGTH = {"zh": 100.0, "en": 300.0}
_NUMBER = re.compile(
    r"\d|[一二三四五六七八九十百千万亿两]+(?=[个种类张篇倍层步次项条名位家])"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|twice|half|hundred|thousand|million)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"因为|由于|归因|原因|源于|导致|使得|限制|缺乏"
    r"|because|due to|since|caused|owing|attribut|lack|stem from|suffer|limit|hinder",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://|github|\.com|\.io", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*(?:[-+.][A-Za-z0-9]+)*|《[^》]+》")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, of a paper that a search found with this score."""

    sentence: Sentence
    paper: Paper
    paper_score: float


def features(
    question: Question, candidates: Sequence[Candidate], nearness: NDArray[np.float32]
) -> NDArray[np.float64]:
    """What is looked at, shape (candidates, features); `nearness` are cosines."""
    rows = np.zeros((len(candidates), len(FEATURES)))
    best = max((each.paper_score for each in candidates), default=0.0)
    said = {fold(name) for name in _NAME.findall(question.text)}
    by_paper: dict[str, list[int]] = {}
    for place, each in enumerate(candidates):
        by_paper.setdefault(each.paper.paper_id, []).append(place)
    for places in by_paper.values():
        matched = [matches(question, indices(candidates[p].sentence.quote)) for p in places]
        telling = _telling(question, candidates[places[0]].paper, matched)
        nearest = nearness[places].max()
        for place, found in zip(places, matched, strict=True):
            each = candidates[place]
            told = [weight * found[term] for term, weight in telling.items()]
            rows[place, :8] = (
                nearness[place],
                nearness[place] - nearest,
                coverage(question, found),
                sum(told) / (sum(telling.values()) or 1.0),
                max(told, default=0.0) / 5,
                each.paper_score - best,
                each.paper_score == best,
                len(each.sentence.quote) / _LENGTH[each.sentence.language],
            )
            rows[place, 8:] = _form(question, each.sentence, said)
    return rows


def _telling(
    question: Question, paper: Paper, matched: Sequence[Mapping[str, float]]
) -> dict[str, float]:
    """How well each term tells a paper's sentences apart; its title's terms hardly do."""
    title = matches(question, indices(" ".join(title.text for title in paper.titles)))
    often = Counter[str]()
    for found in matched:
        often.update(found)
    return {
        term: weight * math.log((len(matched) + 1) / (often[term] + 0.5)) * (1 - 0.7 * title[term])
        for term, weight in question.terms.items()
        if often[term] > 0
    }


def _form(question: Question, sentence: Sentence, said: set[str]) -> list[float]:
    """What a sentence's form has of what is asked for."""
    quote, wants = sentence.quote, question.wants
    number = _NUMBER.search(quote) is not None
    digits = Wording(quote).numbers - question.numbers
    names = min(3, len({fold(name) for name in _NAME.findall(quote)} - said)) / 3
    reason, link = _REASON.search(quote) is not None, _LINK.search(quote) is not None
    thing = "thing" in wants and "number" not in wants
    # A full text is the authors' own words, as the abstract is; learning has seen none.
    own = "abstract" if sentence.field == "fulltext" else sentence.field
    return [
        "number" in wants and bool(digits),
        "number" in wants and not number,
        "number" not in wants and bool(digits),
        names if thing else 0.0,
        0.0 if "thing" in wants else names,
        "reason" in wants and reason,
        "reason" not in wants and reason,
        "link" in wants and link,
        "link" not in wants and link,
        "manner" in wants and sentence.field == "method",
        "reason" in wants and sentence.field == "motivation",
        "number" in wants and sentence.field == "result",
        ("number" in wants) * len(digits) / 5,
        len(quote) < 25,
        *(own == field for field in FIELDS),
    ]
