"""The XML of an answer, as bytes that any parser takes.

Repositories copy characters from PDFs, web forms and old databases that XML does not allow, and
a parser refuses the whole page for one of them. What is meant is clear each time; an answer that
is well-formed is not touched. What an answer says is unknown here.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from html.entities import html5
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from embeddings.errors import UnusableAnswer
from indexer.encoding import meant

_BLANK = "\ufeff \t\r\n"
_DECLARATION = re.compile(r"<\?xml\b[^>]*\?>")
# Whoever can read this in bytes knows that it is in no encoding of wide characters.
_ENCODING = re.compile(
    rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["'](?!utf-?(?:16|32)|ucs)([\w.:-]+)["']""", re.IGNORECASE
)
_MARKED = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_UTF8 = re.compile("[\udc80-\udcff]+")
_AMPERSAND = re.compile(r"&(?:#(?P<number>\d{1,7}|[xX][0-9a-fA-F]{1,6});|(?P<name>\w{1,32};))?")
_XML_NAMES = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))


def parse(content: bytes) -> tuple[ElementTree.Element, bytes]:
    """The root of an answer, and the answer as UTF-8, mended where it had to be.

    Raises `UnusableAnswer` for one that is cut short or no XML.
    """
    text = _DECLARATION.sub("", _decoded(content).lstrip(_BLANK), count=1)
    try:
        return ElementTree.fromstring(text), text.encode()
    except (ElementTree.ParseError, UnicodeEncodeError):
        text = _mended(text)
    try:
        return ElementTree.fromstring(text), text.encode()
    except ElementTree.ParseError as error:
        raise UnusableAnswer(f"the answer is cut short or no XML ({error})") from error


def _decoded(content: bytes) -> str:
    """The text of an answer; bytes that are not of its encoding stay lone surrogates."""
    if not content.isascii():
        with suppress(UnicodeDecodeError):  # whatever it says of itself
            return content.decode()
    marked = (name for mark, name in _MARKED.items() if content.startswith(mark))
    stated = _ENCODING.search(content[:1000])
    encoding = next(marked, stated[1].decode() if stated else "utf-8")
    try:
        return content.decode(meant(encoding), "surrogateescape")
    except (LookupError, ValueError):  # no encoding that is known, or not the one it is in
        return content.decode("utf-8", "surrogateescape")


def _mended(text: str) -> str:
    """The text without what XML does not allow."""
    text = _NO_UTF8.sub(_windows, text)
    return _FORBIDDEN.sub(" ", _AMPERSAND.sub(_reference, text))


def _windows(found: re.Match[str]) -> str:
    """Bytes that are no UTF-8, as the encoding that old databases are in."""
    return found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _reference(found: re.Match[str]) -> str:
    """An `&` with what follows it: a character of XML's, of HTML's, or just that sign."""
    if number := found["number"]:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        allowed = code <= 0x10FFFF and not _FORBIDDEN.match(chr(code))
        return found[0] if allowed else " "
    name = found["name"]
    if name in _XML_NAMES:
        return found[0]
    return escape(html5.get(name, found[0]) if name else "&")
