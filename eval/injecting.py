"""Errors put into summaries on purpose, one at a time, to see which are noticed.

The words that are changed are this module's own, so that a check is not measured with its
own list. How they are looked for is `search_api.checks`' business.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.paper import Paper
from search_api.answers.sentence import Sentence, sentences

KINDS = ("number", "count", "unit", "name", "direction", "denied", "affirmed")
_NUMBER = re.compile(r"(?<![\w.\-−–/])\d+(?:\.\d+)?(?![\w)）])", re.ASCII)
_COUNT = re.compile(r"[两三四五六七八九十](?=[个种类步项层]|阶段)")
_NAME = re.compile(r"(?<![\w-])[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9-]*(?![\w-])", re.ASCII)
_SWAPS = {
    "unit": (
        "% 倍|倍 %|个百分点 倍|毫秒 分钟|秒 毫秒|分钟 秒|小时 分钟|天 小时|GB MB|MB GB|"
        "FPS 毫秒|万 亿|亿 万|毫米 厘米|厘米 米|公里 米|Hz kHz|dB %"
    ),
    "direction": (
        "提高 降低|提升 降低|增加 减少|增强 削弱|改善 恶化|上升 下降|增长 下降|加速 减缓|"
        "加快 放慢|降低 提高|减少 增加|下降 上升|缩短 延长|减小 增大|减轻 加重|缓解 加剧|"
        "抑制 放大|优于 不如|超越 落后于|超过 低于|高于 低于|低于 高于|更高 更低|更低 更高|"
        "更好 更差|更快 更慢|更强 更弱|更大 更小|更小 更大|更多 更少|更少 更多|领先 落后|"
        "最高 最低|最低 最高"
    ),
    "denied": (
        "能够 无法|可以 不能|有效 未能有效|实现了 未能实现|显著 并未显著|支持 不支持|"
        "适用于 不适用于|成功 未能|需要 不需要"
    ),
    "affirmed": (
        "无法 能够|不能 可以|难以 易于|没有 有|无需 需要|不需要 需要|缺乏 具有|不依赖 依赖|"
        "未能 能够"
    ),
}
# 梯度下降 is a name, and 数据增强 another.
_NO_CLAIM = re.compile(r"梯度下降|双下降|数据增强|增强现实|检索增强|不需要|不支持|不适用|不能够")


@dataclass(frozen=True, slots=True)
class Injection:
    """A paper with one error in it, of this kind, and the sentence that it was put into."""

    paper: Paper
    kind: str
    before: str
    after: str


def inject(paper: Paper, kind: str, names: Sequence[str], seed: int = 0) -> Injection | None:
    """A paper with one error of a kind in one Chinese sentence; None where none can be made.

    `names` are names of other papers, of which it takes one. The same seed gives the same error.
    """
    chance = random.Random(f"{seed} {kind} {paper.paper_id}")
    chinese = [each for each in sentences(paper) if each.language == "zh"]
    chance.shuffle(chinese)
    for sentence in chinese:
        changed = _changed(sentence.quote, kind, paper, names, chance)
        if changed is not None:
            return Injection(_with(paper, sentence, changed), kind, sentence.quote, changed)
    return None


def names_of(papers: Sequence[Paper]) -> list[str]:
    """Names that stand in the Chinese texts of papers."""
    found = (
        name
        for paper in papers
        for text in paper.texts
        if text.language == "zh"
        for name in _NAME.findall(text.text)
    )
    return sorted(set(found))


def _changed(
    quote: str, kind: str, paper: Paper, names: Sequence[str], chance: random.Random
) -> str | None:
    if kind in _SWAPS:
        return _swapped(quote, dict(pair.split() for pair in _SWAPS[kind].split("|")), kind, chance)
    if kind == "name":
        known = "\n".join(text.text for text in paper.texts)
        foreign = [name for name in names if name not in known]
        if not foreign:
            return None
        return _at_random(_NAME, quote, lambda _: chance.choice(foreign), chance)
    if kind == "count":
        return _at_random(
            _COUNT, quote, lambda said: _other("二三四五六七八九", said, chance), chance
        )
    return _at_random(_NUMBER, quote, lambda said: _other_number(said, chance), chance)


def _swapped(quote: str, swaps: Mapping[str, str], kind: str, chance: random.Random) -> str | None:
    words = "|".join(sorted(map(re.escape, swaps), key=len, reverse=True))
    pattern = re.compile(rf"(?<=\d)\s?(?:{words})(?![A-Za-z])" if kind == "unit" else words)
    return _at_random(pattern, quote, lambda said: swaps[said.strip()], chance)


def _at_random(
    pattern: re.Pattern[str], quote: str, other: Callable[[str], str], chance: random.Random
) -> str | None:
    kept = [range(found.start(), found.end()) for found in _NO_CLAIM.finditer(quote)]
    places = [
        found
        for found in pattern.finditer(quote)
        if not any(found.start() in each for each in kept)
    ]
    if not places:
        return None
    found = chance.choice(places)
    return quote[: found.start()] + other(found[0]) + quote[found.end() :]


def _other(signs: str, said: str, chance: random.Random) -> str:
    return chance.choice([sign for sign in signs if sign != said and (sign, said) != ("二", "两")])


def _other_number(said: str, chance: random.Random) -> str:
    """One digit is another one, the first never 0."""
    place = chance.choice([place for place, sign in enumerate(said) if sign.isdigit()])
    digit = _other("123456789" if place == 0 else "0123456789", said[place], chance)
    return said[:place] + digit + said[place + 1 :]


def _with(paper: Paper, sentence: Sentence, changed: str) -> Paper:
    texts = list(paper.texts)
    text = texts[sentence.text]
    whole = text.text[: sentence.start] + changed + text.text[sentence.end :]
    texts[sentence.text] = replace(text, text=whole)
    return replace(paper, texts=tuple(texts))
