"""Whether two texts point the same way: what they deny, raise or lower, and which of two wins.

Bags of words and vectors hardly see it: "A outperforms B" is as near to "B outperforms A" as
anything can be.
"""

from __future__ import annotations

import re

from indexer.language import language_of
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.wording import Wording

_DENIAL = re.compile(
    r"\b(?:not(?! only)|no|never|neither|nor|none|without|cannot|unable|lacks?|fail(?:s|ed)?"
    r"|rarely|hardly|seldom|scarcely|barely|(?<!\ba )few(?!-)|(?<!\ba )little|refut\w*|disprov\w*"
    r"|contrary)\b"
    r"|n't\b|-free\b|反驳|几乎不|很少|不(?![仅但断同只少过久到足]|确定|合理)|没有|无(?![监人线论缝向])|未(?![来知见])|缺乏|难以|并非",
    re.IGNORECASE,
)
# What is said before, taken back.
_TAKEN_BACK = re.compile(
    r"\b(?:in|on|at|for) (?:no|none)\b"
    r"|\b(?:is|are|was|were) (?:(?:not |un)(?:true|so|the case|supported)"
    r"|false|wrong|a myth|refuted|disproved)\b|不成立|不正确|并非如此|是错误的|被(?:反驳|推翻)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?]\s|[。！？]")
# What a source only supposes.
_DOUBT = re.compile(
    r"\b(?:may|might|perhaps|possibly|whether|unless|unclear|hypothesi[sz]\w*|if|provided that"
    r"|only when)\b|(?<!不)可能|是否|或许|除非|假设|如果|只有",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\W*(?:if|unless|provided|only|except|as long as|to the extent)\b"
    r"|\s*(?:less|more|fewer) than\b"
    r"|\W*(?:如果|除非|除了?(?!此|[^。！？]*(?:[还也又]|同样))|[^，。；]{1,12}除外)",
    re.IGNORECASE,
)
# What is said behind it, in the same clause, is what others say.
_CONTESTED = re.compile(
    r"(?:\b(?:argue|speak) against\b|\bdebunk\w*"
    r"|\b(?:we|which|that|to) (?:question|challenge|doubt)s?\b(?! (?:answering|generation))"
    r"|\b(?:widely|commonly|often) (?:believed|assumed|held)\b"
    r"|质疑|有人声称|(?:普遍|通常|传统)[^，。；]{0,4}认为)"
    r"(?!.*(?:[,;，；]|\b(?:and|but)\b|但|而))",
    re.IGNORECASE | re.DOTALL,
)
_DENIES_ALL = re.compile(r"^\W*(?:none|neither|no|few(?!-)|nothing|contrary)\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,;:](?!\d)\s*|[，；：。!?！？]\s*|\.\s+|\b(?:but|while|whereas|and)\b|但|而"
)
# What says the opposite of each other. A text may not have one side alone where the other
# text has only the other.
_OPPOSITES = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in (
        (
            r"\b(?:increas|improv|rais|boost|enhanc|gain|grow)|增加|提高|提升|改善|增强|增长",
            r"\b(?:decreas|reduc|lower(?:s|ed|ing)\b|degrad|drop(?!out)|declin|shrink)"
            r"|降低|减少|下降|削弱",
        ),
        (r"\b(?:higher|highest)\b|更高|高于|最高", r"\b(?:lower|lowest)\b|更低|低于|最低"),
        (r"\b(?:faster|fastest)\b|更快|最快", r"\b(?:slower|slowest)\b|更慢|最慢"),
        (r"\b(?:larger|largest|bigger)\b|更大|最大", r"\b(?:smaller|smallest)\b|更小|最小"),
        (r"\b(?:more|most)\b|更多", r"\b(?:less|fewer|least)\b|更少"),
        (
            r"\b(?:better|best|outperform(?!ed by)|surpass|exceed|superior)"
            r"|优于|超过|超越|胜过|更好|最好",
            r"\b(?:worse|worst|underperform|inferior|outperformed by)|劣于|不如|逊于|更差|最差",
        ),
        (r"\bsucce(?:ss|ed)|成功", r"\bfail|失败"),
        (r"\bbefore\b|之前", r"\bafter\b|之后"),
        (r"\b(?:always|all)\b|所有|总是", r"\b(?:never|none)\b|从不"),
    )
)
# What is compared with, behind the words that compare: in "A beats B on C" it is B.
_COMPARED = re.compile(
    r"\b(?:than|outperform\w*(?! by)|surpass\w*|exceed\w*|beats?|(?:superior|inferior) to"
    r"|(?:compared|relative) (?:to|with)|(?:improv\w+|gains?|advantage) over)\s+(?!\d)"
    r"(.{1,60}?)(?=[,;]\s(?!and\b)|[.。]|$"
    r"|\s(?:by|on|in|with|while|when|at|for|but|across|under|without|using)\b)"
    r"|(?:与|和|同(?!时)|较|跟)([^，。；\d]{1,25}?)相比"
    r"|(?:优于|超过|超越|胜过|劣于|不如|逊于|高于|低于|相[比较]于?)(?!\s?\d)([^，。；]{1,25}?)(?=[，。；在上]|$)"
    r"|(?<![对占分价缩噪类同相])比(?![例较率重值特如赛])([^，。；]{1,25}?)"
    r"(?=[，。；\d]|的?[高低快慢多少大小好差更提降减]|$)",
    re.IGNORECASE,
)
_ALIKE = 0.5
"""Share of a clause's information that must stand in another for both to say the same."""


def clauses(text: str) -> list[str]:
    """The parts of a sentence that may be true by themselves."""
    return [clause for clause in _CLAUSE.split(text) if clause and clause.strip()]


def direction(claim: str, text: str) -> str | None:
    """Where a claim points another way than a text, in a few words; None where it does not."""
    parts = [(part, _counterpart(part, text)) for part in clauses(claim)]
    nearest = _nearest(claim, text)
    if _DENIES_ALL.search(text):  # whatever the clause
        nearest = text
    if any(_DENIAL.search(part) and not _DENIAL.search(there) for part, there in parts):
        return "denies what its source does not deny"
    if _DENIAL.search(nearest) and not _DENIAL.search(claim):
        return "leaves out that its source denies it"
    if _DOUBT.search(nearest) and not _DOUBT.search(claim):
        return "leaves out that its source doubts it"
    if any(opposite(part, there) for part, there in [(claim, text), *parts]):
        return "says the opposite of its source"
    return _order(claim, text)


def cut_short(before: str, behind: str) -> str | None:
    """Where the rest of a sentence, around a piece of it, denies or doubts that piece."""
    before = _SENTENCE_END.split(before)[-1]
    behind = _SENTENCE_END.split(behind)[0]
    if _DENIAL.search(before) or _TAKEN_BACK.search(behind):
        return "leaves out that its source denies it"
    if _DOUBT.search(before) or _CONTESTED.search(before) or _CONDITION.match(behind):
        return "leaves out that its source doubts it"
    return None


def opposite(one: str, other: str) -> str | None:
    """The words by which two texts say opposite things; None where they do not."""
    for pair in _OPPOSITES:
        for up, down in (pair, pair[::-1]):
            said, against = up.search(one), down.search(other)
            if said and against and not up.search(other):
                return f"{said[0]} against {against[0]}"
    return None


def _nearest(claim: str, text: str) -> str:
    return max(clauses(text), key=lambda clause: _share(claim, clause), default=text)


def _counterpart(part: str, text: str) -> str:
    """The clause that says what a claim's clause says, or the whole text where none does."""
    clause = _nearest(part, text)
    return clause if _share(part, clause) >= _ALIKE else text


def _order(claim: str, text: str) -> str | None:
    """What is compared with must be the same: "A beats B" is not "B beats A"."""
    against, there = _compared(claim), _compared(text)
    if not against:
        return None
    if _share(against, text) < _ALIKE:
        translated = language_of(claim) != language_of(text)
        return None if translated else "compares with what its source does not"
    rest = _COMPARED.sub(" ", text)
    swapped = there and _share(against, there) < _share(against, rest) / 2
    return "compares the other way round" if swapped else None


def _compared(text: str) -> str:
    return " ".join(part for found in _COMPARED.findall(text) for part in found if part)


def _share(one: str, other: str) -> float:
    wording = Wording(one)
    return coverage(wording, matches(wording, indices(other)))
