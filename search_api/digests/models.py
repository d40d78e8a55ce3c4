"""Which texts of a work language models wrote, and how a digest says so.

The mark is a note in Chinese and English, which reads back as every note does.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.paper import Paper, Text
from indexer.readers.slot import LABELS


def models_of(papers: Sequence[Paper]) -> dict[Text, str]:
    """The texts that language models wrote, with the names of these as sources."""
    return {
        Text(text.kind, text.language, text.text): model
        for paper in papers
        for text in paper.texts
        if (model := paper.written_by(text))
    }


def marks(papers: Sequence[Paper], texts: Sequence[Text]) -> list[tuple[str, str]]:
    """Which of the texts printed language models wrote, by their labels on the page."""
    models = models_of(papers)
    by_model: dict[str, list[str]] = {}
    for text in texts:
        if text in models:
            by_model.setdefault(models[text], []).append(LABELS[text.language][text.kind])
    return [
        (f"由 {model} 撰写：{'、'.join(labels)}", f"written by {model}: {', '.join(labels)}")
        for model, labels in by_model.items()
    ]
