"""A question without the time that it names, as something to search for.

What only tied the time to the question goes with it: the 的论文里 of 十月的论文里，怎样…, the
"released" of "What does MinerU2.5 released last week do?". What may be asked about stays; where
that is only the papers of the time, it is 论文有哪些 that is left of 本周的论文有哪些.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w")

_MADE_ZH = "(?:发[表布]|公[布开]|提交|上线|出现|推出|放出|发|出)(?:出来)?[过了]?"
_MADE_BEFORE_ZH = re.compile("(?:发[表布]|公[布开]|提交|上线|出现)$")
_MADE_BEHIND_ZH = re.compile(rf"(?:[新所]|刚刚?|最新)?{_MADE_ZH}的")
_IS_OF_ZH = re.compile(rf"(?:{_MADE_ZH})?的(?=[\s？?。！!]*$)")
_OF_ZH = re.compile(r"的(?![确话士])")
_CLAUSE_ZH = re.compile(r"(?:^|[，,。；;：:？?！!、]|请问|的)$")
# What 哪些 or 有没有 behind them asks for are the papers themselves.
_AMONG_ZH = re.compile(
    r"(?:最?新)?(?:论文|文章|工作|研究)(?:当中|之中|里面|[里中](?![程文国心面]))[，,、\s]*+"
    r"(?!没?有|哪(?:些|几?篇)|几篇|多少)"
)

_MADE = (
    r"(?:(?:newly|recently|first|just|officially) )?"
    r"(?:released|published|posted|submitted|uploaded|announced|introduced|presented|dated)"
)
_THAT_WAS = re.compile(
    rf"(?<=\w) (?:that|which) (?:(?:(?:was|were|is|are|has been|have been) )?{_MADE}"
    r"|appeared|c[oa]me out)$",
    re.IGNORECASE,
)
_MADE_BEFORE = re.compile(rf"(?<=[\w,]) {_MADE}$", re.IGNORECASE)
_IN_BRACKETS = re.compile(rf"\s*[(（](?:{_MADE})?\s*[)）]", re.IGNORECASE)
# Where "released" may be the verb: "Which models were released", "Which lab released the …".
_THERE = re.compile(r"\b(?:there (?:is|are)|(?:is|are) there)\b", re.IGNORECASE)
_VERBAL = re.compile(
    r"\b(?:who|when|is|are|was|were|be|been|being|has|have|had|gets?|got)\b|['’](?:s|re|ve)$",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"(?:the|an?|its?|their|new|this|that)\b|[^a-z]")
_ASKS = re.compile(r"(?:wh\w+|how|do|does|did|can|could|will)\b", re.IGNORECASE)


def without(question: str, begin: int, stop: int) -> str:
    """The question without its characters from `begin` to `stop`, which name a time, and
    without the words that belonged to them. Empty if it says nothing else.
    """
    before, behind = question[:begin].rstrip(), question[stop:].lstrip()
    for left in (_english(*_chinese(before, behind)), (before, behind)):
        if _WORD.search(rest := _joined(*left)):
            return rest
    return ""


def _chinese(before: str, behind: str) -> tuple[str, str]:
    if before.endswith("是") and (found := _IS_OF_ZH.match(behind)):
        return before[:-1], behind[found.end() :]
    if found := _OF_ZH.match(behind):
        before, behind = _MADE_BEFORE_ZH.sub("", before), behind[found.end() :]
    if _CLAUSE_ZH.search(before):
        for pattern in (_MADE_BEHIND_ZH, _AMONG_ZH):
            if found := pattern.match(behind):
                behind = behind[found.end() :]
    return before, behind


def _english(before: str, behind: str) -> tuple[str, str]:
    if found := _THAT_WAS.search(before):
        return before[: found.start()], behind
    found = _MADE_BEFORE.search(before)
    if not found:
        return before, behind
    head = before[: found.start()]
    if head.endswith(",") and behind.startswith(","):
        return head[:-1], behind[1:]
    is_verb = _OBJECT.match(behind) if _WORD.match(behind) else _ASKS.match(head)
    return (before if is_verb or _VERBAL.search(_THERE.sub("", head)) else head), behind


def _joined(before: str, behind: str) -> str:
    if before.endswith((",", "，")):
        behind = behind.lstrip(",，")
    seam = "" if behind.startswith(tuple("?？!！.。,，;；:：、)）")) else " "
    rest = _IN_BRACKETS.sub("", before + seam + behind)
    return " ".join(rest.split()).lstrip(",，、 ")
