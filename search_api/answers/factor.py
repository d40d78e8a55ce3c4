"""Factors in words: `doubles`, `halved`, `thrice`, `a tenfold gain`, `by half`, 翻一番, 减半.

Those in numbers (3x, 两倍) are `quantity`'s. Double-blind trials, triples of a graph, double
descent and successive halving multiply nothing, nor do two halves: what stands beside a word
tells whether something changes or is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search_api.answers.numeral import ENGLISH, chinese_value, english_value
from search_api.answers.sense import bound

_VALUES = {"doubl": 2.0, "thri": 3.0, "tripl": 3.0, "quadrupl": 4.0, "hal": 0.5}
_NEARLY = "nearly|almost|roughly|approximately|effectively|at least|(?:more|less) than"
_THE = r"\s(?:the|its|their|our|that|those|both)\b"
_NOUN = (
    r"\s(?:(?:formula|propert|construction|product|tuple|algorithm|method|metric|measure)\w*"
    r"|as|down|back|up|descent|dip|machine|q|dqn|deep|counting|precision|spending|blind|robust|exponential"
    r"|cubes?|times?|dimensions?|tricks?|spaces?|constants?|conditions?|events?|strictly|at most)\b"
)
_CHANGE = (
    r"\s(?:\w+\s)?(?:(?:increas|decreas|reduc|improv|gain|speed|accelerat|ris|grow|drop|boost"
    r"|declin|compress|sav)\w*|lift|higher|lower|faster|slower|larger|greater|smaller|more|less"
    r"|fewer|better|cheaper|longer|shorter)\b"
)
_ENGLISH = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        r"(?P<no>\b(?:the|an?)\s)?\b(?P<word>(?:doubl|tripl|quadrupl|halv)ed|halve)\b(?!-)",
        r"(?P<no>(?:\b(?:successive|sequential|progressive|recursive|period|bitcoin|path|with|no"
        rf"|continuous|small)\s|-))?\b(?P<word>(?:doubl|tripl|quadrupl|halv)ing)(?=\s\w)(?!{_NOUN})",
        r"(?P<no>\b(?:two|both|other|these|those|of|into|from|left|right|upper|lower|equal|first"
        r"|second|the|its|their|as|detecting|tennis|badminton|mixed|\w+'s)\s)?\b"
        r"(?P<word>doubles|halves)\b(?!-|\s(?:as|of|tennis|play\w*|match\w*|games?|down|back)\b"
        r"|\s(?:and|or)\s(?:singles|triples)\b)",
        # Triples and quadruples are tuples more often than not.
        rf"(?P<near>\b(?:{_NEARLY})\s)?\b(?P<word>(?:tripl|quadrupl)es)\b(?(near)|(?={_THE}))",
        rf"(?P<near>(?:\b(?:{_NEARLY})|\w\s(?:will|would|can|could|may|might))\s)?"
        r"(?<!\ba )(?<!\bthe )(?P<word>(?<![\w-])(?:doubl|tripl|quadrupl)e)\b(?!-)"
        rf"(?(near)(?!{_NOUN})|(?={_THE}))",
        r"\bto\s(?P<word>(?:doubl|tripl|quadrupl)e)(?=\s(?:by|in|every|over)\b|[.,;]|\s?$)",
        rf"(?P<near>\b(?:by|over|up to|{_NEARLY}|(?:increas|decreas|reduc|improv|grow|grew|ris|rose"
        rf"|declin|drop|fell)\w*)\s)?\b(?P<word>(?:{ENGLISH})fold)\b(?(near)|(?={_CHANGE}))",
        rf"\bby(?:\s(?:{_NEARLY}|about|over|up to|an?))*\s(?P<word>half)\b"
        r"(?!-|\s(?:of|the|as|its|their|an?|again|precision|point)\b)",
        r"\b(?:cut|reduc|slash|shrink)\w*\b[^.;,]{1,60}\sin\s(?P<word>half)\b(?!-|\s(?:the|of)\b)",
        r"\b(?P<word>thrice)\b(?!-)",
    )
)
_SOME = "(?:了|出|近|约|将近|接近|整整)"
_MORE = "(?:至少|超过?|逾|不止)"
_HAN = re.compile(
    rf"翻{_SOME}{{0,2}}(?:(?P<turns>[一两三四])?番|(?P<over>{_MORE})?[一1]?\s?倍)"
    # 提高一倍 is twice as much; 减少一倍 may be anything.
    r"|(?:增[加长大]?|提[高升]|[上攀]升|扩大|涨|加快|(?<!最)[快高多]|(?<![最放])[大长])"
    rf"{_SOME}{{0,2}}(?P<more>{_MORE})?{_SOME}?[一1]\s?倍(?![率数])(?P<above>以上|多)?"
    r"|双倍(?!体)|加倍(?=[，。；、（(）)了至到]|$)"
    r"|(?<!连续)(?<!逐次)(?<!逐步)(?<!序贯)(?<!渐进)减半(?![算策法期])"
)
_OF = re.compile(
    r"\bby\s(?:(?:up to|as much as|at least|more than|about|over|nearly|almost|roughly"
    r"|approximately)\s)?(?P<phrase>an?\s(?:further\s|additional\s|average\s)?factor|factors)\sof"
    r"(?:\s(?:up to|at least|more than|over|about|around|roughly|approximately|nearly|almost)"
    r"|\s?[~≈<>≥≤])*\s*$",
    re.IGNORECASE,
)
# A factor of 2 - ε, and 2 to 3, of which the unit, if there is one, stands behind the other.
_GOES_ON = re.compile(r"\s?(?:[-−–+*±\\^/]|(?:to|or)\b)")
_HINTS = ("doubl", "tripl", "quadrupl", "halv", "half", "fold", "thrice")
"""What any of the English ones has: nearly all texts have none, and this is seen faster."""
_HAN_HINTS = ("倍", "番", "半")


def factors(text: str) -> Iterator[tuple[float, int, str, str]]:
    """Each factor's value, the place where it begins, how it is written and in what sense:
    "at least", "at most" or "".
    """
    if any(hint in text.lower() for hint in _HINTS):
        yield from _english(text)
    if any(hint in text for hint in _HAN_HINTS):
        yield from _chinese(text)


def factor_sense(number: re.Match[str]) -> str | None:
    """In what sense a number is that of "by a factor of"; None where it is not."""
    text, start = number.string, number.start()
    before = text[max(0, start - 60) : start]
    found = _OF.search(before) if " of" in before else None
    if not found or _GOES_ON.match(text, number.end()):
        return None
    return bound(text, start) or bound(text, start - len(before) + found.start("phrase"))


def _english(text: str) -> Iterator[tuple[float, int, str, str]]:
    for rule in _ENGLISH:
        for found in rule.finditer(text):
            if not found.groupdict().get("no"):
                start = found.start("word")
                yield _value(found["word"].lower()), start, found["word"], bound(text, start)


def _chinese(text: str) -> Iterator[tuple[float, int, str, str]]:
    for found in _HAN.finditer(text):
        value = 0.5 if found[0] == "减半" else 2 ** chinese_value(found["turns"] or "一")
        over = found["over"] or found["more"] or found["above"]
        yield value, found.start(), found[0], "at least" if over else bound(text, found.start())


def _value(word: str) -> float:
    stem = next((stem for stem in _VALUES if word.startswith(stem)), None)
    return _VALUES[stem] if stem else english_value(word.removesuffix("fold"))
