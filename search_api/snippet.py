"""The part of a passage that shows why it was found."""

from __future__ import annotations

from collections.abc import Mapping

import sentencex

from embeddings.lexical import terms
from indexer.paper import Language

MAX_CHARACTERS = {"zh": 140, "en": 300}


def snippet(body: str, language: Language, query_terms: Mapping[str, float]) -> str:
    """The run of sentences that shares most with the query, cut to a readable length.

    `query_terms` gives each of the query's terms its weight; a passage that shares none
    is shown from its beginning.
    """
    limit = MAX_CHARACTERS[language]
    text = " ".join(body.split())
    sentences: list[str] = [
        sentence for sentence in sentencex.segment(language, text) if sentence.strip()
    ]
    if not sentences:
        return ""
    weights = [sum(query_terms.get(term, 0.0) for term in set(terms(s))) for s in sentences]
    start = max(range(len(sentences)), key=lambda index: (weights[index], -index))
    shown = sentences[start].strip()
    for sentence in sentences[start + 1 :]:
        if len(shown) + len(sentence) > limit:
            break
        shown += ("" if language == "zh" else " ") + sentence.strip()
    if len(shown) > limit:
        shown = shown[: limit - 1].rstrip() + "…"
    return ("…" if start else "") + shown


def matched_words(body: str, query: str) -> tuple[str, ...]:
    """The query's terms that stand in a passage, in the query's order."""
    there = set(terms(body))
    return tuple(dict.fromkeys(term for term in terms(query) if term in there))
