"""How many things a text lists: "1.5B, 7B and 14B" are three, whether it says so or not.

An answer counts what its source lists ("three sizes", 两个原因), which no figure there does.
"""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"[.!?]\s|[。！？:：;；()（）]")
_ITEM = re.compile(
    r"\s*(?:,|，|、|\band\b|\bor\b|以?及|[和与])\s*(?:\b(?:and|or)\b|以?及|[和与])?\s*"
)
_NUMBERED = re.compile(
    r"(?:^|[\s(（，,；;：:])(?:[(（]?\d[)）]|\d[.、](?!\d)|[①-⑨]|(?:i{1,3}|iv|v)\)"
    r"|第?[一二三四五六][是、，])"
)
_BEHIND = r"[^.,;:。，、；：()（）]{1,40}[:：(（]\s*(?P<list>(?:[^.;:。；：()（）]|\.(?=\S))*)"
_NAME = re.compile(r"[A-Z\d]")
MOST = 10
"""More are rarely counted by hand."""


def listed(text: str) -> frozenset[int]:
    """The numbers of things that parts of a text list, two to `MOST`.

    What stands before a list may be taken for its first item, so one less counts too.
    """
    found = {len(_NUMBERED.findall(text))}
    for clause in _CLAUSE.split(text):
        items = [item for item in _ITEM.split(clause) if item]
        found |= {len(items), len(items) - 1}
    return frozenset(number for number in found if 2 <= number <= MOST)


def names_behind(number: str, text: str) -> int | None:
    """How many names a text lists behind a number of them: "two datasets: CIFAR and COCO".

    None where there is no such list. Things that are no names may have commas of their own.
    """
    if (found := re.search(rf"(?<![A-Za-z]){re.escape(number)}{_BEHIND}", text)) is None:
        return None
    items = [item for item in _ITEM.split(found["list"]) if item]
    return len(items) if len(items) > 1 and all(map(_NAME.match, items)) else None
