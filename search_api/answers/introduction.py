"""What models write before a sentence that is no part of it: bullets, labels, courtesies, where it
stands, and yes or no.

A verdict is taken off because nothing could check it against the question: what is behind it is
checked against its source, and stands by itself.
"""

from __future__ import annotations

import re

from search_api.answers.marker import MARKER

_BULLET = re.compile(
    r"^\s*(?:(?:[-*+•‣·–—#>]+(?=\s)|\d+[.)、](?!\d)|\(\d{1,2}\)(?=\s))\s*)+", re.MULTILINE
)
_LABEL = (
    r"(?:(?:final|short|brief|here is (?:the|your)) )?(?:answer|response)|the answer is"
    r"|a|question|q|(?:最终)?答案是?|回答|答|问题|问"
)
_COURTESY = r"(?:sure|certainly|of course|okay|好的?|当然)\s*[,.!，。！]"
_GIVEN = (
    r"(?:based on|according to|from) (?:the )?(?:(?:provided|given|above|numbered) )?"
    r"(?:sentences?|sources?|information|context|text)\s*[,:]"
    r"|(?:根据|基于)(?:所?提供|所?给出?|给定|上述|以上)的?(?:句子|信息|内容|资料)\s*[，,：:]"
)
_LEADS = re.compile(
    rf"^\s*(?:(?:(?:{_LABEL})\s*[:：]|{_COURTESY}|{_GIVEN})\s*)+", re.IGNORECASE | re.MULTILINE
)
_HEAD = r"(?:^|(?<=[.。!！?？])) *"
_CITED = (
    rf"(?:(?:(?:sentences?|sources?|句子?)\s*)?(?P<marker>{MARKER}(?:\s*{MARKER})*)"
    r"|(?:sentences?|sources?|句子?|第)\s*(?P<number>\d{1,2})\s*句?)"
)
_SAYS = (
    r"(?:(?:says?|states?|shows?|reports?|notes?|explains?|indicates?|mentions?)\s+that\b"
    r"|指出|表明|显示|说明|提到)"
)
# "According to [2], …", ", as shown in [2].", "In [2], …", "[2] says that …", "Sentence 2: …"
_WHENCE = [
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"[,，]? ?\b(?:according to|as (?:shown|stated|reported|described|noted) (?:in|by)|as in)"
        rf"\s*{_CITED}\s*[,，:：]?\s*",
        # Not 数据[2], whose data end a clause.
        rf"(?:{_HEAD}|(?<=[,，;；]))(?:根据|据|如|参?见)\s*{_CITED}\s*(?:所[述示说])?\s*[,，:：]?\s*",
        rf"{_HEAD}(?:based on|in|from|per|基于|从)\s*{_CITED}\s*[,，:：]\s*",
        rf"{_HEAD}{_CITED}\s*{_SAYS}\s*[,，:：]?\s*",
        rf"{_HEAD}{_CITED}\s*[:：]\s*",
    )
]
# Not No. 1, nor no-reference.
_VERDICT = re.compile(
    r"(?:(?:the answer is\s+)?(?:yes|yeah|no(?!\.\s*\d)|nope|indeed|true|false|correct|incorrect)"
    r"|是的?|否|不(?:是的?|对|能|会|可以)?|没有|有|对的?|能|会|可以|(?:不)?正确)\s*"
    r"(?:[.,:;!。，：；！—–]+|\s-+\s|$)\s*",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[a-z]{2,}(?![\w-])|a(?= )")


def without_labels(text: str) -> str:
    """A draft whose lines begin with their sentences."""
    return _LEADS.sub("", _BULLET.sub("", text))


def without_whence(text: str) -> str:
    """A draft in which a marker alone, written `marker.uniform`, says where a sentence is from."""
    for pattern in _WHENCE:
        text = pattern.sub(_marker_alone, text)
    return text


def _marker_alone(whence: re.Match[str]) -> str:
    return f" {whence['marker'] or '[' + whence['number'] + ']'} "


def bare(sentence: str) -> str:
    """A sentence without markers that begins with its own first word, a capital if it is one."""
    sentence = sentence.strip().lstrip(",，:：;；、 ")
    while verdict := _VERDICT.match(sentence):
        sentence = sentence[verdict.end() :]
    if first := _FIRST.match(sentence):
        sentence = first[0].capitalize() + sentence[first.end() :]
    return sentence
