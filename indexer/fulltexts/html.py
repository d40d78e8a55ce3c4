"""The paragraphs of an HTML page: what LaTeXML writes (arXiv's own pages, ar5iv), and others.

HTML has no pages. Formulas are given as the LaTeX that they were made from. The library is an
extra, and known to this module alone.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Any

from embeddings.errors import InputError, MissingPackage
from indexer.encoding import guess_text, meant, mend
from indexer.fulltexts.edges import STAMP, STAMPED_DAY
from indexer.fulltexts.paragraphs import Paragraph
from indexer.fulltexts.words import plain

MIN_CHARACTERS = 1500
"""Of text; a page with less is one that says that there is none, or an abstract's."""
_REFERENCES = "ltx_bibliography"
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_FEW_BAD = 0.001
"""Of a page's characters; with fewer it is UTF-8 that was damaged."""
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_LEFT_OUT = {"script", "style", "head", "nav", "button", "input", "select", "textarea", "svg",
             "iframe", "noscript", "template", "annotation-xml"}  # fmt: skip
_LEFT_OUT_CLASSES = {"ltx_page_header", "ltx_page_footer", "ltx_page_navbar", "ltx_TOC",
                     "ltx_note_mark", "ltx_tag_note", "ltx_role_newpage", "ltx_pagination",
                     "package-alerts", "html-header-nav", "ltx_ERROR", "mw-editsection",
                     _REFERENCES}  # fmt: skip
_BLOCKS = {"p", "div", "section", "article", "main", "body", "li", "ul", "ol", "dl", "dt", "dd",
           "table", "caption", "tbody", "thead", "tfoot", "tr", "figure", "figcaption",
           "blockquote", "pre", "br", "header", "footer", "aside", "hr", "address", "center",
           "details", "summary", "dialog", "fieldset", "legend", "form", "hgroup", "menu",
           "search"}  # fmt: skip
# Within a line LaTeXML writes tables and paragraphs as spans.
_BLOCK_CLASSES = {"ltx_tabular", "ltx_tr", "ltx_p"}
_CELL_CLASSES = {"ltx_td", "ltx_th"}


class UnreadableHtml(InputError):
    """A page that is no paper; its message says why, without the file's name."""


@dataclass(frozen=True, slots=True)
class HtmlText:
    """What a page says: its paragraphs, headings among them, what arXiv printed on it ("" if
    nothing), and whether a list of references was left out.
    """

    paragraphs: list[Paragraph]
    stamp: str
    references: bool


def read_html(data: bytes) -> HtmlText:
    """The text of a page. Raises `UnreadableHtml`, `MissingPackage`."""
    try:
        from lxml import etree, html
    except ImportError as error:
        raise MissingPackage("reading HTML", "lxml", "fulltext") from error
    parser = html.HTMLParser(huge_tree=True)
    try:
        root = html.document_fromstring(_decoded(data), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableHtml(f"is no HTML that can be read ({error})") from error
    if any(each.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for each in parser.error_log):
        raise UnreadableHtml("has tags nested too deeply to be read whole")
    walk = _Walk()
    # No recursion: some pages nest thousands of tags that nobody closed.
    steps = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in steps:
        if event == "start":
            if not walk.enter(node):
                steps.skip_subtree()
            continue
        if event == "end":
            walk.leave(node)
        walk.add(node.tail)
    walk.flush()
    if sum(len(each.text) for each in walk.found) < MIN_CHARACTERS:
        raise UnreadableHtml("has hardly any text: it is no paper, or says that there is none")
    return HtmlText(walk.found, walk.stamp, walk.references)


class _Walk:
    """Goes through a tree in the order of reading: told of each element twice."""

    def __init__(self) -> None:
        self.found: list[Paragraph] = []
        self.stamp = ""
        self.references = False
        self._pieces: list[str] = []
        self._notes: list[str] = []
        self._around: list[tuple[list[Paragraph], list[str], list[str]]] = []
        self._titled = False
        self._in_line = 0

    def enter(self, node: Any) -> bool:
        """Begin an element; whether what is in it counts."""
        kind = _kind(node)
        self.references = self.references or _REFERENCES in _classes(node)
        if kind == "formula":
            self.add(_formula(node))
        if kind in ("left out", "formula"):
            return False
        if kind == "note":
            self._around.append((self.found, self._pieces, self._notes))
            self.found, self._pieces, self._notes = [], [], []
        elif kind in ("block", "heading"):
            self._end_block()
        self._in_line += _is_line(kind, node)
        self.add(node.text)
        return True

    def leave(self, node: Any) -> None:
        """End an element."""
        kind = _kind(node)
        self._in_line -= _is_line(kind, node)
        if kind == "note":
            self.flush()
            said = [each.text for each in self.found]
            self.found, self._pieces, self._notes = self._around.pop()
            self._notes += said
        elif kind == "heading":
            level = int(node.tag[1])
            self.flush(level if self._titled or level > 1 else 0)
            self._titled = True  # the first one of the highest level is the paper's title
        elif kind == "block":
            self._end_block()
        elif kind == "cell":
            self.add(" ")

    def _end_block(self) -> None:
        """What follows is another paragraph, but within a heading or cell only its next line."""
        if self._in_line:
            self.add(" ")
        else:
            self.flush()

    def add(self, text: str | None) -> None:
        self._pieces.append(text or "")

    def flush(self, level: int = 0) -> None:
        """End a paragraph; with a `level` it is a heading."""
        text = plain("".join(self._pieces))
        notes, self._pieces, self._notes = self._notes, [], []
        for each in (text, *notes):
            if STAMP.match(each):
                self.stamp = self.stamp or (each if STAMPED_DAY.search(each) else "")
            elif each:
                own = level if each is text else 0
                self.found.append(Paragraph(0, each, 0.0, own > 0, level=own))


def _kind(node: Any) -> str:
    """What an element is to a reader; "" for a piece of a line."""
    classes = _classes(node)
    if node.tag in _LEFT_OUT or not classes.isdisjoint(_LEFT_OUT_CLASSES):
        return "left out"
    if node.tag == "math":
        return "formula"
    if "ltx_note" in classes:
        return "note"
    if node.tag in _HEADINGS:
        return "heading"
    if node.tag in ("td", "th") or not classes.isdisjoint(_CELL_CLASSES):
        return "cell"
    return "block" if node.tag in _BLOCKS or not classes.isdisjoint(_BLOCK_CLASSES) else ""


def _is_line(kind: str, node: Any) -> bool:
    """Whether all in an element is one line; cells that are not LaTeXML's may hold pages."""
    return kind == "heading" or (kind == "cell" and not _classes(node).isdisjoint(_CELL_CLASSES))


def _classes(node: Any) -> set[str]:
    return set((node.get("class") or "").split())


def _formula(node: Any) -> str:
    """A formula's LaTeX, or its characters where nobody gives it."""
    latex = node.get("alttext") or ""
    if not latex:
        notes = node.xpath('.//*[local-name()="annotation"][contains(@encoding, "tex")]')
        latex = notes[0].text_content() if notes else ""
    return f"${plain(latex)}$" if latex.strip() else plain(node.text_content())


def _decoded(data: bytes) -> str | bytes:
    """UTF-8 where it is; else what the page says of itself, or what a detector is sure of."""
    try:
        return _undeclared(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data
    if declared := _CHARSET.search(data[:4096]):
        try:
            return _undeclared(data.decode(meant(declared[1].decode("ascii")), "replace"))
        except (LookupError, UnicodeError):
            return data
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") >= _FEW_BAD * len(text):
        text = mend(guess_text(data) or "")
    return _undeclared(text) or data


def _undeclared(text: str) -> str:
    """A declaration of an encoding is not for text that is decoded."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))
