"""A judged question with what an archive has on it, to learn answering from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.questions import Judged, normal
from search_api.answers import scoring
from search_api.answers.asker import Asker
from search_api.answers.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Example:
    """A judged question with its evidence: features of shape (candidates, features), and which
    candidates answer it.
    """

    judged: Judged
    evidence: Evidence
    rows: NDArray[np.float64]
    right: NDArray[np.bool_]


def examples(asker: Asker, questions: Sequence[Judged]) -> list[Example]:
    """Every question with what the archive has on it."""
    return [_example(judged, asker.evidence(judged.question)) for judged in questions]


def _example(judged: Judged, evidence: Evidence) -> Example:
    rows = scoring.features(evidence.question, evidence.candidates, evidence.nearness)
    quotes = [each.sentence.quote for each in evidence.candidates]
    from_right = np.array(
        [each.paper.paper_id in judged.papers for each in evidence.candidates], bool
    )
    right = np.array([bool(judged.answer) and judged.is_answered_by(q) for q in quotes], bool)
    if not right.any():  # an answer of several facts may need several sentences
        facts = [fact for group in judged.answer for fact in group]
        right = np.array([any(_has(q, fact) for fact in facts) for q in quotes], bool)
    return Example(judged, evidence, rows, right & from_right)


def _has(quote: str, fact: str) -> bool:
    return normal(fact) in normal(quote)
