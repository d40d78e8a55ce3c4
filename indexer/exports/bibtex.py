r"""BibTeX, as LaTeX and every reference manager read it.

Chinese and accented letters stay as they are (UTF-8, which biber and current BibTeX styles
read). Addresses of code stand in `\url`, as styles print that field: a document needs one of
the packages url, hyperref and biblatex. bibtexparser writes the entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field

from indexer.exports.record import Record
from indexer.exports.reference import (
    CODE,
    NOTE_END,
    Reference,
    is_family_first,
    is_group,
    reference,
)
from indexer.latex import to_source

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WITHIN_KEYWORD = re.compile("[,;]")
_UNSAFE_IN_URL = re.compile(r"[\s{}\\%](?![0-9A-Fa-f]{2})|[\s{}\\]")
_UNSAFE_IN_KEY = re.compile(r"[^A-Za-z0-9:./+_-]")


class BibTex:
    """Writes one `@misc` entry for each paper, since what it knows are preprints."""

    media_type = "application/x-bibtex"
    suffix = ".bib"

    def head(self) -> str:
        """Nothing."""
        return ""

    def write(self, record: Record) -> str:
        """One entry and an empty line."""
        entry = Entry("misc", _key(record.paper.paper_id), list(_fields(reference(record.paper))))
        # The fields come enclosed: bibtexparser would put macros into braces too.
        return write_string(Library([entry]), unparse_stack=[]) + "\n"


def _fields(paper: Reference) -> Iterator[Field]:
    yield _field("title", f"{{{to_source(paper.title)}}}")  # braces keep its capitals
    if paper.authors:
        yield _field("author", " and ".join(map(_name, paper.authors)))
    if paper.year:
        yield _field("year", str(paper.year))
    if paper.month:
        yield Field("month", _MONTHS[paper.month - 1])  # a macro, so without braces
    if paper.day:  # biblatex's field, which knows the day too
        yield _field("date", f"{paper.year}-{paper.month:02}-{paper.day:02}")
    if paper.arxiv_id:
        yield _field("eprint", paper.arxiv_id)
        yield _field("archiveprefix", "arXiv")
        if paper.primary_category:
            yield _field("primaryclass", to_source(paper.primary_category))
    if paper.doi:
        yield _field("doi", _address(paper.doi))
    if paper.url:
        yield _field("url", _address(paper.url))
    if paper.abstract:
        yield _field("abstract", to_source(paper.abstract))
    if paper.keywords:
        yield _field("keywords", ", ".join(map(_keyword, paper.keywords)))
    if paper.code_urls:
        yield _field("howpublished", CODE + ", ".join(map(_printed, paper.code_urls)))
    yield _field("note", to_source(NOTE_END.join(paper.notes)))


def _field(key: str, value: str) -> Field:
    return Field(key, f"{{{value}}}")


def _name(name: str) -> str:
    """A name; one that BibTeX would cut or turn round stands in braces."""
    cut = " and " in name.casefold() or name.count(",") > 1 or name.casefold() == "others"
    # Most styles would print "李, 明" as "明 李".
    whole = cut or is_group(name) or is_family_first(name)
    return f"{{{to_source(name)}}}" if whole else to_source(name)


def _keyword(term: str) -> str:
    """A keyword, in which no comma or semicolon ends it."""
    return _WITHIN_KEYWORD.sub(r"{\g<0>}", to_source(term))


def _address(url: str) -> str:
    """An address, which is not escaped but must not unbalance the braces."""
    return _UNSAFE_IN_URL.sub(lambda found: f"%{ord(found[0][0]):02X}", url)


def _printed(url: str) -> str:
    """An address in a field that LaTeX prints, where "_" and "%" would mean something to it."""
    return f"\\url{{{_address(url)}}}"


def _key(paper_id: str) -> str:
    return _UNSAFE_IN_KEY.sub(lambda found: f"_{ord(found[0]):x}", paper_id)
