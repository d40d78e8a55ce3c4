"""What a question calls a paper's own work: by the name in its title, or one that it gives.

A paper that merely compares itself with what has a name does not bring it.
"""

from __future__ import annotations

import re

from embeddings.lexical import fold
from indexer.paper import Paper
from search_api.answers.question import Question

_BRINGS = (
    r"(?:\b(?:proposes?|introduces?|presents?|called|named|develops?)\b|提出|引入|名为|称为|构建|开发)"
    r"(?:(?!\b(?:than|unlike|with|to|over|for|on|of|that|which|outperform\w*|beat\w*|surpass\w*)\b"
    r"|优于|超过|超越|胜过|高于|比|评[测估]|基于|用于|改进)[^,.，。\n]){{0,60}}?"
    r"(?<![a-z0-9]){}(?![a-z0-9])"
)
_WHOLE = r"(?<![a-z0-9-]){}(?![a-z0-9-])"
"""A name that is no part of another: BERT, but not of Sentence-BERT."""


def own_names(question: Question, paper: Paper) -> tuple[str, ...]:
    """The names in a question, folded, that are those of what a paper brings."""
    asked = fold(question.text)
    titles = (fold(title.text) for title in paper.titles)
    heads = (title.partition(":")[0].strip() for title in titles if ":" in title)
    titled = (head for head in heads if head and re.search(_WHOLE.format(re.escape(head)), asked))
    texts = fold("\n".join(t.text for t in paper.texts if paper.written_by(t) is None))
    brought = (n for n in question.names if re.search(_BRINGS.format(re.escape(n)), texts))
    return tuple(dict.fromkeys((*titled, *brought)))
