"""What a language model wrote, read sentence by sentence, with the numbers that each cites.

Models think aloud, write lists and headings, and cite in many ways: `speech`, `introduction` and
`marker` take that off, and what is left are claims. Whether a claim holds is `verification`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.language import language_of
from indexer.paper import Language
from search_api.answers import marker
from search_api.answers.introduction import bare, without_labels, without_whence
from search_api.answers.sentence import spans
from search_api.answers.speech import plain

MIN_CHARACTERS = {"zh": 2, "en": 3}
"""Letters and digits of a claim; less is no sentence."""
ENDS = (".", "。", "！", "!", "？", "?", "]", "】")
"""How a whole sentence may end."""
_ENDED = re.compile(r"[.。．!！?？…:：][\"”』」]?$")
_SOURCE = re.compile(r"\s*\(from: [^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)?")  # copied from the prompt


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a draft and the numbers of the sources that it says it rests on."""

    text: str
    cites: tuple[int, ...]


def claims(draft: str, language: Language) -> list[Claim]:
    """The claims of a draft, in order; repeated ones once."""
    # A model may write blanks without end, over which the patterns would take ever longer.
    draft = "\n".join(" ".join(line.split()) for line in draft.splitlines() if line.strip())
    lines = without_labels(_SOURCE.sub("", plain(draft)))
    cited = marker.inside(without_whence(marker.uniform(lines)))
    found: dict[str, tuple[int, ...]] = {}
    for start, end in spans(cited, language):
        sentence = cited[start:end]
        text = _whole(bare(marker.without(sentence)))
        if text.endswith((":", "：")):  # a heading, not a sentence
            continue
        if len(re.sub(r"[^\w%]", "", text)) >= MIN_CHARACTERS[language_of(text)]:
            found.setdefault(text, marker.numbers(sentence))
    return [Claim(text, cites) for text, cites in found.items()]


def whole_sentences(draft: str) -> str:
    """A draft that broke off, without its last words."""
    end = max(draft.rfind(mark) for mark in (". ", ".\n", *ENDS[1:]))
    return draft[: end + 1]


def _whole(text: str) -> str:
    """A sentence that ends in one full stop, without the blanks that markers left."""
    text = re.sub(r"\s+([.。,，])", r"\1", text).strip()
    text = re.sub(r"[,，、;；\s]+([.。!！?？]?)$", r"\1", text)
    if text and not _ENDED.search(text):
        text += "。" if language_of(text) == "zh" else "."
    return text
