"""What a record of an OAI-PMH repository says in Dublin Core (`oai_dc`), which all have.

Dublin Core has few fields and leaves open what stands in them: identifiers are ids, links and
citations, descriptions abstracts and remarks, dates those of versions or of the deposit.
"""

from __future__ import annotations

import re
from typing import Any

from indexer.identity import ArxivId, doi_link, find_doi, parse_arxiv_id
from indexer.language import language_of
from indexer.paper import Row, Text
from indexer.readers.fetched import first_in, text_of, texts_in
from indexer.readers.markup import EntryError, clean, find_date, unwrap

_ARXIV = "oai:arxiv.org:"
# "info:eu-repo/date/embargoEnd/2030-05-01", in OpenAIRE's words, is when a file will be free.
_EMBARGO = re.compile(r"embargo", re.IGNORECASE)
_YEAR_OR_MONTH = re.compile(r"(?<!\d)\d{4}(?:-(?:0[1-9]|1[0-2]))?(?!\d)")
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)", re.IGNORECASE)


def arxiv_id(identifier: str, metadata: dict[str, Any]) -> ArxivId | None:
    """The paper of arXiv that a record is about, at arXiv or elsewhere."""
    if identifier.lower().startswith(_ARXIV):
        return parse_arxiv_id(identifier[len(_ARXIV) :])
    stated = [each for each in texts_in(metadata, "identifier") if not each.strip().isdecimal()]
    return next(filter(None, (parse_arxiv_id(_DOI.sub("", each)) for each in stated)), None)


def as_arxiv(found: ArxivId, record: dict[str, Any]) -> dict[str, Any]:
    """The record of a paper of arXiv as arXiv's API would say it.

    arXiv's own dates are those of the first and the latest version, its first description is the
    abstract, and its subjects are names, so its sets say the categories. Other repositories date
    what they will (a deposit, a journal's issue), have no sets of arXiv's, and add remarks.
    """
    metadata = record["metadata"]
    own = text_of(record, "identifier").lower().startswith(_ARXIV)
    days = sorted(filter(None, map(find_date, texts_in(metadata, "date"))))
    described = texts_in(metadata, "description") or [""]
    abstract, *remarks = described if own else sorted(described, key=len, reverse=True)
    sets = map(_category, filter(None, record.get("sets") or ()))
    return {
        "id": found.key + (f"v{found.version}" if found.version else ""),
        "title": first_in(metadata, "title"),
        "abstract": abstract,
        "authors": list(map(_turned, texts_in(metadata, "creator"))),
        "published": days[0] if own and days else None,
        "updated": days[-1] if own and days else None,
        "categories": [each for each in sets if each and own],
        "comment": " ".join(remarks),
        "doi": next(filter(None, map(_doi, texts_in(metadata, "identifier"))), None),
    }


def as_row(number: int, identifier: str, metadata: dict[str, Any]) -> Row:
    """The row of a paper that is not arXiv's, known by its DOI where it has one.

    Raises `EntryError`.
    """
    if not (title := clean(first_in(metadata, "title"))):
        raise EntryError("the title is empty")
    stated = [each.strip() for each in texts_in(metadata, "identifier")]
    doi = next(filter(None, map(_doi, stated)), None)
    links = [each for each in stated if each.startswith(("http://", "https://"))]
    days = list(dict.fromkeys(texts_in(metadata, "date")))
    published = _published(days)
    # Repositories add words about rights and files; the abstract is the longest of them.
    described = [unwrap(each.splitlines()) for each in texts_in(metadata, "description")]
    described = sorted(filter(None, described), key=len, reverse=True)
    notes = [identifier] if identifier else []
    notes += [f"description: {each}" for each in described[1:]]
    notes += [f"dated {clean(each)}" for each in days if not published or not _full(each)]
    if subjects := ", ".join(dict.fromkeys(map(clean, texts_in(metadata, "subject")))):
        notes.append(f"subjects: {subjects}")
    return Row(
        line=number,
        end_line=number,
        title=title,
        title_language=language_of(title),
        url=doi_link(doi) if doi else next(iter(links), None),
        published=published,
        texts=tuple(Text("abstract", language_of(each), each) for each in described[:1]),
        authors=tuple(map(_turned, texts_in(metadata, "creator"))),
        notes=tuple(notes),
    )


def _published(days: list[str]) -> str | None:
    """The first full day, unless a year or a month says that the paper is older than that.

    Repositories give the day of the deposit in full, and often only the year of an old paper.
    """
    first = min(filter(None, map(_full, days)), default=None)
    inexact = [each for each in days if not (_full(each) or _EMBARGO.search(each))]
    rough = _YEAR_OR_MONTH.findall(" ".join(inexact))
    if first is None or any(each < first[: len(each)] for each in rough):
        return None
    return first


def _full(stated: str) -> str | None:
    """The ISO day of a date that has one and is about the paper."""
    return None if _EMBARGO.search(stated) else find_date(stated)


def _category(name: str) -> str:
    """The category that one of arXiv's sets is: "cs:cs:CV" is cs.CV, "physics:hep-th" hep-th."""
    return ".".join(name.split(":")[1:])


def _doi(text: str) -> str | None:
    """A DOI given as such, not one that stands somewhere in a citation."""
    bare = _DOI.sub("", text.strip())
    return find_doi(bare) if bare.startswith("10.") else None


def _turned(name: str) -> str:
    """Turn "Family, Given" round."""
    family, _, given = clean(name).partition(", ")
    return f"{given} {family}".strip()
