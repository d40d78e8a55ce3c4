"""Whose papers a question asks for: "papers by Jane Doe on pruning", 张三写过哪些论文.

Only a full name where a writer is named counts. Whether the archive knows anybody of that name is
for a search to say; a question about who wrote something is `question`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from embeddings.lexical import HAN

_LETTERS = rf"(?:(?![{HAN}])[\w'’.-])*"
_CAPITAL = "[A-ZÀ-ÖØ-ÞĆČĎĐĞŁŃŘŚŞŠŤŹŻŽ]"
_NAME = rf"(?P<name>{_CAPITAL}{_LETTERS}(?: (?:[a-z]{{2,3}} ){{0,2}}{_CAPITAL}{_LETTERS}){{1,3}})"
_NAME_ZH = rf"(?P<name_zh>[{HAN}]{{2,4}}?)"
_PAPERS = "(?:[Pp]apers?|[Aa]rticles?|[Pp]reprints?|[Pp]ublications?|[Ww]orks?|[Aa]nything)"
_MADE = "(?:(?:that )?(?:(?:was|were|are|is) )?(?:written|authored|published|posted) )?"
_WROTE = "(?:written|write|published?|authored|author|posted|post)"
_WROTE_ZH = "(?:写|发表|发布)[过了]?"
_ASKED_ZH = "(?:哪些|什么|几篇)?新?(?:论文|文章)"
_FORMS = tuple(
    map(
        re.compile,
        (
            rf"{_PAPERS} (?P<said>{_MADE}(?:by|from|of) {_NAME})(?=\W*$| (?:on|about|in|for)\b)",
            rf"\b(?P<said>(?:did|has|have) {_NAME} {_WROTE}\b)",
            rf"(?P<said>{_NAME} ?(?:都?{_WROTE_ZH})?的?)(?={_ASKED_ZH})",
            rf"^(?:请问)?(?P<said>{_NAME_ZH}都?{_WROTE_ZH}的?)(?={_ASKED_ZH})",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Authorship:
    """An author's full `name`, and the question without it."""

    name: str
    rest: str


def find_authorship(question: str) -> Authorship | None:
    """Whose papers are asked for; None if nobody's are."""
    for form in _FORMS:
        if found := form.search(question):
            name = found.groupdict().get("name") or found["name_zh"]
            rest = f"{question[: found.start('said')]} {question[found.end('said') :]}"
            return Authorship(name, " ".join(rest.split()))
    return None
