"""Whether a question asks which papers there are on something.

Only words are looked at: those of the last question, pairs of neighbours, and pairs of frequent
ones ("how … papers"), and apart from them those of what is told besides, weighed as questions of
both kinds have taught (`archive learn requests`). A question about what one paper says is none of
these, nor is one about how many papers a survey covers or a model was trained on. What the papers
asked for are about is `list_topic`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise, product
from pathlib import Path

from pydantic import TypeAdapter

from embeddings.lexical import HAN, fold
from indexer.language import language_of
from search_api.answers.list_topic import topic
from search_api.answers.sentence import spans

_DATA = "list_request.json"
_TOKEN = re.compile(rf"[a-z]+(?:'[a-z]+)?|\d[\d.]*|[{HAN}]|[?,:!.。]")
# Sure by themselves, whatever they are about; 这篇论文有哪些进展 asks about one paper.
_ASKS = re.compile(
    r"\bdid (?:people|anyone|anybody) publish\b"
    r"|^(?:请|帮我|再)?(?:给我|推荐|找|来|列出?)[一两二三四五六七八九十几\d]+篇"
    r"|(?<![文章篇])有(?:哪些|什么|啥)(?:最?新|相关)?的?(?:工作|研究|进展|文献|成果)[?？。 ]*$"
)
_FULL_STOPS = " .。!！"  # at the end they tell nothing
_BESIDE = "beside "
"""Before what is told besides the last question."""


@dataclass(frozen=True, slots=True)
class RequestModel:
    """What each of the `clues` in a question adds to the log-odds that papers are asked for."""

    bias: float
    frequent: frozenset[str]
    weights: Mapping[str, float]

    def score(self, text: str) -> float:
        """Above 0 if papers are asked for."""
        found = clues(text, self.frequent)
        return self.bias + sum(self.weights.get(clue, 0.0) for clue in found)


def tokens(text: str) -> list[str]:
    """Words, single Chinese characters and marks, with where a text begins (^) and ends ($);
    numbers are alike.
    """
    found = _TOKEN.findall(fold(text).replace("’", "'").rstrip(_FULL_STOPS))
    return ["^", *("0" if each[0].isdigit() else each for each in found), "$"]


def clues(text: str, frequent: Collection[str]) -> set[str]:
    """Tokens of the last question (or sentence, where none asks), pairs of neighbours, and of the
    frequent ones all pairs in order; and the first two kinds of what is told besides.
    """
    said = [text[start:end] for start, end in spans(text, language_of(text))] or [text]
    asking = [place for place, each in enumerate(said) if each.endswith(("?", "？"))]
    last = said.pop(asking[-1] if asking else -1)
    every = tokens(last)
    beside = {_BESIDE + clue for each in said for clue in _near(tokens(each))}
    return {*_near(every), *_apart([each for each in every if each in frequent]), *beside}


def _near(every: list[str]) -> set[str]:
    return {*every, *map(" ".join, pairwise(every))}


def _apart(some: list[str]) -> Iterator[str]:
    """Every two of which one stands somewhere before the other."""
    last = {each: place for place, each in enumerate(some)}
    first = {each: place for place, each in reversed(list(enumerate(some)))}
    return (f"{one} … {two}" for one, two in product(first, last) if first[one] < last[two])


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
    """Whether a list of papers is asked for; also where nothing else is said, as in 论文 once its
    time is taken out.
    """
    known = _ASKS.search(text) or load_bundled().score(text) > 0
    return bool(known or not topic(text).strip("?？.。!！ "))
