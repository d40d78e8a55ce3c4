"""In what sense a text gives a number: "up to 3 days", "from 30 ms", 提升了39%."""

from __future__ import annotations

import re

_BESIDE = (
    r"(?:\s*(?:about|around|roughly|approximately|nearly|almost|only|an?\b|大?约|近|仅|可|需要?"
    r"|原来的|达到?|[减降提]\w))*\s*$"
)
# How a text brings a number in: "from 30 ms" is not "to 30 ms", "up to 3" is not "3".
_SENSES = {
    sense: re.compile(rf"(?:{words}){_BESIDE}", re.IGNORECASE)
    for sense, words in (
        (
            "at most",
            r"\b(?:up to|at most|(?<!no )(?<!not )(?:less|fewer) than|under|below|not? more than"
            r"|as (?:much|many|high) as|not exceed(?:ing)?)\b|n't exceed\b|最[多高]|至多|[高长多]达"
            r"|不到|不足|[不未]超过|(?<!不)(?:低于|少于|小于)|不[高多大]于|[<≤]",
        ),
        (
            "at least",
            r"\b(?:at least|(?<!no )(?<!not )more than|not? (?:less|fewer) than|over"
            r"|(?<!not )(?<!n't )exceed(?:s|ed|ing)?|above)\b|至少|(?<![不未])超过"
            r"|(?<!不)[高多大]于|不[少低小]于|[>≥]",
        ),
        ("from", r"\bfrom\b|从|由"),
        ("to", r"\bto\b|[到至达]"),
        ("by", r"\bby\b|(?:提[高升]|增加|改善|降低|减少|下降|缩短|加快)了?"),
    )
}
BOUNDS = ("at most", "at least")
"""The senses in which a number is not the one that was found."""


def sense(text: str, place: int) -> str:
    """What stands before a place: "at most", "at least", "from", "to", "by" or ""."""
    before = text[max(0, place - 24) : place]
    return next((name for name, said in _SENSES.items() if said.search(before)), "")


def bound(text: str, place: int) -> str:
    """The same, where only "at most" and "at least" matter."""
    said = sense(text, place)
    return said if said in BOUNDS else ""
