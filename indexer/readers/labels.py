"""Names what stands in a digest's free form: labels in both languages, names, links, dates.

Whoever writes a digest by hand or by a small script says "**Authors**: …", "- 摘要：…", or
nothing at all. What such words mean is known here; where entries stand is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.language import HAN
from indexer.readers.layout import FieldName
from indexer.readers.markup import clean, squeeze

_NAMES: dict[FieldName, str] = {
    "title": "title/标题/题目/论文标题/论文题目/原文标题/英文标题/原标题",
    "authors": "authors/author/by/作者/作者列表",
    "abstract": "abstract/摘要/论文摘要/原文摘要/英文摘要/中文摘要",
    "translation": "translation/译文/翻译/摘要翻译",
    "tldr": "tl;dr/tldr/one-sentence summary/one-line summary/in one sentence/"
    "一句话总结/一句话/一句话概括/一句话摘要/一句话简介/一句话要点/太长不看",
    "summary": "summary/overview/introduction/description/highlights/highlight/key points/"
    "takeaways/takeaway/insights/contribution/contributions/novelty/why it matters/analysis/"
    "总结/简介/概述/概要/内容/贡献/核心贡献/创新点/创新/亮点/要点/关键点/解读/点评/推荐理由/分析",
    "motivation": "motivation/background/problem/动机/研究动机/背景/研究背景/问题/研究问题",
    "method": "method/methods/methodology/approach/方法/研究方法",
    "result": "result/results/findings/experiments/结果/实验结果/实验/主要结果",
    "conclusion": "conclusion/conclusions/结论",
    "published": "published/date/submitted/publish date/published on/submitted on/"
    "日期/发布/发布日期/发布时间/发表日期/发表时间/提交日期/提交时间/时间",
    "categories": "category/categories/subject/subjects/main category/primary category/"
    "分类/类别/学科",
    "link": "link/links/url/urls/paper/pdf/html/abs/arxiv/arxiv id/id/doi/source/read more/"
    "链接/论文/论文链接/论文地址/原文/原文链接/地址",
    "code": "code/github/repo/repository/代码/代码链接/代码地址/开源代码/代码仓库",
    "note": "comment/comments/venue/journal/journal ref/affiliation/affiliations/institution/"
    "institutions/keywords/keyword/tags/tag/topic/topics/score/relevance/updated/last updated/"
    "备注/评论/机构/单位/期刊/会议/关键词/标签/主题/领域/评分/相关性/更新/更新时间/更新日期",
}
_KNOWN: dict[str, FieldName] = {
    name: field for field, names in _NAMES.items() for name in names.split("/")
}
_LABEL = re.compile(
    r"(?P<lead>(?:\d+[.)、]\s*)?[^\w\[<(]*)(?P<name>[^\W\d_][^:：\n*`\[\]<>|]{0,39}?)"
    r"(?P<end>[\s*_]*)[:：](?P<behind>[*_]*)\s*(?P<text>.*)",
    re.DOTALL,
)
_CAPTION = re.compile(
    r"\s*(?:#{1,6}\s+(?P<heading>.*)|(?:[*+-]\s+)?\*\*(?P<bold>[^*]+)\*\*"
    r"|<summary>(?P<summary>.*)</summary>)\s*",
    re.IGNORECASE,
)
_AROUND_NAME = re.compile(r"^[\W\d_]+|\W+$|\s*[(（][^()（）]*[)）]\W*$")
_MARKED = re.compile(r"[*_]$")
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ET_AL = re.compile(r",?\s*\bet[.\s]*al\b\.?\s*$|\s*等\s*$", re.IGNORECASE)
_CODE = re.compile(r"`[^`\n]*`")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LONGEST = 60  # characters of a caption that is a label, and of a cited venue
_PARTICLES = frozenset(
    "al bin da dal de del della den der di dos du el la le ten ter van von".split()
)

SHORT: frozenset[FieldName] = frozenset(
    ("title", "authors", "published", "categories", "link", "code", "note")
)
"""Fields that one line says; texts go on to the next label."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label and what stands behind it on its line; `field` is None if its name is unknown."""

    field: FieldName | None
    name: str
    text: str = ""


def read_label(line: str) -> Label | None:
    """The label that a line begins with: known words and a colon, or any words in bold and one."""
    match = _LABEL.match(line)
    if match is None:
        return None
    marked = bool(_MARKED.search(match["lead"]) and (match["end"].strip() or match["behind"]))
    name = _AROUND_NAME.sub("", match["name"].strip())
    field = field_of(name) if marked else _KNOWN.get(name.casefold())
    if not marked and name.islower() and field not in (*SHORT, "abstract", "summary", "tldr"):
        return None  # a line that broke before "analysis:"
    if not (field or marked) or match["text"].startswith("//"):
        return None
    return Label(field, clean(match["name"]), match["text"].strip())


def read_caption(line: str) -> Label | None:
    """The label that a heading, a bold line or a fold's caption is, which needs no colon."""
    match = _CAPTION.fullmatch(line)
    if match is None:
        return None
    said = next(filter(None, match.groups()), "").replace("*", "").rstrip(" :：")
    field = field_of(_AROUND_NAME.sub("", said)) if len(said) <= _LONGEST else None
    # A fold's own caption ("Show more") says nothing of what is in it.
    return Label(field, clean(said) if field or match["summary"] is None else "")


def field_of(name: str) -> FieldName | None:
    """What a label names; of a few words the last ones count, as in "AI summary" or "论文简介"."""
    name = name.casefold()
    if len(name.split()) > 3 or len(_HAN.findall(name)) > 8:
        return _KNOWN.get(name)
    ends = (
        name[at:]
        for at in range(len(name))
        if not at or name[at - 1] == " " or _HAN.match(name[at])
    )
    return next((_KNOWN[end] for end in ends if end in _KNOWN), None)


def is_prose(text: str) -> bool:
    """Whether a text says something: a few words at least, not counting code and terms."""
    text = _CODE.sub("", text)
    return len(_HAN.findall(text)) >= 8 or len(_WORD.findall(text)) >= 5


def is_names(text: str) -> bool:
    """Whether a text is a list of people's names, or most of it; a single one only in italics."""
    inner = squeeze(text).strip(" >-—–,.:·")
    italic = re.fullmatch(r"([*_])(?![*_])(.+)\1", inner)
    plain = re.sub(r"^[^\w*]+", "", inner).strip("*_ ")
    shortened = _ET_AL.sub("", plain)
    listed = re.split(r"[,，、;；&]|\band\b", _IN_BRACKETS.sub("", shortened))
    names = [name for each in listed if (name := each.strip())]
    if not (italic or shortened != plain or len(names) > 1):
        return False
    known = sum(_is_name(name, han=bool(italic)) for name in names)
    return 0 < known >= len(names) * (0.7 if len(names) > 2 else 1)


def is_citation(text: str) -> bool:
    """Whether a text says no more than "Names. Venue year", as lists of references do."""
    text = text.strip(" \t.")
    return any(
        # One name alone looks like any two words; among others it is one.
        is_names(f"{text[: dot.start()]} et al.")
        and len(venue := text[dot.end() :]) <= _LONGEST
        and _YEAR.search(venue)
        for dot in re.finditer(r"\.\s+", text)
    )


def _is_name(name: str, *, han: bool) -> bool:
    if _HAN.match(name):
        return han and re.fullmatch(f"[{HAN}·]{{2,4}}", name) is not None
    words = name.split()
    return 2 <= len(words) <= 5 and all(
        word.casefold() in _PARTICLES or (word[0].isupper() and not re.search(r"\d", word))
        for word in words
    )
