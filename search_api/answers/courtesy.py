"""Greetings and thanks around a question, which ask for nothing."""

from __future__ import annotations

import re

_BEFORE = re.compile(
    r"^\W*(?:(?:hi|hey|hello)(?: there| all| everyone)?(?=[\s,，.。!！:：])"
    r"|(?:a )?quick (?:q|question)\b\s*[:,–—-]"
    r"|(?:你|您|大家)好|(?:老师|各位|大佬们?)好|(?:想|我想)?请教(?:一下|各位)?(?=[，,：:\s])"
    r"|请问(?:一下)?|求问|麻烦(?:问一?下|您|你|大家)?)[\s,，.。!！~～:：–—-]*",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:[\s,，.。!！~～;；]+|(?<=[?？]))"
    r"(?:(?:many )?(?:thanks|thank you|thx|tks|cheers)"
    r"(?: (?:a lot|so much|very much|in advance|all))?"
    r"|(?:万分|非常|十分|多|先)?(?:谢谢|感谢|感激|谢)(?:啦|了|您|你|大家|各位|大佬|哈|呀|不尽)*)[\s!！.。~～]*$",
    re.IGNORECASE,
)


def without_courtesy(question: str) -> str:
    """A question that begins and ends with what is asked; as it stands if nothing were left."""
    text = question.strip()
    for pattern in (_BEFORE, _BEHIND):
        while (shorter := pattern.sub("", text)) != text:
            text = shorter
    return text or question
