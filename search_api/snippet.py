"""The part of a passage that shows why it was found."""

from __future__ import annotations

import sentencex

from indexer.paper import Language
from search_api.words import Words

MAX_CHARACTERS = {"zh": 140, "en": 300}


def snippet(body: str, language: Language, words: Words) -> str:
    """The run of sentences that shares most with the query, cut to a readable length.

    A passage that shares nothing is shown from its beginning.
    """
    limit = MAX_CHARACTERS[language]
    text = " ".join(body.split())
    sentences: list[str] = [
        sentence for sentence in sentencex.segment(language, text) if sentence.strip()
    ]
    if not sentences:
        return ""
    weights = [words.weight_in(sentence) for sentence in sentences]
    start = max(range(len(sentences)), key=lambda index: (weights[index], -index))
    shown = sentences[start].strip()
    for sentence in sentences[start + 1 :]:
        if len(shown) + len(sentence) > limit:
            break
        shown += ("" if language == "zh" else " ") + sentence.strip()
    if len(shown) > limit:
        shown = shown[: limit - 1].rstrip() + "…"
    return ("…" if start else "") + shown
