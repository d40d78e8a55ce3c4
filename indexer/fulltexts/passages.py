"""What of a full text is embedded and found: passages, each in one section on one page.

They are no passages of the paper's own record: what compares papers never sees them, since a
paper of sixty passages has sixty chances. Their ids follow from their content, as others' do.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

from indexer.fulltexts.text import FULLTEXT, FullText
from indexer.language import language_of
from indexer.paper import Paper
from indexer.passages import NAMESPACE, Passage, payload_of, split, title_in, tokens

_SECTION = 100
"""Characters of a section's name that are embedded with its text."""
_LEAST = 10
"""Tokens, about; shorter blocks are left-overs of tables and headings."""


def fulltext_passages(paper: Paper, text: FullText) -> list[Passage]:
    """The passages of a paper's full text, in its order."""
    return list({each.id: each for each in _passages(paper, text)}.values())


def _passages(paper: Paper, text: FullText) -> Iterator[Passage]:
    for block in text.blocks:
        if tokens(block.text) < _LEAST:
            continue
        language = language_of(block.text)
        payload = replace(
            payload_of(paper, FULLTEXT, language), page=block.page, section=block.section
        )
        for part in split(block.text, language):
            # Without authors and ids: whoever looks for these finds the paper's own passages.
            lines = (title_in(paper, language), block.section[:_SECTION], part)
            whole = "\n".join(line for line in lines if line)
            page = "" if block.page is None else str(block.page)
            key = "\x1f".join((paper.paper_id, FULLTEXT, language, page, whole))
            yield Passage(
                str(uuid.uuid5(NAMESPACE, key)),
                paper.paper_id,
                FULLTEXT,
                language,
                part,
                whole,
                whole,
                payload,
            )
