"""Questions about the real archives, answerable and not, and whether an answer is right.

`questions.jsonl` has a half for development, a half that is looked at last, and 431 from outside,
by others who knew nothing of how answers are made, about any of the papers;
`training_questions.jsonl` are what the decision to answer is learned from; `hard_questions.jsonl`
asks five of each of 417 other papers, two that it answers and three that share its words and are
not answered; `subtle_questions.jsonl` two and two of 263 papers, the unanswered with one detail
off. `listing_questions.jsonl` asks which papers there are on
something, and names them all: 140 to learn from, 72 for development, 352 as people tell what
they remember, 68 that are looked at last. All are written for this; the archives themselves are
not published.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any, Literal

from indexer.paper import Language
from search_api.answers.quantity import Quantity, quantities

Split = Literal[
    "train", "dev", "test", "outside", "hard", "subtle", "lists", "lists-told", "lists-kept"
]
_LISTS = "listing_questions.jsonl"
_FILES: dict[Split, tuple[str, ...]] = {
    "train": ("training_questions.jsonl", _LISTS),
    "dev": ("questions.jsonl",),
    "test": ("questions.jsonl",),
    "outside": ("questions.jsonl",),
    "hard": ("hard_questions.jsonl",),
    "subtle": ("subtle_questions.jsonl",),
    "lists": (_LISTS,),
    "lists-told": (_LISTS,),
    "lists-kept": (_LISTS,),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and what answers it.

    Of each group in `answer` one alternative must stand in the answer; where there is no
    group, as for "which papers …", the papers decide; of `partly` one could argue. `about` names
    the paper that one without an answer asks about, where that is known.
    """

    id: str
    question: str
    language: Language
    answerable: bool
    kind: str
    papers: tuple[str, ...]
    answer: tuple[tuple[str, ...], ...]
    split: Split
    evidence_language: str = "both"
    partly: tuple[str, ...] = ()
    about: tuple[str, ...] = ()

    @property
    def lists_papers(self) -> bool:
        """Whether it asks which papers there are, and there are some."""
        return self.answerable and self.kind == "which_papers"

    @property
    def crosses(self) -> bool:
        """Whether the fact stands only in the other language than the question's."""
        return self.answerable and self.evidence_language not in (self.language, "both")

    def is_answered_by(self, text: str) -> bool:
        """Whether a text has an alternative of every group."""
        there = normal(text)
        return all(any(normal(each) in there for each in group) for group in self.answer)

    def is_said_by(self, text: str) -> bool:
        """The same for a text in words of its own: figures count in either language."""
        said = quantities(text)
        return all(
            any(normal(each) in normal(text) or _figures_in(each, said) for each in group)
            for group in self.answer
        )


def _figures_in(alternative: str, said: Sequence[Quantity]) -> bool:
    figures = quantities(alternative)
    return bool(figures) and all(figure.is_said_by(said) for figure in figures)


def load_questions(split: Split) -> list[Judged]:
    """The questions of one split."""
    data = files("eval") / "data"
    lines = (
        line
        for name in _FILES[split]
        for line in (data / name).read_text(encoding="utf-8").splitlines()
    )
    records = [{"split": split} | json.loads(line) for line in lines]
    return [_judged(record) for record in records if record["split"] == split]


def normal(text: str) -> str:
    """A text in the form in which answers are compared."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold())


def _judged(record: dict[str, Any]) -> Judged:
    known = {field.name for field in fields(Judged)}
    values = {k: v for k, v in record.items() if k in known}
    values["papers"] = tuple(values["papers"])
    values["partly"] = tuple(values.get("partly", ()))
    values["about"] = tuple(values.get("about", ()))
    values["answer"] = tuple(tuple(group) for group in values["answer"])
    return Judged(**values)
