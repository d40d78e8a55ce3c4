"""Which encoding is meant by a name, and what text stands in bytes that are not UTF-8 throughout.

A byte that is no text stays in it as Python keeps it, a lone surrogate, until it is mended:
so it is known from a U+FFFD that a page printed itself.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932",
          "euc_kr": "cp949", "iso8859-1": "cp1252", "ascii": "cp1252"}  # fmt: skip
"""Encodings that are named when more is used (https://encoding.spec.whatwg.org/#names-and-labels)."""
_NO_TEXT = re.compile("[\udc80-\udcff]")


def meant(stated: str) -> str:
    """The encoding that is meant by a name, as browsers read it. Raises `LookupError`."""
    name = codecs.lookup(stated).name
    return _WIDER.get(name, name)


def guess_text(data: bytes) -> str | None:
    """The text in bytes that are not UTF-8, or not all; None if no encoding is sure."""
    return _mostly_utf8(data) or _chinese(data) or _detected(data)


def broken_lines(text: str) -> frozenset[int]:
    """The 1-based numbers of lines that hold bytes which are no text."""
    if not _NO_TEXT.search(text):
        return frozenset()
    lines = enumerate(text.split("\n"), 1)
    return frozenset(number for number, line in lines if _NO_TEXT.search(line))


def mend(text: str) -> str:
    """Text that can be written again: U+FFFD for bytes that are none."""
    return _NO_TEXT.sub("\ufffd", text)


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with few bytes broken: in no other encoding four of five letters happen to be it."""
    text = data.decode("utf-8-sig", "surrogateescape")
    broken = len(_NO_TEXT.findall(text))
    letters = sum(not char.isascii() for char in text) - broken
    return text if letters >= 4 * broken else None


def _chinese(data: bytes) -> str | None:
    """GB 18030, if the usual characters come of it: it makes some of nearly any bytes."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    codes = [char.encode("gb2312", "ignore")[:1] for char in text if not char.isascii()]
    usual = sum(b"\xa1" <= code <= b"\xa9" or b"\xb0" <= code <= b"\xd7" for code in codes)
    return text if usual >= 0.9 * len(codes) else None


def _detected(data: bytes) -> str | None:
    best = from_bytes(data, cp_isolation=["gb18030", "big5", "cp1252", "utf_16"]).best()
    return None if best is None else str(best)
