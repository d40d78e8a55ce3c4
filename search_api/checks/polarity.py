"""Which way a summary says something went, against the way that its abstract says.

"提升延迟" and "reduces latency" share every word but one. For each word of a summary that
has an opposite, the clauses of the abstract on either side are looked at: where the one that
shares most of the words around it stands on the other side, that is evidence against it.
Whether the sentence turned round is nearer in meaning is `summaries`' to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from search_api.answers.matching import coverage, indices, matches
from search_api.answers.wording import Wording
from search_api.checks.reference import Doubt, Kind, Reference

_BEFORE, _BEHIND = 10, 12
"""Characters around a word that say what it is about."""
_CLAUSE = re.compile(
    r"[，；。：、！？]|并且?|同时|以及|而|但|和|与|及"
    r"|[,;:.!?](?=\s|$)|\b(?:and|but|while|whereas|which|yet|by|with)\b"
)


@dataclass(frozen=True)
class Scale:
    """Two ways of which only one can be meant.

    `turns` has for each word of a summary on which side (0 or 1) it stands, and the word that
    says the opposite. `sides` are patterns of what stands on each in a reference, in either
    language.
    """

    kind: Kind
    turns: Mapping[str, tuple[int, str]]
    sides: tuple[re.Pattern[str], re.Pattern[str]]


def _scale(kind: Kind, one: str, other: str, first: str, second: str = "") -> Scale:
    """`one` and `other` list words with their opposites, as 提高/降低; without a `second`
    pattern, the other side is whatever the first does not match.
    """
    turns = {
        word: (side, opposite)
        for side, listed in enumerate((one, other))
        for word, opposite in (pair.split("/") for pair in listed.split())
    }
    second = second or rf"\A(?!.*(?:{first}))"
    patterns = (re.compile(first, re.IGNORECASE), re.compile(second, re.IGNORECASE | re.DOTALL))
    return Scale(kind, MappingProxyType(turns), patterns)


_SCALES = (
    _scale(
        "direction",
        "提高/降低 提升/降低 增加/减少 增强/削弱 增长/下降 改善/恶化 上升/下降 扩大/缩小 "
        "延长/缩短 更高/更低 更多/更少 更大/更小 更强/更弱 高于/低于",
        "降低/提高 减少/增加 下降/上升 削弱/增强 恶化/改善 减小/增大 缩短/延长 缩小/扩大 "
        "减轻/加重 缓解/加剧 更低/更高 更少/更多 更小/更大 更弱/更强 低于/高于",
        r"\b(?:increas|improv|rais|boost|enhanc|gain|grow|higher|highest|larger|greater"
        r"|more(?! than)|strength|stronger|rise|rising|elevat|expand|amplif|promot|advanc|better"
        r"|outperform|exceed)\w*"
        r"|提[高升]|增[加强长]|改善|上升|扩大|延长|更[高多大强]|高于",
        r"\b(?:decreas|reduc|lower|degrad|drop|declin|shrink|weak|less(?! than)|fewer"
        r"|smaller|mitigat|alleviat|minimi[sz]|shorten|cut|sav|eliminat|deteriorat|diminish|suppress|worse)\w*"
        r"|降低|减[少小轻]|下降|削弱|恶化|缩[短小]|缓解|更[低少小弱]|低于",
    ),
    _scale(
        "direction",
        "加速/减慢 加快/减慢 更快/更慢",
        "减慢/加快 减缓/加快 更慢/更快",
        r"\b(?:accelerat|fast|speed|quick|rapid|hasten|expedit|efficien)\w*|加[速快]|更快",
        r"\b(?:slow|decelerat|delay)\w*|减[慢缓]|更慢",
    ),
    _scale(
        "direction",
        "优于/不如 超越/落后于 胜过/不如 超过/低于 领先/落后 更好/更差",
        "不如/优于 劣于/优于 逊于/优于 落后/领先 更差/更好",
        r"\b(?:outperform|surpass|exceed|superior|better|best|beat|improv|ahead|state-of-the-art"
        r"|sota|higher|over|gain|above|more|achiev)\w*|优于|超[越过]|胜过|领先|更好",
        r"\b(?:underperform|inferior|worse|worst|behind|lag|short of)\w*"
        r"|outperformed by|不如|[劣逊]于|落后|更差",
    ),
    _scale(
        "denial",
        "无法/能够 不能/能够 未能/能够 并未/ 没有/有 不需要/需要 不会/会 不支持/支持 "
        "不适用/适用 不具备/具备 不依赖/依赖 并不/",
        "",
        r"\b(?:not|no|never|neither|nor|none|without|cannot|unable|lack\w*|fail\w*|hardly|rarely"
        r"|little|few|limit\w*|difficult\w*|hard|challeng\w*|hinder\w*|prevent\w*|avoid\w*"
        r"|eliminat\w*|remov\w*|bypass\w*|rather|instead|only|absen\w*|insufficien\w*|inadequa\w*"
        r"|ineffective\w*|inaccura\w*|un(?!der|i|til)[a-z]{4,}|in(?:able|feasible|efficien\w*|consisten\w*"
        r"|complete\w*|compatib\w*|visib\w*)|non-?\w+|\w+less|dispens\w*|obviat\w*|overlook\w*"
        r"|ignor\w*|neglect\w*|struggl\w*|suffer\w*|restrict\w*|poor\w*|loss|miss\w*|zero\w*"
        r"|independen\w*|scarc\w*|imp(?:oss|ract|erf)\w+|degrad\w*)\b|-free\b|n't\b|不|没有|无|未|缺乏|难以",
    ),
)
# Where such a word is no claim but part of another, or of a name.
_NAMES = re.compile(
    r"(?:梯度|双|坐标|镜像)下降|(?:数据|图像|检索)增强|增强(?:现实|检索|生成|学习)|并不同"
)


def doubts(sentence: str, reference: Reference) -> Iterator[Doubt]:
    """The words of a sentence for which its reference has the opposite."""
    names = [range(found.start(), found.end()) for found in _NAMES.finditer(sentence)]
    for scale in _SCALES:
        words = sorted(scale.turns, key=len, reverse=True)
        for found in re.finditer("|".join(map(re.escape, words)), sentence):
            if any(found.start() in name for name in names):
                continue
            side, opposite = scale.turns[found[0]]
            shares = _shares(_around(sentence, found), scale, reference)
            (with_it, _, _), (against, place, clause) = shares[side], shares[1 - side]
            if place is not None and against > with_it:
                turned = sentence[: found.start()] + opposite + sentence[found.end() :]
                said = scale.sides[1 - side].search(clause)
                reason = f"says {found[0]}, its abstract does not"
                if said and said[0]:
                    reason = f"{found[0]} against {said[0]}"
                yield Doubt(scale.kind, reason, (place,), turned, against - with_it)


def _around(sentence: str, found: re.Match[str]) -> str:
    """The clause in which a word stands, without it."""
    start = end = 0
    for cut in _CLAUSE.finditer(sentence):
        if cut.end() <= found.start():
            start = cut.end()
        elif cut.start() >= found.end():
            end = cut.start()
            break
    before = sentence[start : found.start()][-_BEFORE:]
    return before + " " + sentence[found.end() : end or len(sentence)][:_BEHIND]


def _shares(clause: str, scale: Scale, reference: Reference) -> list[tuple[float, int | None, str]]:
    """For each side the largest share of a clause's information that stands in one clause of
    the reference on that side, with the place of its sentence.
    """
    wording = Wording(clause)
    best: list[tuple[float, int | None, str]] = [(0.0, None, ""), (0.0, None, "")]
    for place, sentence in enumerate(reference.sentences):
        for part in _CLAUSE.split(sentence.quote):
            on = [side for side in (0, 1) if scale.sides[side].search(part)]
            share = coverage(wording, matches(wording, indices(part))) if on else 0.0
            for side in on:
                if share > best[side][0]:
                    best[side] = (share, place, part)
    return best
