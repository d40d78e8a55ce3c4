"""Ranks: `ranked 2nd`, `second place`, 排名第二, 第2名.

"We first …", a second stage and 第三层 only count along and are no ranks; but where a text is
asked whether it bears a rank out, they may mean one (`ordinals`).
"""

from __future__ import annotations

import re

from search_api.answers.numeral import chinese_value

RANK = "rank"
"""The unit of ranks."""
_WORDS = {
    word: float(value)
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        start=1,
    )
}
_NTH = r"\d{1,4}(?:st|nd|rd|th)\b"
_FIGURE = rf"(?<![\w./^])(?<![A-Za-z]-){_NTH}"
_WORD = rf"\b(?:{'|'.join(_WORDS)})\b"
_ORDINAL = rf"(?:{_FIGURE}|{_WORD})"
_AND = r"(?:,\s|,?\s(?:and|or)\s|\s?[-–—]\s?)(?:the\s)?"
_CHAIN = rf"(?P<chain>{_ORDINAL}(?:{_AND}(?:{_NTH}|{_WORD})){{0,6}})(?!{_AND}(?:{_NTH}|{_WORD}))"
_BEHIND = (
    r"(?=\s(?:overall|among(?:st)?|out|of|in|on|at|for|by|with|across|under|both|behind|after"
    r"|while|when|using|and|or|but|to|from|according|worldwide|official\w*)\b|\s?[,.;:)}(]|\s?$)"
)
_PLACE = r"(?:(?:overall|best)\s)?(?:place|spot|prize)\b(?!\s(?:the|an?|our|each|it|them)\b)"
_ENGLISH = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        # Not re-ranking in a first stage.
        r"(?<![\w-])(?:rank(?:s|ed|ing)?|plac(?:es?|ed|ing)|finish(?:es|ed|ing)?)\s"
        r"(?:(?:as|in|only|overall|joint|officially|consistently|\\textbf)\s?){0,2}(?:the\s)?\{?"
        rf"{_CHAIN}(?:{_BEHIND}|(?=[\s-]{_PLACE}))",
        # Not "in the first place", nor "we first place the cup".
        rf"(?P<no>\b(?:in\sthe|we|they|it|then)\s)?{_CHAIN}[\s-](?:{_PLACE}|rank{_BEHIND})",
        rf"(?P<no>\b(?:the|we|they|it|then)\s)?{_CHAIN}\spositions?{_BEHIND}",
        rf"{_CHAIN}-(?:ranked|placed)\b",
        r"\b(?:achiev\w+|reach\w*|secur\w+|obtain\w*|attain\w*|c[ao]m(?:es?|ing)|end(?:s|ed)? up"
        r"|tied? for|is|are|was|were|won|took)\s(?:overall\s|joint\s)?"
        rf"(?P<chain>{_FIGURE}(?:{_AND}{_NTH}){{0,6}})(?!{_AND}{_NTH})"
        r"(?=\s(?:overall|among(?:st)?|out of|in|on|of (?:the )?\d)\b|[,.;)]|\s?$)",
        r"\brank(?:s|ed|ing)?\s(?:as\s)?(?P<chain>(?:#|no\.?|number)\s?\d{1,4})\b(?!\.\d)",
    )
)
_NUMBER = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,4})"
_HAN_CHAIN = rf"(?P<chain>第\s?{_NUMBER}(?:(?:[和与及、~～–-]|以及)第?\s?{_NUMBER}){{0,6}})"
_HAN = tuple(
    re.compile(rule)
    for rule in (
        rf"{_HAN_CHAIN}\s?名(?![字称单额义为叫学患参志受作])",
        rf"(?<![后数]){_HAN_CHAIN}\s?位(?=[，。；、）)（(！]|\s?$)",
        # Not 排名算法的第一步.
        r"(?:(?:排名|排行|位列|名列|排在|并列|评为)[^，。；：:\d第]{0,8}?|(?<!定)居|(?<![安重编])排)"
        rf"{_HAN_CHAIN}(?![\d一二三四五六七八九十百阶层个次种类代届版步轮章节条款项期部梯批象作])",
        # 第一， at the head of a clause begins a list.
        rf"(?<=[\w）)])(?<![中而且即其先是]){_HAN_CHAIN}(?=[，。；）)]|\s?$)",
    )
)
_PIECE = re.compile(
    rf"{_NTH}|{_WORD}|(?:#|\bno\.?|\bnumber)\s?\d{{1,4}}|(?:第\s?)?{_NUMBER}", re.IGNORECASE
)
_HINT = re.compile(r"rank|plac|finish|position|spot|prize|\d(?:st|nd|rd|th)", re.IGNORECASE)
_LOOSE = re.compile(
    rf"(?<!per\s)(?<!\d\s)(?<!\d-)\b({'|'.join(_WORDS)})\b|(\d{{1,4}})(?:\s?\^?\s?\{{?(?:\\\w+\{{)?|-)(?:st|nd|rd|th)\b"
    rf"|第\s?({_NUMBER})|(?:#|\b(?:no\.?|number|rank(?:s|ed|ing)?))\s?(\d{{1,4}})\b",
    re.IGNORECASE,
)
_BESTS = {
    value: re.compile(said, re.IGNORECASE)
    for value, said in (
        (
            1.0,
            r"(?<!second.)(?<!third.)(?<!\dnd.)(?<!\drd.)\bbest\b|\b(?:winn\w+|wins?|won|champion\w*"
            r"|tops?|highest|lead\w*|outperform\w*|sota|state-of-the-art|superior)\b"
            r"|首|冠军|夺冠|获胜|胜出|优胜|一等奖|最[优佳好高强]|领先|SOTA",
        ),
        (2.0, r"\brunners?[ -]?up\b|亚军|二等奖|次[优佳]"),
        (3.0, "季军|三等奖"),
    )
}
"""What may be said of a first, a second and a third."""


def ranks(text: str) -> list[tuple[float, int, str]]:
    """Each rank, the place where it begins and how it is written."""
    english = _HINT.search(text) is not None
    rules = (*(_ENGLISH if english else ()), *(_HAN if "第" in text else ()))
    found = {
        match.start("chain") + piece.start(): piece[0]
        for rule in rules
        for match in rule.finditer(text)
        if not match.groupdict().get("no")
        for piece in _PIECE.finditer(match["chain"])
    }
    return [(_value(written), start, written) for start, written in sorted(found.items())]


def ordinals(text: str) -> set[float]:
    """What a text may rank something as: whatever it counts so, and in a text without ranks what
    it calls the best.
    """
    counted = {_value(next(filter(None, found.groups()))) for found in _LOOSE.finditer(text)}
    if ranks(text):
        return counted
    return counted | {value for value, said in _BESTS.items() if said.search(text)}


def _value(written: str) -> float:
    if digits := re.search(r"\d+", written):
        return float(digits[0])
    return _WORDS.get(written.lower()) or chinese_value(written.lstrip("第 "))
