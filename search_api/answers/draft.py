"""What a language model wrote, read sentence by sentence, with the numbers that each cites.

Models put markers before or behind the full stop, several in one bracket, or write lists and
headings; here all of it becomes claims. Whether a claim holds is `verification`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.language import language_of
from indexer.paper import Language
from search_api.answers.sentence import spans

MIN_CHARACTERS = {"zh": 2, "en": 3}
"""Letters and digits of a claim; less is no sentence."""
_MARKER = re.compile(r"\s*[\[【［]\s*(\d+(?:\s*[,，、;–-]\s*\d+)*)\s*[\]】］]")
_IN_BRACKETS = re.compile(r"[(（]\s*((?:[\[【［][\d\s,，、;–-]+[\]】］][\s,，、;]*)+)[)）]")
# What joins two markers: [1] and [2].
_JOINED = re.compile(r"(?<=[\]】］])\s*(?:[,，、;和与及]|and|[-–])\s*(?=[\[【［]\s*\d)")
_GROUP = r"[\[【［]\s*\d+(?:\s*[,，、;–-]\s*\d+)*\s*[\]】］]"
# What only says where from, and what would be left of it: "According to [2], it …".
_WHENCE = re.compile(
    r"(?:\b(?:according to|as (?:shown|stated|reported|described|noted) (?:in|by)|as in)"
    rf"|根据|据|如|参?见)\s*(?P<marker>{_GROUP})\s*(?:所[述示说])?\s*[,，]?\s*(?P<first>[a-z]{{2}})?"
    rf"|[(（]\s*(?:sources?|see|cf\.?|来源|出处|参?见)\s*[:：]?\s*(?P<inner>(?:{_GROUP})+)\s*[)）]",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(rf"(\b(?:al|e\.g|i\.e|etc)\.)((?:[ \t]*{_GROUP})+)(?=[ \t]*[a-z])")
_BEHIND = re.compile(rf"([.。!！?？])((?:[ \t]*{_GROUP})+)")
_NUMBERED = re.compile(
    r"^\s*(?:sentence|source|句子?|第)\s*(\d{1,2})\s*句?\s*[:：]", re.IGNORECASE | re.MULTILINE
)
_THOUGHT = re.compile(
    r"(?:\A|<think>)(?:(?!<think>).)*</think>|<think>.*\Z", re.DOTALL | re.IGNORECASE
)
_BULLET = re.compile(r"^\s*(?:[-*•#>]+(?=\s)|\d+[.)、](?!\d))\s*|\*\*|__", re.MULTILINE)
_SOURCE = re.compile(r"\s*\(from: [^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)?")  # copied from the prompt
_LABEL = re.compile(r"^\s*(?:answer|a|question|q|答案|回答|答|问题|问)\s*[:：]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a draft and the numbers of the sources that it says it rests on."""

    text: str
    cites: tuple[int, ...]


def spoken(draft: str) -> str:
    """A draft without the thoughts that some models write first."""
    return _THOUGHT.sub("", draft)


def claims(draft: str, language: Language) -> list[Claim]:
    """The claims of a draft, in order; repeated ones once."""
    # A model may write blanks without end, over which the patterns would take ever longer.
    draft = "\n".join(" ".join(line.split()) for line in draft.splitlines() if line.strip())
    plain = _LABEL.sub("", _BULLET.sub("", _SOURCE.sub("", spoken(draft))))
    plain = _IN_BRACKETS.sub(r"\1", plain)
    plain = _JOINED.sub("", _NUMBERED.sub(r"[\1]", plain))
    plain = _ABBREVIATED.sub(r"\2 \1", _WHENCE.sub(_marker_alone, plain))
    before = _BEHIND.sub(r"\2\1", plain)
    found: dict[str, tuple[int, ...]] = {}
    for start, end in spans(before, language):
        sentence = before[start:end]
        text = re.sub(r"\s+([.。,，])", r"\1", _MARKER.sub("", sentence)).strip()
        if text.endswith((":", "：")):  # a heading, not a sentence
            continue
        if text and text[-1] not in ".。!！?？":
            text += "。" if language_of(text) == "zh" else "."
        if len(re.sub(r"[^\w%]", "", text)) >= MIN_CHARACTERS[language_of(text)]:
            found.setdefault(text, _numbers(sentence))
    return [Claim(text, cites) for text, cites in found.items()]


def _marker_alone(whence: re.Match[str]) -> str:
    first = whence["first"] or ""  # the sentence begins here now
    return f"{whence['marker'] or whence['inner']} {first[:1].upper()}{first[1:]}"


def _numbers(sentence: str) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for group in _MARKER.findall(sentence):
        for first, last in re.findall(r"(\d+)(?:\s*[–-]\s*(\d+))?", group):
            if len(first) < 4 and len(last) < 4:
                found |= dict.fromkeys(range(int(first), int(last or first) + 1))
    return tuple(found)
