"""Reads what a digest of free form says of one paper, line by line.

A label says what follows it, up to the next one. What has no label is told by its looks:
names, a date, categories and links; the rest is a text. Nothing is thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.identity import parse_arxiv_id
from indexer.language import language_of
from indexer.readers.fields import Pieces
from indexer.readers.labels import (
    SHORT,
    Label,
    is_names,
    is_prose,
    read_caption,
    read_label,
)
from indexer.readers.markup import find_date, find_urls, join_wrapped
from indexer.readers.titled import Titled, beside_links, named_paper, only_links, papers

_BREAKS = re.compile(r"<br\s*/?>|</?(?:details|div|p|ul|ol|li)\b[^<>]*>", re.IGNORECASE)
_CAPTION = re.compile(r"(<summary>)((?:(?!</?summary>).)*)(</summary>)", re.IGNORECASE | re.DOTALL)
_BOLD = re.compile(r"</?(?:b|strong)>", re.IGNORECASE)
_HTML_LINK = re.compile(
    r"<a\b[^<>]*\bhref=[\"'](https?://[^\"'<>]+)[\"'][^<>]*>((?:(?!<a\b).)*?)</a>", re.IGNORECASE
)
RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
_QUOTE = re.compile(r"^\s*>\s?")
_POINT = re.compile(r"^\s*(?:[*+-]|\d{1,2}[.)、])\s+")
_BULLET = re.compile(r"^\s*[*+-]\s+")
_JOINTS = re.compile(r"(?<!\s)(?:\s|&nbsp;)++[|·•｜/](?:\s|&nbsp;)+")
_INNER_LABEL = re.compile(
    r"(?<=[\w.,;)\]`])\s+(?=(?:[^\w\s*]+\s*)?\*\*[^*:：]{1,30}(?:\*\*\s*[:：]|[:：]\s*\*\*))"
)
_ONLY_DATE = re.compile(r"[^\w*]*\**\d{4}(?:[-./]\d\d?[-./]\d\d?|年\d\d?月\d\d?日)\W*")
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?\.[A-Za-z-]{2,}")
_IN_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_BETWEEN = re.compile(r"[^\w.-]+")


class _Body:
    """What was read of an entry so far, and the label that lines stand under."""

    def __init__(self, titled: Titled) -> None:
        self.pieces = Pieces()
        self._title = titled
        self._label: Label | None = None
        self._lines: list[str] = []
        self._quoted = False
        self._ends = False  # with the line, since the label is one of few words
        for link in titled.links:
            self._link(link.words.strip("[]"), link.url, code=link.is_code)

    def open(self, label: Label | None) -> None:
        """Keep what stood under the last label, and begin another, or none."""
        self._keep()
        self._label, self._quoted = label, False
        self._lines = [label.text] if label and label.text else []
        self._ends = label is not None and bool(label.text) and _is_short(label)

    def say(self, line: str, *, quoted: bool) -> None:
        """Take a piece of a line."""
        label = read_label(line) or read_caption(line)
        if label and label.field is None and is_names(line):
            label = None
        if label:
            self.open(label)
            self._quoted = quoted
            return
        if self._ends:
            self.open(None)
        if not self._goes_on(line):
            if self._label and self._label.field not in SHORT and only_links(line):
                self.open(None)
            if self._tell(line):
                return
        apart = self._label is None or not "".join(self._lines[-1:]).strip()
        if quoted != self._quoted and apart and any(self._lines):
            self.open(None)
        self._quoted = quoted
        self._lines.append(line)

    def _goes_on(self, line: str) -> bool:
        """Whether a line is a bare address that the sentence above it ends with."""
        above = self._lines[-1].rstrip() if self._lines else ""
        return line.strip().startswith("http") and bool(re.search(r"[\w:：]$", above))

    def blank(self) -> None:
        """Take a blank line: it ends a paragraph, and what is said in few words."""
        if self._label and self._label.field in SHORT and self._lines:
            self.open(None)
        self._lines.append("")

    def finish(self) -> Pieces:
        """All pieces. A title under a label of its own counts, but not a translated one."""
        self.open(None)
        titles = self.pieces.found.get("title", [])
        own = self._title.title
        kept = language_of(" ".join(titles)) == "zh" != language_of(own)
        self.pieces.found["title"] = [own, *titles] if kept else [*titles, own]
        if self._title.url:
            self.pieces.found.setdefault("link", []).insert(0, self._title.url)
        return self.pieces

    def _tell(self, line: str) -> bool:
        """Put what needs no label to be known. A label above it says more of it."""
        if self._label and self._label.field:
            return False
        if links := only_links(line):
            for link in links:
                self._link(link.words, link.url, code=link.is_code)
        elif is_names(line) and not any(self._lines) and not self.pieces.found.get("authors"):
            self.pieces.put("authors", re.sub(r"^[^\w*]+", "", line).strip(" *_.·—–-"))
        elif _ONLY_DATE.fullmatch(line):
            self.pieces.put("published", line)
        elif _is_categories(line):
            self.pieces.put("categories", line)
        else:
            return False
        return True

    def _link(self, words: str, url: str, *, code: bool) -> None:
        if papers(url):
            self.pieces.put("link", url)
        elif code:
            self.pieces.put("code", url)
        elif self._title.url is None and not self.pieces.found.get("link"):
            self.pieces.put("link", url)
        else:
            self.pieces.note(url, words)

    def _keep(self) -> None:
        label, lines, self._lines = self._label, self._lines, []
        field = label.field if label else None
        if label and field in SHORT:
            said = (_POINT.sub("", line).strip() for line in lines if line.strip())
            self._keep_short(label, ", ".join(said))
            return
        paragraphs = list(_paragraphs(lines))
        if field is None:
            for paragraph in paragraphs:
                if not is_prose(paragraph):
                    self.pieces.note(paragraph, label.name if label else "")
            paragraphs = list(filter(is_prose, paragraphs))
        if not paragraphs:
            return
        text = "\n".join(paragraphs) if len(paragraphs) > 1 else _BULLET.sub("", paragraphs[0])
        if field:
            self.pieces.put(field, text)
        elif self._quoted and label is None and language_of(text) == "en":
            self.pieces.put("abstract", text)
        else:
            self.pieces.put("summary", f"{label.name}: {text}" if label and label.name else text)

    def _keep_short(self, label: Label, text: str) -> None:
        links = only_links(text) if label.field in ("link", "code") else []
        for link in links:
            code = link.is_code or label.field == "code"
            self._link(link.words or label.name, link.url, code=code)
        if label.field in ("link", "code") and not links:
            self._keep_link(label, text)
        elif label.field and not links:
            self.pieces.put(label.field, text, label.name)

    def _keep_link(self, label: Label, text: str) -> None:
        """Keep a link or id that more is said beside, and what that is."""
        urls = find_urls(text)
        paper = None if urls or label.field == "code" else named_paper(text)
        if paper:
            version = f"v{paper.version}" if paper.version else ""
            self.pieces.put("link", f"arXiv:{paper.key}{version}")
            if parse_arxiv_id(text) is None:
                self.pieces.note(text, label.name)
            return
        self.pieces.put("code" if label.field == "code" else "link", text)
        if not urls:
            return
        said = beside_links(text)
        if label.field == "link" and is_prose(_IN_BRACKETS.sub("", said)):
            self.pieces.put("summary", said)
        else:
            self.pieces.note(text, label.name)


def read_free_text(titled: Titled, lines: Iterable[str]) -> Pieces:
    """The pieces of an entry: its title, and what the lines below it say."""
    body = _Body(titled)
    for line in _lines("\n".join(lines)):
        bare = _QUOTE.sub("", line, count=1)
        if RULE.fullmatch(line):
            body.open(None)
        elif not bare.strip():
            body.blank()
        else:
            for piece in _split(bare):
                body.say(piece, quoted=bare != line)
    return body.finish()


def _is_short(label: Label) -> bool:
    return label.field in SHORT or (label.field is None and not is_prose(label.text))


def _lines(text: str) -> list[str]:
    text = _CAPTION.sub(r"\n\1\2\3\n", _BREAKS.sub("\n", text))
    return _HTML_LINK.sub(r"[\2](\1)", _BOLD.sub("**", text)).split("\n")


def _split(line: str) -> list[str]:
    """The pieces of a line that says several things: "**Authors:** Ann A | 2025-01-02"."""
    joined = [each for piece in _JOINTS.split(line) for each in _INNER_LABEL.split(piece)]
    pieces = [piece for piece in joined if piece.strip()]
    told = [_is_told(piece) for piece in pieces]
    return pieces if len(pieces) > 1 and told[0] and any(told[1:]) else [line]


def _is_told(piece: str) -> bool:
    return bool(
        read_label(piece)
        or only_links(piece)
        or is_names(piece)
        or _ONLY_DATE.fullmatch(piece)
        or _is_categories(piece)
        or find_date(piece)
    )


def _is_categories(line: str) -> bool:
    words = [word for word in _BETWEEN.split(line) if word]
    return bool(words) and all(map(_CATEGORY.fullmatch, words))


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined to paragraphs and points, one on a line each."""
    said: list[str] = []
    for line in [*lines, ""]:
        if said and (not line.strip() or _POINT.match(line)):
            yield join_wrapped(said)
            said = []
        if line.strip():
            said.append(line)
