"""The words of a text and what they tell: terms with their information, names, numbers.

Terms are weighed by how much they tell in texts of the field (`Lexicon.informs`), so that a
small archive asks the same of them as a large one. What a question asks for is `question`'s,
how two texts meet is `matching`'s.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from embeddings import lexicon
from embeddings.lexical import HAN, fold, index_of, terms
from indexer.language import language_of
from indexer.paper import Language

RARE = 9.0
"""Information, in nats, of a term that the lexicon does not know: a name, most often."""
UNKNOWN_PAIR = 2.5
"""Of a pair of Chinese characters that it does not know: most often no word at all."""

_HAN = re.compile(f"[{HAN}]")
# What remains of a Chinese question without them is what it is about.
_ASKING = re.compile(
    "什么|怎么样|怎么|怎样|多少|哪些|哪个|哪种|哪几|哪|为什么|为何|如何|是否|有没有|是不是|能不能"
    "|可不可以|请问|一下|一个|这个|那个|介绍|告诉"
)
_EMPTY = frozenset("吗呢的了在和与用是有它把被对这那篇几个里中到从都上下会能要做比最更多谁我") | {
    "没",
    "没有",
    "论文",
    "关于",
    "几篇",
    "这篇",
    "那篇",
    "一篇",
    "推荐",
}
"""Words that mean nothing by themselves, though their characters are parts of others that do."""
# 3DGS and 2WikiMultihopQA are whole names, 8GB and 3D are none.
_LATIN = re.compile(
    r"(?:(?<![A-Za-z0-9.])[1-9](?=[A-Z])(?!(?:[KMGT]B|[GMk]?Hz|[CGT]PUs?)\b))?"
    r"(?P<name>[A-Za-z][A-Za-z0-9]*(?:[-+.^][A-Za-z0-9]+)*)"
)
_WORD = re.compile(r"[A-Z]{2,}")
_NAME = re.compile(r"[A-Z].*[A-Z]|\d|[a-z][A-Z]|^(?=.*-).*[A-Z]")
_SHOUTED = 4
"""Words in capitals that may be names; more of them and nothing else is a text in capitals."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Wording:
    """A text in either language, word by word."""

    text: str

    @cached_property
    def language(self) -> Language:
        """The language that it is written in."""
        return "zh" if _HAN.search(self.text) and language_of(self.text) == "zh" else "en"

    @cached_property
    def terms(self) -> Mapping[str, float]:
        """What it is about: terms and their information in nats."""
        about = _about(fold(self.text)) if _HAN.search(self.text) else self.text
        return {term: _information(term) for term in Counter(terms(about))}

    @cached_property
    def translations(self) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """What translates each term: term indices with probabilities."""
        known = lexicon.load_bundled()
        return {term: tuple(known.translate(index_of(term))) for term in self.terms}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of methods, models and data sets, folded: `Lp-Reg`, `GPT-4o`."""
        text = self.text
        if text.isupper() and not _HAN.search(text) and len(_WORD.findall(text)) > _SHOUTED:
            return ()  # every word of it looks like one
        found = (m[0] for m in _LATIN.finditer(text) if _NAME.search(m["name"]))
        return tuple(dict.fromkeys(map(fold, found)))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers that it gives."""
        return frozenset(_NUMBER.findall(self.text))


def mentions(text: str, name: str) -> bool:
    """Whether a folded text has a folded name: one GPU or two GPUs, but for GPT-3 not GPT-3.5,
    and for RAG not average.
    """
    one = name if "/" in name else name.removesuffix("s")
    return re.search(rf"(?<![a-z0-9]){re.escape(one)}s?(?!\.?[a-z0-9])", text) is not None


def _about(text: str) -> str:
    """A Chinese text without the words that only ask or join."""
    import rjieba  # late: its dictionary takes a tenth of a second, which English does without

    words = rjieba.cut(_ASKING.sub(" ", text))
    return "".join(" " if word in _EMPTY else word for word in words)


def _information(term: str) -> float:
    if len(term) == 1:
        return 0.0
    known = lexicon.load_bundled().informs(index_of(term))
    if known is not None:
        return known
    return UNKNOWN_PAIR if _HAN.match(term) else RARE
