"""What a question calls a paper's own work: by the name in its title, or one that it gives.

A paper that merely compares itself with what has a name does not bring it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.lexical import fold
from indexer.paper import Paper
from search_api.answers.question import Question
from search_api.answers.wording import mentions

_BRINGS = (
    r"(?:\b(?:proposes?|introduces?|presents?|called|named|develops?)\b|提出|引入|名为|称为|构建|开发)"
    r"(?:(?!\b(?:than|unlike|with|to|over|for|on|of|that|which|outperform\w*|beat\w*|surpass\w*)\b"
    r"|优于|超过|超越|胜过|高于|比|评[测估]|基于|用于|改进)[^,.，。\n]){{0,60}}?"
    r"(?<![a-z0-9]){}(?![a-z0-9])"
)
_FEW = 2
"""Papers that have a name, at most, for a question to mean them by it."""
_WHOLE = r"(?<![a-z0-9-]){}(?![a-z0-9-])"
"""A name that is no part of another: BERT, but not of Sentence-BERT."""


def own_names(question: Question, paper: Paper) -> tuple[str, ...]:
    """The names in a question, folded, that are those of what a paper brings."""
    asked = fold(question.text)
    titled = (
        head for head in title_heads(paper) if re.search(_WHOLE.format(re.escape(head)), asked)
    )
    texts = fold("\n".join(t.text for t in paper.texts if paper.written_by(t) is None))
    brought = (n for n in question.names if re.search(_BRINGS.format(re.escape(n)), texts))
    return tuple(dict.fromkeys((*titled, *brought)))


def called(question: Question, paper: Paper) -> str:
    """A paper's title, behind the name by which a question calls its work if it lacks that: one
    sentence of the paper need not have it either.
    """
    title = fold(paper.title)
    lacking = (name for name in own_names(question, paper) if name not in title)
    if (name := next(lacking, None)) is None:
        return paper.title
    written = re.search(re.escape(name), question.text, re.IGNORECASE)
    return f"{written[0] if written else name}: {paper.title}"


def meant_by_name(question: Question, papers: Sequence[Paper]) -> set[str]:
    """The ids of those among some papers that a question means by a name: few have it, or it is
    what stands before their title's colon.
    """
    texts = {paper.paper_id: _said(paper) for paper in papers}
    found: set[str] = set()
    for name in question.names:
        have = {paper_id for paper_id, text in texts.items() if mentions(text, name)}
        headed = {paper.paper_id for paper in papers if name in title_heads(paper)}
        found |= have if len(have) <= _FEW else headed
    return found


def _said(paper: Paper) -> str:
    texts = (text.text for text in paper.texts if paper.written_by(text) is None)
    return fold("\n".join((*(title.text for title in paper.titles), *texts)))


def title_heads(paper: Paper) -> tuple[str, ...]:
    """What stands before the colon of a paper's titles, folded: most often what it brings."""
    titles = (fold(title.text).partition(":") for title in paper.titles)
    return tuple(head.strip() for head, colon, _ in titles if colon and head.strip())
