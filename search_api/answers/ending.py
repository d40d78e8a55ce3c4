"""Times that are only an end: "before September 20", 9月20日及之前, 截至9月.

An end narrows a search to the past, and papers tell of the past ("a cutoff before October",
训练数据截至9月), so an end is read only where it is that of papers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LEAD = re.compile(
    r"(?:\b(?:from )?(?P<with>on or )?(?P<before>before) (?:the )?"
    r"|\b(?:from )?(?:up )?(?:until|till|through) (?:the )?|\bas of (?:the )?"
    r"|截至|截止到?|直到|(?<![找看收得拿搜查读见想遇提碰做学])到)$",
    re.IGNORECASE,
)
_TAIL_ZH = re.compile(
    r" ?(?:(?P<with>[及或和]|[（(]含[)）])?(?P<before>以前|之前"
    r"|前(?=$|[\s，,、。；？?！!的有哪所发公提出]))|为?止)"
)
_PAPERS = re.compile(r"\b(?:papers?|articles?|preprints?|digests?)\b", re.IGNORECASE)
_PAPERS_ZH = re.compile("论文|文章|发表")
_PUT_BEFORE = re.compile(
    rf"(?:{_PAPERS.pattern}(?: (?:on|about|for|of|with|using) [\w-]+(?: [\w-]+){{0,3}})?"
    r"|\b(?:published|posted|submitted|appear(?:s|ed)?|c[oa]me out)) $",
    re.IGNORECASE,
)
_PUT_BEFORE_ZH = re.compile(r"(?:^|[，,。；：]|请问|论文|文章|发[表布]) ?$")
# "By May and others", "close to September", and bounds in words of which only one would be read.
_BOUND = re.compile(
    r"(?:\b(?:by|to|(?:later|earlier|sooner) than|not (?:before|until)"
    r"|(?:days?|weeks?|months?|years?) before) (?:the )?|[早晚]于"
    # What is left out, or only compared with.
    r"|(?:\bnot|n['’]t|\bexcept(?:ing)?)(?: \w+){0,2} (?:(?:from|in|of|on) )?(?:the )?"
    r"|\bus(?:e[sd]?|ing) data (?:from|of|since|between) (?:the )?"
    r"|\b(?:excluding|other than|outside(?: of)?|(?:old|new)er than) (?:the )?"
    r"|除了?|不是|不包括|不含|不要|非)$",
    re.IGNORECASE,
)
_BOUND_ZH = re.compile(" ?(?:以外|之外|除外|外(?=的))")
_SINCE_ZH = re.compile("(?:自从|来自|[自从]|(?<![存现])在|(?<=[表布开交线现])于) ?$")
_HAN = re.compile("[一-鿿]")


@dataclass(frozen=True, slots=True)
class Ending:
    """Where the words of an end begin and stop, and whether its last day is `included`."""

    begin: int
    stop: int
    included: bool


def is_bound(question: str, match: re.Match[str]) -> bool:
    """Whether a time is a bound that is not read, or may be no time at all."""
    before = _BOUND.search(question, 0, match.start())
    return bool(before or _BOUND_ZH.match(question, match.end()))


def find_ending(question: str, match: re.Match[str]) -> Ending | None:
    """The end that a time is, by what stands before it and behind it; None if it is none."""
    lead = _LEAD.search(question, 0, match.start())
    tail = _TAIL_ZH.match(question, match.end())
    if not lead and not tail:
        return None
    before = lead or _SINCE_ZH.search(question, 0, match.start())
    return Ending(
        before.start() if before else match.start(),
        tail.end() if tail else match.end(),
        not any(each and each["before"] and not each["with"] for each in (lead, tail)),
    )


def is_of_papers(question: str, ending: Ending) -> bool:
    """Whether an end is that of papers, not of what they tell."""
    before, behind = question[: ending.begin], question[ending.stop :]
    if _HAN.search(question):
        return bool(_PUT_BEFORE_ZH.search(before) and _PAPERS_ZH.search(before[-8:] + behind))
    if before.strip():
        return bool(_PUT_BEFORE.search(before))
    return bool(_PAPERS.search(behind))
