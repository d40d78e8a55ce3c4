"""The small grammar that all writers share, the inverse of `indexer.readers.markup`.

Whatever a reader, or Markdown, would take for markup is written as an entity, so that a page
looks right and reads back exactly. Formulas stay as they are but for `<` and `|`. White space
has no place in any layout: runs of it are one space, and a text's lines are parted by `<br>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from embeddings.errors import InputError
from indexer.language import language_of
from indexer.paper import Language, Row, Text, TextKind
from indexer.readers.links import read_paper_url
from indexer.readers.markup import (
    ENTITY,
    NOTHING,
    WRAPPINGS,
    EntryError,
    find_date,
    squeeze,
)
from indexer.readers.slot import LABELS, NOTES

_NAMED = {"<": "&lt;", "&": "&amp;"}
_ADDRESS = re.compile(r"https?://\S+")
_COLON = {"en": ": ", "zh": "："}
Item = TypeVar("Item")


def problem_with(row: Row) -> str | None:
    """Why no layout can hold a row; None if all can.

    Every layout is a list of titled links, and its reader takes no title without a letter or
    digit and no arXiv link without an id.
    """
    if not re.search(r"\w", row.title):
        return "its title has neither letter nor digit"
    url = _url(row)
    if url is None or not _ADDRESS.fullmatch(url):
        return "it has no web address to link to"
    try:
        read_paper_url(url)
    except EntryError as problem:
        return str(problem)
    return None


def normal(row: Row) -> Row:
    """A row as a reader would give it: spaces and languages settled, ids from its link.

    Raises `InputError` where `problem_with` finds one.
    """
    if problem := problem_with(row):
        raise InputError(f"{row.title!r} cannot be written into a digest: {problem}")
    url = _url(row) or ""
    arxiv_id, version = read_paper_url(url)
    title = _line(row.title)
    stated = row.published or ""
    return replace(
        row,
        title=title,
        title_language=language_of(title),
        arxiv_id=arxiv_id,
        version=version,
        url=url,
        published=stated if find_date(stated) == stated else None,
        texts=tuple(
            Text(text.kind, text.language, lines)
            for text in row.texts
            if (lines := _lines(text.text))
        ),
        authors=_nonempty(row.authors, _line),
        topics=_nonempty(row.topics, _line),
        categories=_nonempty(row.categories, _line),
        code_urls=tuple(dict.fromkeys(url for url in row.code_urls if _ADDRESS.fullmatch(url))),
        notes=_nonempty(row.notes, _lines),
    )


def grouped(rows: list[Row], group_of: Callable[[Row], str | None]) -> dict[str | None, list[Row]]:
    """Rows by group, in the order in which groups first occur, those without one first."""
    groups: dict[str | None, list[Row]] = {None: []}
    for row in rows:
        groups.setdefault(group_of(row), []).append(row)
    return groups


def escape(text: str, also: str = "|") -> str:
    """A text without markup: entities, tags, bold, links and the characters `also` escaped.

    Backslashes before such a character too, since Markdown would unescape by them.
    """
    markup = rf"\\*(?:(?={ENTITY})&|<|\*\*+|\](?=\()|[{re.escape(also)}])"
    return re.sub(markup, lambda found: "".join(map(reference, found[0])), text)


def reference(character: str) -> str:
    """A character as an entity."""
    return _NAMED.get(character, f"&#{ord(character)};")


def escape_first(text: str, also: str = "|") -> str:
    """A text with its first character escaped, whatever it is, and its markup as `escape` does."""
    return reference(text[0]) + escape(text[1:], also)


def write_title(title: str) -> str:
    """A title that may stand in a link; quotes around it stay."""
    wrapped = any(title.startswith(left) for left, _ in WRAPPINGS)
    return (escape_first if wrapped else escape)(title, "|[]")


def write_address(url: str) -> str:
    """A web address that may stand in a link."""
    return escape(url, "|()[]>")


def write_link(row: Row) -> str:
    """A row's titled link."""
    return f"[{write_title(row.title)}]({write_address(row.url or '')})"


def write_text(text: str) -> str:
    """A text on one line. A word that pages print for "there is none" stays a word."""
    escaped = (escape_first if text.casefold() in NOTHING else escape)(text)
    return escaped.replace("\n", "<br>")


def write_labelled(text: Text) -> str:
    """A text behind its label, as `indexer.readers.slot` reads it."""
    label = LABELS[text.language][text.kind] + _COLON[text.language].rstrip()
    return f"<b>{label}</b> {write_text(text.text)}"


def write_note(note: str) -> str:
    """A note behind its label, as `indexer.readers.slot` reads it."""
    language = language_of(note)
    return f"<b>{NOTES[language]}{_COLON[language].rstrip()}</b> {write_text(note)}"


def write_slot(row: Row, plain: Callable[[Language], TextKind]) -> str:
    """A row's texts and notes on one line.

    `plain` says as what the layout reads a text without a label; only the first may be one.
    """
    pieces = [
        write_text(text.text) if place == 0 and is_plain(text, plain) else write_labelled(text)
        for place, text in enumerate(row.texts)
    ]
    return "<br>".join([*pieces, *map(write_note, row.notes)])


def is_plain(text: Text, plain: Callable[[Language], TextKind]) -> bool:
    """Whether a layout reads a text without a label as what it is."""
    return text.language == language_of(text.text) and text.kind == plain(text.language)


def abstract_kind(language: Language) -> TextKind:
    """As what a table reads an abstract: the authors' own if English, translated if Chinese."""
    return "translation" if language == "zh" else "abstract"


def _url(row: Row) -> str | None:
    if row.url is None and row.arxiv_id:
        version = f"v{row.version}" if row.version else ""
        return f"https://arxiv.org/abs/{row.arxiv_id}{version}"
    return row.url


def _line(text: str) -> str:
    # No file with this character is taken for text.
    return squeeze(text.replace("\0", " "))


def _lines(text: str) -> str:
    return "\n".join(line for raw in text.split("\n") if (line := _line(raw)))


def _nonempty(values: tuple[str, ...], settle: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(settled for value in values if (settled := settle(value)))
