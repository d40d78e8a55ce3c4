"""Which of the evidence is read closely, question and sentence together, and what is found.

Reading tells what the features of `scoring` and `decision` cannot, but takes about as long
as the rest of an answer, so only the most promising sentences are read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.reader import titled
from embeddings.reranker import Reranker
from search_api.answers.evidence import Evidence
from search_api.answers.scoring import Candidate

READ = 6
"""Sentences, the best by their scores; more find no more."""
_SUREST = 6.0
"""Log-odds beyond which a reader is not believed to be surer."""


def promising(scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """The places of the sentences that are read."""
    return np.argsort(-scores, kind="stable")[:READ]


def read(reader: Reranker, evidence: Evidence, places: NDArray[np.intp]) -> NDArray[np.float64]:
    """The log-odds that each candidate answers, shape (candidates,); NaN for those not at
    these places.
    """
    readings = np.full(len(evidence.candidates), np.nan)
    passages = [passage(evidence.candidates[place]) for place in places]
    chances = reader.scores(evidence.question.text, passages).astype(np.float64)
    odds = np.log(np.maximum(chances, 1e-9) / np.maximum(1 - chances, 1e-9))
    readings[places] = np.clip(odds, -_SUREST, _SUREST)
    return readings


def passage(candidate: Candidate) -> str:
    """A candidate as it is read."""
    return titled(candidate.paper.title, candidate.sentence.quote)


def combined(
    scores: NDArray[np.float64], readings: NDArray[np.float64], weight: float
) -> NDArray[np.float64]:
    """Scores with what was read in them; what was not read comes behind what was."""
    return scores + weight * np.where(np.isnan(readings), -_SUREST, readings)
