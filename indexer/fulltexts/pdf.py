"""The lines of a PDF, page by page, as they are printed.

PDFium gives characters in the order in which the file draws them, which is that of reading in
what LaTeX, browsers and word processors write, also in two columns. What lines mean is
`layout`'s business. The library is an extra, and known to this module alone.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embeddings.errors import InputError, MissingPackage

if TYPE_CHECKING:
    import pypdfium2

HYPHEN = "\x02"
"""What PDFium leaves of a hyphen at the end of a line, which it joins with the next one."""
_BOLD = re.compile(r"[Bb]old|Black|Heavy|Medi(?!um)|Demi|BX\d|[-_,]B(?![a-z])")
BOLD = 1000
"""The weight of a font that is called bold; others have the one that PDFium makes out, from 100."""
_ENCRYPTED = {4, 5}
"""PDFium's error codes for a password and for a kind of encryption that it does not know."""
_END = re.compile(rb"%%EOF")


class UnreadablePdf(InputError):
    """A PDF that gives no text; its message says why, without the file's name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, or several where words were divided between them.

    `x` is where it begins, `top` and `bottom` the heights of its first and last baseline, in
    points from the lower left corner; `size` and `weight` are the font's, the weight that of its
    lightest part; `height` is the page's.
    """

    page: int
    text: str
    x: float
    top: float
    bottom: float
    size: float
    weight: int
    height: float


def read_lines(data: bytes) -> tuple[int, list[Line]]:
    """How many pages a PDF has, and its lines. Raises `UnreadablePdf`, `MissingPackage`."""
    library = _library()
    if not _END.search(data[-4096:]):
        raise UnreadablePdf("is cut short: a PDF ends with %%EOF; get the whole file")
    try:
        document = library.PdfDocument(data)
    except library.PdfiumError as error:
        if getattr(error, "err_code", 0) in _ENCRYPTED:
            raise UnreadablePdf("is encrypted; save it without a password first") from error
        raise UnreadablePdf(f"is no PDF that can be read ({error})") from error
    with closing(document):
        lines: list[Line] = []
        for number in range(len(document)):
            try:
                lines += _page(document, number)
            except library.PdfiumError as error:
                raise UnreadablePdf(f"page {number + 1} cannot be read ({error})") from error
        return len(document), lines


def _library() -> Any:
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingPackage("reading PDFs", "pypdfium2", "fulltext") from error
    return pypdfium2


def _page(document: pypdfium2.PdfDocument, number: int) -> Iterator[Line]:
    import pypdfium2.raw as raw

    page = document[number]
    text = page.get_textpage()
    try:
        height = page.get_height()
        units = [raw.FPDFText_GetUnicode(text, each) for each in range(text.count_chars())]
        start = 0
        for end in (*(place for place, unit in enumerate(units) if unit in (10, 13)), len(units)):
            line = _line(text, units, start, end, number + 1, height)
            start = end + 1
            if line is not None:
                yield line
    finally:
        text.close()
        page.close()


def _line(
    text: Any, units: list[int], start: int, end: int, page: int, height: float
) -> Line | None:
    solid = [
        place
        for place in range(start, end)
        if units[place] > 32 and not chr(units[place]).isspace()
    ]
    if not solid:
        return None
    first, last = solid[0], solid[-1]
    x, top = _origin(text, first)
    fonts = [_font(text, each) for each in (first, solid[len(solid) // 2], last)]
    return Line(
        page,
        _decoded(units[first : last + 1]),
        x,
        top,
        _origin(text, last)[1],
        # A raised mark or a large initial must not speak for the line.
        sorted(size for size, _ in fonts)[1],
        min(weight for _, weight in fonts),
        height,
    )


def _decoded(units: list[int]) -> str:
    """PDFium gives characters beyond the first plane as one number or as two, by its version."""
    whole = "".join(map(chr, units)).replace("\ufffe", HYPHEN).replace("\xad", HYPHEN)
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _origin(text: Any, place: int) -> tuple[float, float]:
    import pypdfium2.raw as raw

    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text, place, x, y)
    return x.value, y.value


def _font(text: Any, place: int) -> tuple[float, int]:
    """The size of a character's font, as it is drawn, and its weight."""
    import pypdfium2.raw as raw

    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text, place, name, len(name), flags)
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, place, matrix)
    size = raw.FPDFText_GetFontSize(text, place) * (abs(matrix.d) or abs(matrix.b) or 1.0)
    named = _BOLD.search(name.value.decode("utf-8", "replace"))
    return round(size, 1), BOLD if named else raw.FPDFText_GetFontWeight(text, place)
