"""Which sentences of the evidence are quoted, and in which language.

The best one, a second that adds something, and for "which papers …" one of each paper; where
a paper says the same in the question's own language, that is quoted.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from embeddings.lexical import fold
from embeddings.reranker import Reranker
from search_api.answers.decision import everything
from search_api.answers.evidence import Evidence
from search_api.answers.finding import Finding
from search_api.answers.quantity import ITEM, quantities
from search_api.answers.question import Question
from search_api.answers.reading import log_odds, passage
from search_api.answers.scoring import Candidate
from search_api.answers.sentence import Sentence, quotable
from search_api.answers.translation import said_in, translation
from search_api.answers.wording import mentions

SAME = 0.85
"""Cosine above which two sentences of one language say the same."""
_SECOND = 2.5
"""How much worse a second sentence may score to be quoted."""
_SAID = 0.35
"""Share of a sentence's information in one of the other language that says it already."""
_AS_NEAR = 0.5
"""How much a translation must have of what the sentence has of a question."""
_LESS = 0.3
"""Log-odds by which a translation may read less like an answer: those that leave the answer out
were all further behind, and half of those that do not were nearer."""
SOURCES = 8
"""Sentences that a language model is shown at most."""
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:instructions?|prompts?|rules)\b|\byou are now\b"
    r"|(?:忽略|无视|忘记).{0,12}(?:指令|指示|要求|规则|提示词)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# PyBullet and ML2DAC; what is all capitals is often translated.
_NAME = re.compile(r"(?<!\w)(?=[A-Za-z]*(?:[a-z][A-Z]|[A-Za-z]\d))[A-Za-z][A-Za-z\d-]*", re.ASCII)


def choose(finding: Finding, reader: Reranker | None = None) -> list[Candidate]:
    """What is quoted, best first; a reader sees to it that translations answer too."""
    evidence, scores = finding.evidence, finding.scores
    question, candidates = evidence.question, evidence.candidates
    if finding.listed:
        return [in_own_language(question, candidates[place]) for place in finding.listed]
    order = [int(place) for place in np.argsort(-scores, kind="stable")]
    first = order[0]
    chosen = [in_own_language(question, candidates[first], reader)]
    unsaid = [name for name in question.names if not _says(evidence, first, name)]
    for place in order[1:]:
        if scores[first] - scores[place] > _SECOND:
            break
        near = float(evidence.vectors[first] @ evidence.vectors[place])
        # Two sentences of one paper make one answer; those of two where the question names
        # something that only the second paper speaks of.
        same = candidates[place].paper.paper_id == candidates[first].paper.paper_id
        if near > SAME or not (same or any(_says(evidence, place, name) for name in unsaid)):
            continue
        if not any(_repeats(each, candidates[place]) for each in (candidates[first], chosen[0])):
            chosen.append(in_own_language(question, candidates[place], reader))
            break
    return chosen


def _says(evidence: Evidence, place: int, name: str) -> bool:
    """Whether a candidate's paper speaks of what has this name."""
    paper = evidence.candidates[place].paper
    return mentions(fold(everything(paper, evidence.candidates)), name)


def best(finding: Finding, reader: Reranker | None = None) -> list[Candidate]:
    """What a language model may cite, best first.

    Sentences that give orders to a model are left out: they are no evidence of anything.
    """
    evidence = finding.evidence
    order = np.argsort(-finding.scores, kind="stable")
    found: dict[Sentence, Candidate] = {}
    for place in order:
        candidate = in_own_language(evidence.question, evidence.candidates[place], reader)
        if not _ORDER.search(candidate.sentence.quote):
            found.setdefault(candidate.sentence, candidate)
        if len(found) == SOURCES:
            break
    return list(found.values())


def in_own_language(
    question: Question, candidate: Candidate, reader: Reranker | None = None
) -> Candidate:
    """The same sentence in the question's language, where the paper says it in both.

    It must not leave out the answer, as a summary may: its numbers tell, and a reader.
    """
    sentence = candidate.sentence
    if sentence.language == question.language:
        return candidate
    other = translation(sentence, quotable(candidate.paper))
    if other is None or not _answers_too(question, sentence.quote, other.quote):
        return candidate
    translated = replace(candidate, sentence=other)
    if reader is not None:
        pair = [passage(candidate, question), passage(translated, question)]
        said, there = log_odds(reader.scores(question.text, pair))
        if there < said - _LESS:
            return candidate
    return translated


def _answers_too(question: Question, quote: str, other: str) -> bool:
    """Whether a translation has the numbers of a quote, one of them where a number is asked for;
    the names, where something is; and where the question names what it asks for, as it does for
    yes or no, that too.
    """
    asked = "number" in question.wants
    given, there = _numbers(quote, spelled=asked), _numbers(other, spelled=True)
    if not given <= there and not (asked and given & there - _numbers(question.text, spelled=True)):
        return False
    said = fold(f"{question.text} {other}")
    if "thing" in question.wants and any(fold(name) not in said for name in _NAME.findall(quote)):
        return False
    if not question.wants & {"number", "verdict"}:
        return True
    about = _without_names(question)
    return said_in(about, other) >= _AS_NEAR * said_in(about, quote)


def _without_names(question: Question) -> str:
    # Behind the first sentence a paper's name is most often left out.
    text = fold(question.text)
    for name in question.names:
        text = text.replace(name, " ")
    return text


def _numbers(text: str, *, spelled: bool) -> set[float]:
    found = quantities(ITEM.sub(" ", text))
    return {abs(each.value) for each in found if spelled or _DIGIT.search(each.written)}


def _repeats(one: Candidate, other: Candidate) -> bool:
    """Whether a sentence says again in the other language what one of its paper says."""
    first, second = one.sentence, other.sentence
    if first.paper_id != second.paper_id or first == second:
        return first == second
    if first.language == second.language:
        return False
    every = quotable(one.paper)
    return (
        said_in(second.quote, first.quote) >= _SAID
        or translation(first, every) == second
        or translation(second, every) == first
    )
