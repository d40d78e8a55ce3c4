"""From a record's named fields to a row, whatever program named them.

Reference managers, data sets and spreadsheets call the same things by many names; all that
are known stand here. Fields without a known name say nothing to this archive and are left
where they are; every format keeps its file and line, so nothing is lost for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast, get_args

from indexer.bulk.base import Unusable
from indexer.bulk.dates import date_of, joined, most_exact
from indexer.bulk.names import names_in
from indexer.bulk.notes import codes_and_notes
from indexer.identity import ArxivId, doi_link, find_arxiv_ids, find_doi, named_key, parse_arxiv_id
from indexer.language import language_of
from indexer.paper import PRECISIONS, Language, Row, Text, TextKind

TITLES = ("title", "primary_title")
_IDS = ("arxiv_id", "arxiv", "eprint", "paper_id", "id", "doi", "url", "link", "number",
        "report_number", "archive_location", "urls", "pdf_url", "entry_id", "note")  # fmt: skip
_NAMING = ("extra", "journal", "journaltitle", "journal_name", "container_title",
           "publication_title", "howpublished")  # fmt: skip
"""Where "arXiv preprint arXiv:1706.03762" stands; a longer note may name another paper."""
_AUTHORS = ("authors", "author", "first_authors")
_DATES = ("published", "date", "publication_date", "issued", "publication_year", "year")
_URLS = ("url", "link", "urls", "pdf_url")
_CATEGORIES = ("categories", "category", "primary_category", "primaryclass", "primary_class")
_TOPICS = ("topics", "topic", "keywords", "tags", "manual_tags")
_CODE = ("code_urls", "code_url", "code", "repository", "github")
_NOTES = ("notes", "note", "comments", "comment", "journal_ref", "journal", "journaltitle",
          "booktitle", "book_title", "publication_title", "container_title", "journal_name",
          "venue", "extra", "report_no", "automatic_tags", "howpublished")  # fmt: skip
_TEXTS: dict[str, TextKind] = {kind: kind for kind in get_args(TextKind)} | {
    "abstract_note": "abstract", "notes_abstract": "abstract",
}  # fmt: skip
KNOWN = frozenset((*_IDS, *_AUTHORS, *_DATES, *_URLS, *_TEXTS, "abstract_en", "abstract_zh"))
_LANGUAGES = get_args(Language)
_BETWEEN_WORDS = re.compile(r"[\s;,]+")
_BETWEEN_TERMS = re.compile(r"\s*[;,]\s*")
_NEW_WORD = re.compile(r"(?<=[a-z])(?=[A-Z](?!iv))")
"""Within "abstractNote", but not within "arXiv"."""
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]{2}|\.[a-z]+(?:-[a-z]+)+)")
# What other programs leave in texts: a terminal or a store could stumble over it.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@lru_cache(maxsize=1000)  # the same few names stand in every record
def folded(name: str) -> str:
    """A field's name as it is compared: "Abstract Note" and "abstractNote" are "abstract_note"."""
    return re.sub(r"[\s-]+", "_", _NEW_WORD.sub("_", name.strip()).casefold())


def to_row(record: Mapping[str, Any], line: int, end_line: int | None = None) -> Row:
    """The row that a record is. Raises `Unusable` for a record without a title."""
    fields = _folded(record)
    if isinstance(ids := fields.get("external_ids"), Mapping):  # Semantic Scholar's
        fields = _folded(ids) | fields
    title = next(_all(fields, TITLES), "")
    if not title:
        raise Unusable("has no title")
    arxiv = _arxiv_id(fields)
    published, unsure = _published(fields)
    url, notes = _url(fields, arxiv)
    categories = list(_several(fields, _CATEGORIES, _BETWEEN_WORDS))
    topics = list(_several(fields, _TOPICS, _BETWEEN_TERMS))
    categories += [each for each in topics if _CATEGORY.fullmatch(each)]
    own_id = next(_all(fields, ("id",)), None)
    if own_id and arxiv is None:
        notes.append(f"id {own_id}")
    if unsure:
        notes.append(f"dated {unsure}")
    codes, said = codes_and_notes(_all(fields, _NOTES))
    notes += map(squeezed, said)
    return Row(
        line=line,
        end_line=end_line or line,
        title=squeezed(title),
        title_language=language_of(title),
        arxiv_id=arxiv.key if arxiv else None,
        version=arxiv.version if arxiv else None,
        url=url,
        published=published,
        texts=tuple(dict.fromkeys(_texts(fields))),
        authors=_unique(name for key in _AUTHORS for name in names_in(fields.get(key))),
        topics=_unique(each for each in topics if not _CATEGORY.fullmatch(each)),
        categories=_unique(categories),
        code_urls=_unique((*_several(fields, _CODE, _BETWEEN_WORDS), *codes)),
        notes=_unique(notes),
    )


def squeezed(text: str) -> str:
    """A text on one line, without characters that only command machines."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _folded(record: Mapping[str, Any]) -> dict[str, Any]:
    return {folded(name): value for name, value in record.items() if value not in (None, "")}


def _arxiv_id(fields: Mapping[str, Any]) -> ArxivId | None:
    for text in _all(fields, _IDS):
        if found := parse_arxiv_id(text):
            return found
    # DBLP's condensed entries have arXiv's ids as volumes of a journal CoRR.
    volumes = (each[4:] for each in _all(fields, ("volume",)) if each.startswith("abs/"))
    if found := next(filter(None, map(parse_arxiv_id, volumes)), None):
        return found
    named = map(find_arxiv_ids, _all(fields, _NAMING))
    return next((found[0] for found in named if found), None)


def _published(fields: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The day, month or year of publication, or what was said instead of one."""
    said = list(_all(fields, _DATES))
    if (precision := fields.get("date_precision")) in PRECISIONS:  # of the archive's own table
        said = [each[: PRECISIONS[precision]] for each in said]
    known = most_exact(filter(None, map(date_of, said)))
    if known is None:
        return None, next((squeezed(text) for text in said), None)
    if len(known) == len("2015") and (month := next(_all(fields, ("month",)), None)):
        stated = joined(known, month, next(_all(fields, ("day",)), ""))
        # BibTeX's month may hold the day as well: "17 may".
        return most_exact(filter(None, (stated, date_of(f"{month} {known}"), known))), None
    return known, None


def _url(fields: Mapping[str, Any], arxiv: ArxivId | None) -> tuple[str | None, list[str]]:
    """Where the paper is, by which it can be known again, and notes with what else was said."""
    given = [text.strip() for text in _all(fields, _URLS)]
    url = next(iter(given), None)
    doi = next(filter(None, map(find_doi, _all(fields, ("doi",)))), None)
    if arxiv:
        own = doi is not None and parse_arxiv_id(doi) is None
        others = (each for each in given[1:] if named_key(each) != arxiv.key)
        also = _also(others) + ([f"doi:{doi}"] if own else [])
        return url or f"https://arxiv.org/abs/{arxiv.key}", also
    if doi and not (url and find_doi(url)):
        return doi_link(doi), _also(given)
    return url, _also(given[1:])


def _also(urls: Iterable[str]) -> list[str]:
    return [f"also at {url}" for url in urls]


def _texts(fields: Mapping[str, Any]) -> Iterator[Text]:
    for name, value in fields.items():
        if name in _LANGUAGES and isinstance(value, Mapping):
            for kind in value.keys() & _TEXTS.keys():
                yield from _text(_TEXTS[kind], cast(Language, name), value[kind])
            continue
        bare, _, suffix = name.rpartition("_")
        if name in _TEXTS:
            yield from _text(_TEXTS[name], None, value)
        elif bare in _TEXTS and suffix in _LANGUAGES:
            yield from _text(_TEXTS[bare], cast(Language, suffix), value)


def _text(kind: TextKind, language: Language | None, value: object) -> Iterator[Text]:
    for each in _strings(value):
        if text := squeezed(each):
            yield Text(kind, language or language_of(text), text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, str) and each.strip():
                yield each


def _all(fields: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    """Every string under any of these names, in their order."""
    for name in names:
        if name in fields:
            yield from _strings(fields[name])


def _several(
    fields: Mapping[str, Any], names: Iterable[str], between: re.Pattern[str]
) -> Iterator[str]:
    """Every value under any of these names; a list's elements, or what a string divides."""
    for name in names:
        value = fields.get(name)
        parts = between.split(value) if isinstance(value, str) else _strings(value)
        yield from filter(None, map(squeezed, parts))


def _unique(values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
