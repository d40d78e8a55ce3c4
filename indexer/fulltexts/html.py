"""The paragraphs of an HTML page: what LaTeXML writes (arXiv's own pages, ar5iv), and others.

HTML has no pages. Formulas are given as the LaTeX that they were made from. The library is an
extra, and known to this module alone.
"""

from __future__ import annotations

import re
from typing import Any

from embeddings.errors import ConfigError, InputError
from indexer.fulltexts.edges import STAMP
from indexer.fulltexts.paragraphs import Paragraph
from indexer.fulltexts.words import plain

MIN_CHARACTERS = 1500
"""Of text; a page with less is one that says that there is none, or an abstract's."""
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_LEFT_OUT = {"script", "style", "head", "nav", "button", "form", "svg", "iframe", "noscript",
             "template", "annotation-xml"}  # fmt: skip
_LEFT_OUT_CLASSES = {"ltx_page_header", "ltx_page_footer", "ltx_page_navbar", "ltx_TOC",
                     "ltx_note_mark", "ltx_role_newpage", "ltx_pagination", "package-alerts",
                     "html-header-nav", "ltx_ERROR"}  # fmt: skip
_BLOCKS = {"p", "div", "section", "article", "main", "body", "li", "ul", "ol", "dl", "dt", "dd",
           "table", "tbody", "thead", "tr", "figure", "figcaption", "blockquote", "pre", "br",
           "header", "footer", "aside", "hr"}  # fmt: skip


class UnreadableHtml(InputError):
    """A page that is no paper; its message says why, without the file's name."""


def read_paragraphs(data: bytes) -> list[Paragraph]:
    """The paragraphs of a page, headings among them. Raises `UnreadableHtml`, `ConfigError`."""
    try:
        from lxml import etree, html
    except ImportError as error:
        raise ConfigError(
            "Reading HTML needs another package: pip install 'paper-archive[fulltext]'"
        ) from error
    try:
        root = html.document_fromstring(_decoded(data), parser=html.HTMLParser(huge_tree=True))
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableHtml(f"is no HTML that can be read ({error})") from error
    walk = _Walk()
    walk.visit(root)
    walk.flush()
    found = walk.found
    if sum(len(each.text) for each in found) < MIN_CHARACTERS:
        raise UnreadableHtml("has hardly any text: it is no paper, or says that there is none")
    return found


class _Walk:
    """Goes through a tree in the order of reading."""

    def __init__(self) -> None:
        self.found: list[Paragraph] = []
        self._pieces: list[str] = []
        self._notes: list[str] = []
        self._titled = False

    def visit(self, node: Any) -> None:
        name = node.tag.lower() if isinstance(node.tag, str) else ""
        if name and not self._left_out(name, node):
            self._enter(name, node)
        if node.tail:
            self._pieces.append(node.tail)

    def _left_out(self, name: str, node: Any) -> bool:
        classes = set((node.get("class") or "").split())
        return name in _LEFT_OUT or not classes.isdisjoint(_LEFT_OUT_CLASSES)

    def _enter(self, name: str, node: Any) -> None:
        if name == "math":
            self._pieces.append(_formula(node))
        elif "ltx_note" in (node.get("class") or "").split():
            self._notes.append(plain("".join(node.itertext("span", "p"))))
        elif name in _HEADINGS:
            self.flush()
            self._children(node)
            self.flush(heading=self._titled or name != "h1")
            self._titled = True  # the first one of the highest level is the paper's title
        elif name in _BLOCKS:
            self.flush()
            self._children(node)
            self.flush()
        else:
            self._children(node)
            if name in ("td", "th"):
                self._pieces.append(" ")

    def _children(self, node: Any) -> None:
        self._pieces.append(node.text or "")
        for child in node:
            self.visit(child)

    def flush(self, *, heading: bool = False) -> None:
        text = plain("".join(self._pieces))
        notes, self._pieces, self._notes = self._notes, [], []
        for each in (text, *notes):
            if each and not STAMP.match(each):
                self.found.append(Paragraph(0, each, 0.0, heading and each is text))


def _formula(node: Any) -> str:
    """A formula's LaTeX, or its characters where nobody gives it."""
    latex = node.get("alttext") or ""
    if not latex:
        notes = node.xpath('.//*[local-name()="annotation"][contains(@encoding, "tex")]')
        latex = notes[0].text_content() if notes else ""
    return f"${plain(latex)}$" if latex.strip() else plain(node.text_content())


def _decoded(data: bytes) -> str | bytes:
    """UTF-8 where it is; else the parser looks for what the page says of itself."""
    try:
        # A declaration of an encoding is not for text that is decoded.
        return re.sub(r"^\s*<\?xml[^>]*\?>", "", data.decode("utf-8-sig").replace("\0", ""))
    except UnicodeDecodeError:
        return data
