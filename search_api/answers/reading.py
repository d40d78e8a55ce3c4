"""Which of the evidence is read closely, question and sentence together, and what is found.

Reading tells what the features of `scoring` and `decision` cannot, but takes about as long
as the rest of an answer, so only the most promising sentences are read, further ones only where
none of these answers, and the best once more among what its paper says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.reader import titled
from embeddings.reranker import Reranker
from search_api.answers.evidence import Evidence
from search_api.answers.naming import called
from search_api.answers.question import Question
from search_api.answers.scoring import Candidate

READ, FURTHER = 6, 6
"""Sentences, the best by their scores; and how many more where none of them answers."""
TOGETHER = 3
"""Sentences of the best paper that are read as one text besides: one may presume what another
denies.
"""
BESIDE = 2
"""Sentences, those nearest the question, that the paper of what answers best says beside it: people
describe the paper that they mean, and the one sentence need not say what it is about.
"""
_SUREST = 6.0
"""Log-odds beyond which a reader is not believed to be surer."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The log-odds that each candidate answers, `apart`, of shape (candidates,) and NaN for those
    not read; that the best paper's best sentences do, read `together`; and that what answers best
    does, read `in_context`.
    """

    apart: NDArray[np.float64]
    together: float
    in_context: float


def read(reader: Reranker, evidence: Evidence, scores: NDArray[np.float64]) -> Readings:
    """Read what is most promising by these scores, of shape (candidates,)."""
    order = np.argsort(-scores, kind="stable")
    apart = np.full(len(evidence.candidates), np.nan)
    if not len(order):
        return Readings(apart, -_SUREST, -_SUREST)
    places, further = order[:READ], order[READ : READ + FURTHER]

    def passages(places: NDArray[np.intp]) -> list[str]:
        return [passage(evidence.candidates[place], evidence.question) for place in places]

    def odds(texts: Sequence[str]) -> NDArray[np.float64]:
        return log_odds(reader.scores(evidence.question.text, texts))

    found = odds([*passages(places), _among_its_own(evidence, order, TOGETHER)])
    apart[places] = found[:-1]
    if apart[places].max() < 0:
        apart[further] = odds(passages(further))
    best = np.nanargmax(apart)
    nearest = np.argsort(-evidence.nearness, kind="stable")
    beside = np.array([best, *nearest[nearest != best]])
    context = odds([_among_its_own(evidence, beside, 1 + BESIDE)])
    return Readings(apart, float(found[-1]), float(context[0]))


def _among_its_own(evidence: Evidence, order: NDArray[np.intp], count: int) -> str:
    """The first candidate and the next of its paper, `count` in all, as one text."""
    paper = evidence.candidates[order[0]].paper.paper_id
    own = [place for place in order if evidence.candidates[place].paper.paper_id == paper]
    chosen = [evidence.candidates[place] for place in sorted(own[:count])]
    return joint(chosen, evidence.question)


def log_odds(chances: NDArray[np.float32]) -> NDArray[np.float64]:
    """What a reader found, as far as it is believed."""
    sure = np.clip(chances.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.clip(np.log(sure / (1 - sure)), -_SUREST, _SUREST)


def joint(candidates: Sequence[Candidate], question: Question) -> str:
    """Candidates of one paper as they are read together."""
    said = " ".join(each.sentence.quote for each in candidates)
    return titled(called(question, candidates[0].paper), said)


def passage(candidate: Candidate, question: Question) -> str:
    """A candidate as it is read."""
    return titled(called(question, candidate.paper), candidate.sentence.quote)


def combined(scores: NDArray[np.float64], readings: Readings, weight: float) -> NDArray[np.float64]:
    """Scores with what was read in them; what was not read comes behind what was."""
    apart = readings.apart
    return scores + weight * np.where(np.isnan(apart), -_SUREST, apart)
