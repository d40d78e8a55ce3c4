"""What of a model's words is its answer: without thoughts, tokens of chat templates, and markup."""

from __future__ import annotations

import re

from search_api.answers.prompt import MARKUP

_NAME = r"(?:\w{1,20}:)?(?:think(?:ing)?|thoughts?|reasoning|analysis)"
_OPEN, _CLOSE = rf"[<\[◁]{_NAME}[>\]▷]", rf"[<\[◁]/{_NAME}[>\]▷]"
_THOUGHT = re.compile(
    rf"(?:\A|{_OPEN})(?:(?!{_OPEN}).)*{_CLOSE}|{_OPEN}.*\Z", re.DOTALL | re.IGNORECASE
)
# gpt-oss thinks in a channel of its own, and answers in the final one.
_CHANNEL = re.compile(r"\A.*<\|channel\|>final<\|message\|>|<\|channel\|>.*\Z", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>|^\s*```\w*\s*$", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(rf"{MARKUP.pattern}|</?[bip]>", re.IGNORECASE)
_BOXED = re.compile(r"\\boxed\{([^{}]*)\}")
# Emphasis stands around words: n**2, x^* and __init__ are left as they are.
_EMPHASIS = re.compile(
    r"(?<![A-Za-z\d.^$\\*_`])(?!__[a-z]+__)(\*{1,3}|_{1,2}|`{1,2})(?=[^\s*_`])(.{1,400}?)(?<=[^\s*_`])\1(?![A-Za-z\d*_`])"
)


def spoken(draft: str) -> str:
    """A draft without the thoughts that some models write first."""
    return _CHANNEL.sub("", _THOUGHT.sub("", draft))


def plain(draft: str) -> str:
    """What is `spoken`, without its markup."""
    said = _BOXED.sub(r"\1", _TAG.sub("", _BREAK.sub("\n", spoken(draft))))
    for _ in range(2):  # **_both_**
        said = _EMPHASIS.sub(r"\2", said)
    return said
