"""Whether the figures and formulas of a claim stand in what it cites, and of the same things.

What the numbers of a text are is `quantity`'s and `amount`'s, which of two lists they belong to
`pairing`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search_api.answers.amount import amounts, counts
from search_api.answers.direction import clauses
from search_api.answers.enumeration import listed, names_behind
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.month import NAMES, NUMBERS
from search_api.answers.pairing import mispaired
from search_api.answers.quantity import Quantity, quantities
from search_api.answers.wording import Wording

_FORMULA = re.compile(r"\$\$?([^$]*[=^_\\<>][^$]*)\$\$?|\\[(\[](.+?)\\[)\]]")
_MONTH = re.compile(rf"\b({NAMES})\b\.?(?= \d)", re.IGNORECASE)
_CHANGE = (
    r"(?:improv|gain|increas|reduc|decreas|drop|declin|boost|rais|sav|cut|lower|grow|shrink|remov"
    r"|提[升高]|增[加长益]|降低|下降|减少|改[善进]|节省|缩短|压缩)"
)
_PERCENT = r"\s?(?:\\?[%％]|percent)"
# "Saves 40% of the memory" is a change, and so is 9%的平均提升.
_SHARE = re.compile(
    rf"(?P<before>.*?)(?P<number>(?<![\d.])\d[\d.]*){_PERCENT}\s?"
    rf"(?:of\b(?!\s{_CHANGE})|的(?!.{{0,8}}{_CHANGE}))",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"、|以?及|[和与]")
_MUCH = 0.1
"""Share of a claim's information by which another figure's words must be nearer to it."""


def wrong_figure(claim: str, text: str, titles: str) -> str | None:
    """What a claim's figures have that its source has not, in a few words; None for nothing."""
    return (
        _formula(claim, text)
        or _number(claim, text)
        or _share(claim, text)
        or _misplaced(claim, text, titles)
        or mispaired(claim, text)
    )


def without_numbers(text: str) -> str:
    """A text without its numbers and their units."""
    for each in quantities(text):
        written = re.escape(each.written).replace(r"\ ", r"\s*")
        text = re.sub(rf"(?<![A-Za-z0-9.-]){written}(?![A-Za-z0-9])", " ", text)
    return text


def _formula(claim: str, text: str) -> str | None:
    """A formula is the same or another one: nothing of it can be said in other words."""
    there = re.sub(r"\s", "", text)
    for found in ("".join(groups) for groups in _FORMULA.findall(claim)):
        if re.sub(r"\s", "", found) not in there:
            return f"has the formula {found}, its source does not"
    return None


def _number(claim: str, text: str) -> str | None:
    there = [*quantities(text), *_months(text)]
    for each in quantities(claim):
        if not each.is_said_by(there) and not _counts(each, claim, text):
            return f"says {each.written}, its source does not"
    numbers, vague = counts(text), amounts(text)
    for amount in amounts(claim):
        if not amount.is_said_by(numbers, vague):
            return f"says {amount.written}, its source does not"
    return None


def _share(claim: str, text: str) -> str | None:
    """A share of some things, "9% of the tasks", where the source has a change by as much."""
    for share in filter(None, map(_SHARE.match, clauses(claim))):
        if re.search(_CHANGE, share["before"], re.IGNORECASE):
            continue
        number = rf"(?<![\d.]){re.escape(share['number'])}{_PERCENT}"
        change = rf"{number}\s?的?{_CHANGE}|\bby\s{number}|{_CHANGE}(?:\w*\sof\s|了?约?){number}"
        if re.search(change, text, re.IGNORECASE):
            return f"says {share['number']}% as a share, its source does not"
    return None


def _months(text: str) -> Iterator[Quantity]:
    """Months that dates name, by their numbers: the 5 of "May 2023"."""
    for named in _MONTH.finditer(text):
        yield Quantity(float(NUMBERS[named[1].lower()]), "", named[1])


def _counts(each: Quantity, claim: str, text: str) -> bool:
    """Whether a number may be a writer's own count of what is listed: two reasons, 三种."""
    if each.unit or each.sense or re.search(r"\d", each.written):
        return False
    names = names_behind(each.written, claim)
    return each.value == names if names else each.value in listed(claim) | listed(text)


def _misplaced(claim: str, text: str, titles: str) -> str | None:
    """A number whose own words in the source are not the claim's, but another number's are."""
    for unit in dict.fromkeys(each.unit for each in quantities(claim)):
        for said, words in _figures(claim, unit):
            wording = Wording(without_numbers(words))
            own: list[float] = []
            others: list[float] = []
            for figures, about in _figures(text, unit):
                share = coverage(wording, matches(wording, indices(about) | indices(titles)))
                (own if any(each.is_said_by(figures) for each in said) else others).append(share)
            if own and others and max(others) > max(own) + _MUCH:
                return f"says {said[0].written} of something else"
    return None


def _figures(text: str, unit: str) -> Iterator[tuple[list[Quantity], str]]:
    """The numbers in a unit, clause by clause, each with the words since those before."""
    about = ""
    for clause in _counted(text):
        about += f" {clause}"
        if figures := [each for each in quantities(clause) if each.unit == unit]:
            yield figures, about
            about = ""


def _counted(text: str) -> Iterator[str]:
    """Clauses, in Chinese parted where each part counts something else: 包含3种设置和5个模型, of
    which both are contained.
    """
    for clause in clauses(text):
        first, *others = _BESIDE.split(clause)
        heads = [_before_count(part) for part in (first, *others)]
        if "分别" in clause or None in heads:
            yield clause
        else:
            yield first
            yield from (f"{heads[0]} {part}" for part in others)


def _before_count(part: str) -> str | None:
    """What stands before a number that has words behind; None where there is no such."""
    part = part.replace(" ", "")
    if not (figures := quantities(part)):
        return None
    head, _, counted = part.partition(figures[0].written.replace(" ", ""))
    return head if len(re.findall(r"[^\W\d_]", counted)) > 1 else None
