"""Makes a row of the named pieces of an entry, whatever layout they were found in.

A piece is a field's name and its text as printed. What a field may look like is known here
(a title may be a link, authors are a list, a date may be no date); where it stood is not.
Nothing is thrown away: a date that is none, a second link and the like become notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from indexer.identity import OLD_ARCHIVE, links_to_arxiv, parse_arxiv_id
from indexer.language import language_of
from indexer.paper import Language, Row, Text, TextKind
from indexer.readers.layout import FieldName, Piece
from indexer.readers.links import plain_links, read_link, read_paper_url
from indexer.readers.markup import (
    NOTHING,
    EntryError,
    clean,
    clean_title,
    find_date,
    find_urls,
    split_names,
    unbold,
)

_TEXTS: tuple[TextKind, ...] = (
    "tldr", "summary", "motivation", "method", "result", "conclusion", "translation", "abstract",
)  # fmt: skip
_ET_AL = re.compile(r"[,，\s]*\b(?:et[.\s]*al\b\.?|and \d+ others)\s*$|等\s*$", re.IGNORECASE)
# arXiv's own pages write "Computation and Language (cs.CL)": not every word is a category.
_CATEGORY = re.compile(
    rf"(?<![\w.-])(?:[a-z]+(?:-[a-z]+)*\.[A-Za-z]+(?:-[A-Za-z]+)*|{OLD_ARCHIVE})(?![\w-])"
)
_TITLE_LINK = re.compile(r"\]\s*\(\s*<?https?://")
_HEADING_MARKS = re.compile(r"^\s*#+\s+")


@dataclass(frozen=True, slots=True)
class Context:
    """What the page said above an entry, and what the layout says of all its entries."""

    topic: str | None = None
    category: str | None = None
    language: Language | None = None
    optional: tuple[str, ...] = ()


@dataclass(slots=True)
class Pieces:
    """What was found of one entry, in the order in which it was found."""

    found: dict[FieldName, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, name: FieldName, text: str, label: str = "") -> None:
        """Add a piece; `label` is what the page calls it, for a note."""
        text = text.strip()
        if name == "ignore" or text.casefold() in NOTHING:
            return
        if name == "note":
            self.note(text, label)
        else:
            self.found.setdefault(name, []).append(text)

    def note(self, text: str, label: str = "") -> None:
        """Keep what belongs to no field."""
        text = "\n".join(line for raw in text.split("\n") if (line := clean(raw)))
        if text.casefold() not in NOTHING:
            self.notes.append(f"{label}: {text}" if label else text)

    def match(self, pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
        """Put every match's groups; the spans of the matches."""
        spans = []
        for match in pattern.finditer(text):
            spans.append(match.span())
            for name, value in match.groupdict().items():
                if value is not None:
                    self.put(name, value)  # type: ignore[arg-type]  # checked by the layout
        return spans

    def read(self, piece: Piece, text: str, label: str) -> None:
        """Put a column's text as its description says.

        Where its pattern finds nothing, all of it is the one kind of text that the pattern
        names, else a note.
        """
        if piece.field:
            self.put(piece.field, text, label)
        elif piece.pattern and text.strip().casefold() not in NOTHING:
            before = len(self.notes)
            if not self.match(piece.pattern, text):
                self.put(piece.whole or "note", text, label)
            self.notes[before:] = _labelled(self.notes[before:], label)

    def row(self, line: int, end_line: int, context: Context) -> Row:
        """The row that the pieces make. Raises `EntryError` if they make none."""
        title, url, arxiv_id, version = self._title_and_link(context.optional)
        published = find_date(self._first("published"))
        if published is None and self._first("published"):
            self.note(self._first("published"), "published")
        code = tuple(dict.fromkeys(u for text in self._all("code") for u in find_urls(text)))
        if not code:
            self._keep("code")
        categories = [
            found for text in self._all("categories") for found in _CATEGORY.findall(text)
        ]
        if not categories:
            self._keep("categories")
        topics = [clean(topic) for topic in self._all("topics")]
        return Row(
            line=line,
            end_line=end_line,
            title=title,
            title_language=language_of(title),
            arxiv_id=arxiv_id,
            version=version,
            url=url,
            published=published,
            texts=tuple(self._texts(context.language)),
            authors=_authors(self._all("authors")),
            topics=_distinct((context.topic or "", *topics)),
            categories=_distinct((context.category or "", *categories)),
            code_urls=code,
            notes=_distinct(self.notes),
        )

    def _title_and_link(
        self, optional: tuple[str, ...]
    ) -> tuple[str, str | None, str | None, int | None]:
        title, *others = self._all("title") or [""]
        title = _unbold_whole(plain_links(title))
        links = list(self._all("link"))
        if _TITLE_LINK.search(title):
            link = read_link(title)
            title = link.title
            for rest in link.notes:
                self.note(rest, "title")
            links.insert(0, link.url)
        else:
            title = clean_title(title)
        for other in others:
            self.note(other, "title")
        if not title and "title" not in optional:
            raise EntryError("the title is empty")
        read = [found for text in links if (found := _read_address(text))]
        if not read:
            if "link" not in optional:
                raise EntryError(
                    "no link to the paper" if not links else f"no link in {links[0]!r}"
                )
            return title, None, None, None
        url, arxiv_id, version = next((found for found in read if found[1]), read[0])
        for other_url, other_id, other_version in read:
            if other_id == arxiv_id:
                version = version or other_version
            else:
                self.note(other_url, "link")
        return title, url, arxiv_id, version

    def _texts(self, forced: Language | None) -> Iterable[Text]:
        for kind in _TEXTS:
            for raw in self._all(kind):
                if kind == "abstract":
                    text = clean(raw)
                    if (forced or language_of(text)) == "zh":
                        yield Text("translation", "zh", unbold(text))
                    else:
                        yield Text("abstract", "en", text)
                elif text := _plain(raw):
                    yield Text(kind, forced or language_of(text), text)

    def _all(self, name: FieldName) -> list[str]:
        return self.found.get(name, [])

    def _first(self, name: FieldName) -> str:
        return next(iter(self._all(name)), "")

    def _keep(self, name: FieldName) -> None:
        for text in self._all(name):
            self.note(text, name)


def read_columns(columns: Mapping[str, Piece], cells: Iterable[tuple[str, str]]) -> Pieces:
    """The pieces that named cells hold; a cell of an undescribed column is a note."""
    pieces = Pieces()
    for name, cell in cells:
        piece = columns.get(name)
        if piece is None:
            pieces.note(cell, name)
        else:
            pieces.read(piece, cell, name)
    return pieces


def _plain(raw: str) -> str:
    """A text that a digest wrote itself, without marks of headings and bold words."""
    lines = (clean(_HEADING_MARKS.sub("", line)) for line in unbold(raw).split("\n"))
    return "\n".join(line for line in lines if line)


def _read_address(text: str) -> tuple[str, str | None, int | None] | None:
    """The address in a text, which may also be a bare arXiv id, with the id and version."""
    if paper := parse_arxiv_id(text):
        version = f"v{paper.version}" if paper.version else ""
        own = f"https://arxiv.org/abs/{paper.key}{version}"
        return text if text.startswith("http") else own, paper.key, paper.version
    urls = find_urls(text)
    if not urls:
        return None
    url = max(urls, key=lambda each: (parse_arxiv_id(each) is not None, links_to_arxiv(each)))
    return (url, *read_paper_url(url))


def _authors(texts: Iterable[str]) -> tuple[str, ...]:
    bare = (_ET_AL.sub("", clean(unbold(text))) for text in texts)
    split = (name for text in bare for name in split_names(text, ",，;；、"))
    names = (each for name in split for each in _without_and(name))
    return _distinct(name for name in names if name.casefold() not in NOTHING)


def _without_and(name: str) -> list[str]:
    """The names on both sides of an "and"; one word on a side is part of a group's name."""
    names = name.removeprefix("and ").split(" and ")
    return names if all(" " in each for each in names) else [" and ".join(names)]


def _unbold_whole(title: str) -> str:
    inner = title.removeprefix("**").removesuffix("**")
    return inner.strip() if len(inner) == len(title) - 4 and "**" not in inner else title


def _labelled(notes: list[str], label: str) -> list[str]:
    """One note of all that a column's pattern found for it."""
    bare = [note.removeprefix(f"{label}: ") for note in notes]
    return [f"{label}: {', '.join(bare)}"] if bare else []


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
