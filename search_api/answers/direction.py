"""Whether two texts point the same way: what they deny, raise or lower, and which of two wins.

Bags of words and vectors hardly see it: "A outperforms B" is as near to "B outperforms A" as
anything can be.
"""

from __future__ import annotations

import re

from indexer.language import language_of
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.numeral import ENGLISH
from search_api.answers.wording import Wording

_DENIAL = re.compile(
    r"\b(?:not(?! only)|no(?! (?:more|less|fewer|later|earlier) than)|never|neither|nor|none"
    r"|without|cannot|unable|lacks?|fail(?:s|ed)?|rarely|hardly|seldom|scarcely|barely"
    r"|(?<!\ba )few(?!-)|(?<!\ba )little|refut\w*|disprov\w*"
    r"|contrary)\b"
    r"|n['’]t\b|-free\b|反驳|几乎不|很少|没有|缺乏|难以|并非"
    r"|不(?![仅但断同只少过久到足]|确定|合理|平衡|稳定|变|规则|完整|可或缺|超过|[高低大小多少早晚]于)"
    r"|无(?![监人线论缝向损标偏关穷限]|条件)|未(?![来知见]|标[注记])",
    re.IGNORECASE,
)
# What a word denies within itself: "unstable" is 不稳定, "unlabeled" is without labels.
_WITHIN = re.compile(
    r"\bun(?!der|til|i[fqtv]|ion|less\b|veil|fold|lock|cover|leash)(?P<un>\w{4,})\b"
    r"|\bnon-?(?P<non>\w{4,})\b|\b\w{3,}less\b"
    r"|\bim(?P<im>balanced?|possible|perfect|precise|proper)\b"
    r"|\bin(?P<in>variant|variance|complete|dependent|accurate|efficient|sufficient|stability"
    r"|consistent|visible|correct|effective|capable|valid|feasible|flexible|sensitive)\b"
    r"|\bir(?P<ir>regular|relevant|reversible)\b|\bdis(?P<dis>similar|connected)\b"
    r"|\b(?:avoid|prevent|eliminat)\w*|避免|防止|消除|规避"
    r"|不(?P<not>平衡|稳定|变|规则|完整|可或缺)|未(?P<yet>标[注记]|知|见)"
    r"|无(?P<no>[监标]\w|[损偏关穷限]|条件)",
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
    # "In May 2023" is no doubt.
    r"\b(?:(?-i:may)|might|perhaps|possibly|whether|unless|unclear|hypothesi[sz]\w*|if"
    r"|provided that|only when)\b"
    r"|(?<![不尽])可能(?!性)|是否|或许|除非|假设|如果|只有(?=[^。！？]*才)",
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
# What turns around, or sets apart, what stands behind it in its clause.
_APART = re.compile(
    r"\b(?:remov|replac|disabl|dropp|exclud|ablat)\w*|\b(?:than|instead of|nobody|nothing|false)\b"
    r"|去[掉除]|移除|替换|而(?:非|不是)|除了?(?!此)",
    re.IGNORECASE,
)
# A clause that says who says the next one.
_REPORTS = re.compile(
    r"(?:\b(?:that|show|shows|find|finds|believe|believes|claim|claims|say|says|if|whether)"
    r"|表明|证明|显示|说明|认为|发现|指出|相信|声称|意味着)[\s,，:：]*$",
    re.IGNORECASE,
)
_LEADS = re.compile(r"\W*(?:if|unless|only|except|如果|若|假如|除非|只有)", re.IGNORECASE)
_BEGINS = re.compile(
    r"(?:^|[,;，；。.!?！？]|\b(?:and|but|while|whereas)|但|而且?)\s*$", re.IGNORECASE
)
_STOPS = re.compile(
    r"\s*(?:$|[,;:，；：。.!?！？]|\b(?:and|but|while|whereas)\b|但|而)", re.IGNORECASE
)
_DENIES_ALL = re.compile(r"^\W*(?:none|neither|no|few(?!-)|nothing|contrary)\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,;:](?!\d)\s*|[，；：。!?！？]\s*|\.\s+|\b(?:but|while|whereas|and)\b|但|而"
)
# It answers the question, and denies nothing of the source.
_VERDICT = re.compile(
    r"^(?:yes|no|not really)\s*[,:;.—-]\s*"
    r"|^(?:是的?|不是?|对|没有|否|不会|不能|不用|不需要)[，,：。]",
    re.IGNORECASE,
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
        (r"\bfast(?:er|est)?\b|更快|最快", r"\bslow(?:er|est|ly)?\b|更慢|最慢"),
        (
            r"\b(?:larger?(?! language)|largest|big(?:ger)?|huge)\b|更大|最大(?![限程化])|太大",
            r"\b(?:small(?:er|est)?|tiny)\b|更小|最小(?!化)|[太很够]小",
        ),
        (r"\b(?:cheap(?:er|est)?|inexpensive)\b|便宜|廉价", r"\b(?:costly|expensive)\b|昂贵"),
        (r"\b(?:more|(?<!\bat )most)\b|更多", r"\b(?:less|fewer|(?<!\bat )least)\b|更少"),
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
    r"|(?:compared|relative) (?:to|with)|(?:improv\w+|gains?|advantage) over)\s+"
    rf"(?!\d|(?:{ENGLISH})\b)"
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
    claim = _VERDICT.sub("", claim)
    parts = [(part, _counterpart(part, text)) for part in clauses(claim)]
    nearest = _nearest(claim, text)
    if _DENIES_ALL.search(text):  # whatever the clause
        nearest = text
    if any(_DENIAL.search(part) and not _denies(there) for part, there in parts):
        return "denies what its source does not deny"
    if _DENIAL.search(nearest) and not _denies(claim):
        return "leaves out that its source denies it"
    if any(_turned(part, there) for part, there in parts):
        return "denies what its source does not deny"
    if _turned(nearest, claim):
        return "leaves out that its source denies it"
    if _DOUBT.search(nearest) and not _DOUBT.search(claim):
        return "leaves out that its source doubts it"
    if any(opposite(part, there) for part, there in [(claim, text), *parts]):
        return "says the opposite of its source"
    return _order(claim, text)


def stands_alone(before: str, behind: str) -> bool:
    """Whether a piece of a sentence, between these, begins and ends as a clause of its own: what
    is cut out of the middle of one may say what the whole does not.
    """
    return bool(_BEGINS.search(before) and _STOPS.match(behind))


def cut_short(before: str, behind: str) -> str | None:
    """Where the rest of a sentence, around a piece of it, denies or doubts that piece."""
    before = _SENTENCE_END.split(before)[-1]
    behind = _SENTENCE_END.split(behind)[0]
    told = _LEADS.match(before) or _DENIES_ALL.search(before) or _REPORTS.search(before)
    if _BEGINS.search(before) and not told:
        before = ""  # another clause, which denies what it says itself
    if _DENIAL.search(before) or _TAKEN_BACK.search(behind):
        return "leaves out that its source denies it"
    if _APART.search(before):
        return "leaves out what turns it in its source"
    if _DOUBT.search(before) or _CONTESTED.search(before) or _CONDITION.match(behind):
        return "leaves out that its source doubts it"
    return None


def _denies(text: str) -> bool:
    return bool(_DENIAL.search(text) or _WITHIN.search(text))


def _turned(one: str, other: str) -> bool:
    """Whether a word of one denies within itself what the other says: "unstable" and "stable"."""
    if _DENIAL.search(other):
        return False
    for found in _WITHIN.finditer(one):
        stem = next((each for each in found.groups() if each), None)
        bound = r"\b" if found[0].isascii() else ""
        without = re.sub(re.escape(found[0]), " ", other, flags=re.IGNORECASE)
        if stem and without == other and re.search(rf"{bound}{stem}{bound}", other, re.IGNORECASE):
            return True
    return False


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
