"""Whether a question asks which papers there are on something, and on what.

Only words are looked at: the question's own, pairs of neighbours, and pairs of frequent ones ("how
… papers"), weighed as questions of both kinds have taught (`archive learn requests`). A question
about what one paper says is none of these, nor is one about how many papers a survey covers or a
model was trained on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path

from pydantic import TypeAdapter

from embeddings.lexical import HAN, fold

_DATA = "list_request.json"
_TOKEN = re.compile(rf"[a-z]+(?:'[a-z]+)?|\d[\d.]*|[{HAN}]|[?,:!.。]")
_SENTENCE = re.compile(r"(?<=[.?!])\s+|(?<=[。？！])")
_FRAME = re.compile(
    r"(?<![-\w])(?:papers?|articles?|preprints?|publications?"
    r"|(?:works?|research|studies)(?= (?:on|about|is|has|that)\b)|archive|digests?|list|find|show"
    r"|name|recommend|looking for|please|deal(?:s|ing)?|discuss(?:es|ing)?|us(?:e|es|ing)|how many"
    r"|any(?:thing|one|body)?|everything|some(?:thing|one|body)|whatever|about|there|here"
    r"|came (?:out|up)|appear(?:ed|s)?|published|i (?:remember|recall)|do you have|which ones?"
    r"|what (?:do we have|have we got))(?![-\w])|论文|文章|工作(?![流原量记机站负人])"
    r"|研究(?![方价背人机院者问对内结])|方面(?!级)|相关(?!性)|列出|列一下|推荐|多少篇|几篇|记得|[帮给]我"
    r"|找(?:一下|找)|想找|有没有人|有人(?=做|研究)|收了|推送过|讨论|涉及|发表|发布"
    r"|讲(?:的是|到|了)?(?![师座义台话解稿])|提到|[用做]到?了"
)


@dataclass(frozen=True, slots=True)
class RequestModel:
    """What each of the `clues` in a question adds to the log-odds that papers are asked for."""

    bias: float
    frequent: frozenset[str]
    weights: Mapping[str, float]

    def score(self, text: str) -> float:
        """Above 0 if papers are asked for; what is told before the last question does not ask."""
        said = [each for each in _SENTENCE.split(text.strip()) if each] or [text]
        asking = [each for each in said if each.endswith(("?", "？"))] or said
        return self.bias + min(map(self._weight, {text, asking[-1]}))

    def _weight(self, text: str) -> float:
        return sum(self.weights.get(clue, 0.0) for clue in clues(text, self.frequent))


def tokens(text: str) -> list[str]:
    """Words, single Chinese characters and marks, with where a question begins (^) and ends ($);
    numbers are alike.
    """
    found = _TOKEN.findall(fold(text))
    return ["^", *("0" if each[0].isdigit() else each for each in found), "$"]


def clues(text: str, frequent: Collection[str]) -> set[str]:
    """Tokens of a question, pairs of neighbours, and of the frequent ones all pairs in order."""
    every = tokens(text)
    some = [each for each in every if each in frequent]
    return {
        *every,
        *map(" ".join, pairwise(every)),
        *map(" … ".join, combinations(some, 2)),
    }


@cache
def load_bundled() -> RequestModel:
    """The model that ships, loaded once."""
    text = (files("search_api") / "data" / _DATA).read_text(encoding="utf-8")
    return TypeAdapter(RequestModel).validate_json(text)


def save(model: RequestModel, path: Path) -> None:
    """Write the file that `load_bundled` reads."""
    record = asdict(model) | {"frequent": sorted(model.frequent)}
    text = json.dumps(record, ensure_ascii=False, indent=0)
    path.write_text(text + "\n", encoding="utf-8")


def asks_for_papers(text: str) -> bool:
    """Whether a list of papers is asked for."""
    return load_bundled().score(text) > 0


def topic(text: str) -> str:
    """What the papers asked for are about: a question without what only asks for them. Names,
    such as Segment Anything, stay whole.
    """
    text = text.strip()
    return " ".join(_FRAME.sub(" ", text[:1].lower() + text[1:]).split())
