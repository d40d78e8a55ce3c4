"""The subquestions of one that asks the same of several papers: "How fast are A and B?"

No sentence of one paper answers for the other, so each is asked about by itself. Whether every
one of them is answered is `asker`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from embeddings.lexical import fold
from indexer.paper import Paper
from search_api.answers.naming import own_names
from search_api.answers.question import Question

_AND = r"\s*(?:[、,，&/]|和|与|跟|以?及|[,，]?\s*\b(?:and|or|vs\.?)(?!\w))\s*"
_COMPARES = re.compile(
    r"\b(?:between|differs?|differences?|compare[ds]?|comparisons?)\b"
    r"|相比|比较|对比|区别|差[异别]|有(?:什么|何|哪些|啥)?不同",
    re.IGNORECASE,
)
"""What asks about papers beside each other; none of them answers it alone."""
_EACH = re.compile(
    r"分别|各自|各(?=[有是为用能在达提])|[这那][两三几][个种项篇]|,?\s*\b(?:respectively|each|both)\b",
    re.IGNORECASE,
)


def subquestions(question: Question, papers: Iterable[Paper]) -> dict[str, str]:
    """The question about each of the papers that it names side by side, by paper id; empty
    where it names fewer than two, compares them, or asks for papers.
    """
    if "papers" in question.wants:
        return {}
    if _COMPARES.search(question.text) and not _EACH.search(question.text):
        return {}
    owners: dict[str, str] = {}
    for paper in papers:
        for name in own_names(question, paper):
            owners.setdefault(name, paper.paper_id)
    if len(set(owners.values())) < 2:
        return {}
    name = "|".join(re.escape(each) for each in sorted(owners, key=len, reverse=True))
    one = rf"(?<![A-Za-z0-9-])(?:{name})(?![A-Za-z0-9-])"
    quoted = rf"[《“\"「']?{one}[》”\"」']?"
    listed = re.search(rf"{quoted}(?:{_AND}{quoted})+", question.text, re.IGNORECASE)
    if listed is None:
        return {}
    before, after = question.text[: listed.start()], question.text[listed.end() :]
    found = {}
    for each in re.finditer(one, listed[0], re.IGNORECASE):
        if paper_id := owners.get(fold(each[0])):
            apart = _EACH.sub("", before + each[0] + after)
            found[paper_id] = " ".join(apart.split())
    return found if len(found) > 1 else {}
