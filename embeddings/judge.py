"""The bundled judge: how probably a claim follows from a sentence, read together.

The bundled encoder with an adapter that was learned from claims which sentences of papers bear or
do not, in Chinese and English and across. It is an `Entailment` without a download; which claims
it is asked about is `search_api.answers.verification`'s.
"""

from __future__ import annotations

from pathlib import Path

from embeddings.adapter import JUDGE, bundled
from embeddings.preparation import OnStep
from embeddings.reader import BundledReader


class BundledJudge:
    """An `Entailment` in int8 on OpenVINO. Threads may share it.

    `cache`, `on_step` and `learned` are `BundledReader`'s, and so are the errors raised.
    """

    def __init__(
        self, cache: Path, on_step: OnStep = lambda step: None, *, learned: Path | None = None
    ) -> None:
        self._reader = BundledReader(
            cache, on_step, learned=learned or bundled(JUDGE), kind="judge"
        )

    def chance(self, premise: str, hypothesis: str) -> float:
        """The probability, 0 to 1, that the hypothesis follows from the premise, a sentence
        with the title of its paper (`embeddings.reader.titled`).
        """
        return float(self._reader.scores(hypothesis, [premise])[0])
