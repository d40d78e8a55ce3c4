"""What the archive has on a question, or on a subquestion, and how far that is an answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_api.answers.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Finding:
    """How well each candidate of the evidence answers (`scores`, shape (candidates,); empty
    where none can), and how probably there is an answer among them.

    Where papers are asked for, `listed` are the places of what is quoted of those that belong.
    """

    evidence: Evidence
    scores: NDArray[np.float64]
    confidence: float
    listed: tuple[int, ...] = ()

    @property
    def best_paper(self) -> str:
        """The id of the paper whose sentence answers best."""
        return self.evidence.candidates[int(np.argmax(self.scores))].paper.paper_id
