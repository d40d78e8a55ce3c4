"""Which papers a query names: by id or link, by title, by what they present, by an author."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from indexer.authors import author_key
from indexer.catalogue import Catalogue
from indexer.identity import OLD_ARCHIVE, bare_title, named_key
from indexer.paper import Paper

# A bare number is taken too: whether it is an id or a measurement is known by looking it up.
_ID = re.compile(
    r"(?:https?://[!-~]*/)?(?:arxiv[.:]\s*)?(?<!\d)(?<!\d\.)"
    rf"(?P<id>(?:\d{{4}}\.\d{{4,5}}|{OLD_ARCHIVE}(?:\.[a-z-]+)?/\d{{7}})(?:v\d+)?)(?!\d)(?:\.pdf)?",
    re.IGNORECASE | re.ASCII,
)
_HEAD = re.compile(r"[:：]")
_BEGINNING = 8
"""Characters of a title among which its first letter is."""
_HAN_NAME = re.compile(r"[㐀-鿿]{2,4}")


def current_id(catalogue: Catalogue, text: str) -> str:
    """The id of the paper that an id, a DOI or a link names, as papers are merged now; the text
    itself if it is none of these.
    """
    wanted = text.strip()
    named = whole_name(wanted)
    # Of an archive made before some spelling of a DOI was known, the id itself goes first.
    exact = ":" in wanted and catalogue.paper(wanted) is not None
    return catalogue.decisions().current(named if named and not exact else wanted)


def whole_name(text: str) -> str | None:
    """The key that a text names, if all of it is an id, a DOI or a link to a paper."""
    named = named_key(text)
    if named and named.startswith("doi:") and len(text.split()) > 1:
        return None  # a text that mentions a DOI is not its name
    return named


def with_titles(text: str, catalogue: Catalogue) -> tuple[str, tuple[str, ...]]:
    """A text with the titles of papers in the place of their ids and links, which say nothing to
    a model, and the ids of these papers, in order.
    """
    found: dict[str, str] = {}

    def title(name: str, written: str) -> str:
        paper = catalogue.paper(current_id(catalogue, name))
        if paper is None:
            return written
        return found.setdefault(paper.paper_id, paper.title)

    plain = unicodedata.normalize("NFKC", text)
    if (whole := title(text, "")) or (whole := title(plain, "")):
        return whole, tuple(found)
    told = _ID.sub(lambda match: title(match["id"], match[0]), plain)
    return (told, tuple(found)) if found else (text, ())


def named_among(paper_ids: Sequence[str], query: str, catalogue: Catalogue) -> list[str]:
    """Those of these papers that a query names as `is_named` knows it, in this order."""
    first = bare_title(query)[:1]
    marks = ",".join("?" * len(paper_ids))
    titles = catalogue.query(
        "SELECT paper.id, json_extract(value, '$.text') AS title FROM paper, "
        f"json_each(data, '$.titles') WHERE paper.id IN ({marks})",
        paper_ids,
    )
    # Most titles begin otherwise, which is soon seen.
    alike = {row["id"] for row in titles if bare_title(row["title"][:_BEGINNING])[:1] == first}
    papers = (catalogue.paper(each) for each in paper_ids if first and each in alike)
    return [paper.paper_id for paper in papers if paper is not None and is_named(paper, query)]


def is_named(paper: Paper, query: str) -> bool:
    """Whether a query is one of a paper's titles, or the name before a title's colon.

    Case, spacing and punctuation do not matter.
    """
    wanted = bare_title(query)
    if not wanted:
        return False
    for title in paper.titles:
        head, *rest = _HEAD.split(title.text, maxsplit=1)
        if wanted == bare_title(title.text) or (rest and wanted == bare_title(head)):
            return True
    return False


def is_full_name(query: str) -> bool:
    """Whether a query could be a person's full name: one word alone is more often a method, one
    behind an initial a term (x-ray, k-means).
    """
    words = author_key(query).split()
    return (2 <= len(words) <= 5 and len(words[0]) > 1) or _HAN_NAME.fullmatch(
        " ".join(words)
    ) is not None
