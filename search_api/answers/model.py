"""What answering has learned: how sentences are chosen and when they are an answer.

`archive learn answers` writes it, with the curve that the threshold was chosen from.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter

from search_api.answers import decision, listing, scoring
from search_api.answers.linear import Linear

_DATA = "answers.json"


@dataclass(frozen=True, slots=True)
class AnswerModel:
    """`reading` is the weight of what a reader finds beside a sentence's score. From the
    `threshold` on a question is answered, by `decision`, and a paper belongs on a list, by
    `listing`.
    """

    sentence: Linear
    reading: float
    decision: Linear
    threshold: float
    listing: Linear


@cache
def load_bundled() -> AnswerModel:
    """The model that ships, loaded once."""
    text = (files("search_api") / "data" / _DATA).read_text(encoding="utf-8")
    model = TypeAdapter(AnswerModel).validate_json(text)
    learned_for = [each.features for each in (model.sentence, model.decision, model.listing)]
    if learned_for != [list(each.FEATURES) for each in (scoring, decision, listing)]:
        raise AssertionError(f"{_DATA} was learned for other features; learn it anew")
    return model


def save(model: AnswerModel, path: Path) -> None:
    """Write the file that `load_bundled` reads."""
    path.write_text(json.dumps(asdict(model), indent=1) + "\n", encoding="utf-8")
