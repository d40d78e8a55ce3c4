"""Several texts where a layout has room for one: the further ones labelled, and notes too.

A slot is a table's last cell, a `summary:` or a part of an entry. What stands first in it is
the text that its layout means. Behind it, each further text and each note begins with its
label in bold HTML, `<b>Method:</b>` or `<b>方法：</b>`, which says what it is and in which
language. No digest prints such labels of its own accord: they use Markdown's `**`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.paper import Language, Text, TextKind
from indexer.readers.markup import clean_lines

LABELS: dict[Language, dict[TextKind, str]] = {
    "en": {
        "abstract": "Abstract",
        "translation": "Translation",
        "tldr": "TL;DR",
        "motivation": "Motivation",
        "method": "Method",
        "result": "Result",
        "conclusion": "Conclusion",
        "summary": "Summary",
    },
    "zh": {
        "abstract": "摘要",
        "translation": "译文",
        "tldr": "一句话",
        "motivation": "动机",
        "method": "方法",
        "result": "结果",
        "conclusion": "结论",
        "summary": "总结",
    },
}
NOTES: dict[Language, str] = {"en": "Note", "zh": "注"}

_TEXTS: dict[str, tuple[TextKind, Language]] = {
    name: (kind, language) for language, names in LABELS.items() for kind, name in names.items()
}
_LABEL = re.compile(rf"<b>({'|'.join(map(re.escape, [*_TEXTS, *NOTES.values()]))})[:：]</b>")


@dataclass(frozen=True, slots=True)
class Slot:
    """What a slot holds; `lead` is what stands before the first label, as printed."""

    lead: str
    texts: tuple[Text, ...]
    notes: tuple[str, ...]


def read_slot(raw: str) -> Slot:
    """Part a slot at its labels; a label with nothing behind it says nothing."""
    lead, *labelled = _LABEL.split(raw)
    texts: list[Text] = []
    notes: list[str] = []
    for name, printed in zip(labelled[::2], labelled[1::2], strict=True):
        if not (text := clean_lines(printed)):
            continue
        if name in _TEXTS:
            texts.append(Text(*_TEXTS[name], text))
        else:
            notes.append(text)
    return Slot(lead, tuple(texts), tuple(notes))
