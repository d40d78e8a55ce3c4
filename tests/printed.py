"""Real PDFs, printed here: pages, columns, headings, running heads, words divided at line ends.

Everything is set in Courier, whose characters are all as wide, so that where lines end is known.
`Print.pages` says on which page each sentence begins.
"""

import re
from dataclasses import dataclass, field

WIDTH, HEIGHT = 612, 792
TOP, BOTTOM = 700, 90
SIZE = 9
LEADING = 12
EM = 0.6
_SENTENCE = re.compile(r"[^\s.。](?:[^.。]|\.(?=\d))*[.。]?")
LIGATURES = {"ﬁ": "\x01", "ﬂ": "\x02"}


@dataclass
class Print:
    """Lays out a text; `bytes()` is the PDF."""

    title: str
    columns: int = 1
    head: str = ""
    stamp: str = ""
    chinese: bool = False
    pages: dict = field(default_factory=dict)
    _drawn: list = field(default_factory=list)

    def __post_init__(self):
        self._chars = int((520 if self.columns == 1 else 245) / SIZE / (1 if self.chinese else EM))
        self._page = self._column = 0
        self._new_page()
        self._put(self.title, 17, "B", 54)
        self._y -= 30

    def heading(self, text, size=12, bold=True):
        if self._y < BOTTOM + 60:
            self._break()
        self._y -= 10
        self._put(text, size, "B" if bold else "R")
        self._y -= 6
        return self

    def text(self, text, size=SIZE):
        """A paragraph, its words divided where a line ends."""
        begins = {len(_same(text[: found.start()])): found[0] for found in _SENTENCE.finditer(text)}
        line, done = "", 0
        gap, rest = ("", list(text)) if self.chinese else (" ", text.split())
        while rest or line:
            word = rest.pop(0) if rest else ""
            joined = f"{line}{gap}{word}" if line and word else line + word
            if rest and len(joined) <= self._chars:
                line = joined
                continue
            if not rest and len(joined) <= self._chars:
                line, word = joined, ""
            room = self._chars - len(line) - 2
            dividable = room >= 3 and len(word) - room >= 3 and word[: room + 1].isalpha()
            if dividable and not self.chinese:
                line, word = f"{line} {word[:room]}-", word[room:]
            if self._y < BOTTOM:
                self._break()
            self._put(line, size)
            for place in range(done, done + len(_same(line))):
                if place in begins:
                    self.pages[_plain(begins[place])] = self._page
            done += len(_same(line))
            line = word
        self._y -= 6
        return self

    def new_page(self):
        self._new_page()
        return self

    def picture(self):
        """A filled box, as a scanned page is to who looks for text."""
        self._drawn[-1].append("0.5 g 60 60 480 600 re f")
        return self

    def _put(self, text, size, font="R", x=None):
        if x is None:
            x = 54 if self._column == 0 else 324
        font = "C" if re.search("[\u4e00-\u9fff]", text) else font
        self._drawn[-1].append(
            f"BT /{font} {size} Tf 1 0 0 1 {x} {self._y:.1f} Tm {_string(text, font)} Tj ET"
        )
        self._y -= max(LEADING, size * 1.3)

    def _break(self):
        self._column += 1
        if self._column == self.columns:
            self._new_page()
        else:
            self._y = TOP

    def _new_page(self):
        self._page += 1
        self._column, self._drawn = 0, [*self._drawn, []]
        if self.head and self._page > 1:
            self._y = 760
            self._put(self.head, 8)
        if self.stamp and self._page == 1:
            self._y = 20
            self._put(self.stamp, 12)
        self._y = 40
        self._put(str(self._page), 8, x=300)
        self._y = TOP

    def __bytes__(self):
        return document(["\n".join(page) for page in self._drawn])


def _same(text):
    return re.sub(r"[\s-]", "", text)


def _plain(text):
    return text.strip().replace("ﬁ", "fi").replace("ﬂ", "fl")


def _string(text, font):
    if font == "C":
        return f"<{text.encode('utf-16-be').hex()}>"
    for ligature, code in LIGATURES.items():
        text = text.replace(ligature, code)
    raw = text.encode("latin-1", "replace").replace(b"\\", b"\\\\")
    return "(" + raw.replace(b"(", b"\\(").replace(b")", b"\\)").decode("latin-1") + ")"


def document(pages):
    """A PDF of these pages' drawing commands."""
    encoding = "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /fi /fl] >>"
    fonts = {
        "R": f"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding {encoding} >>",
        "B": f"<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding {encoding} >>",
        "C": "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
        "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 "
        "/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 "
        "/FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /StemV 80 "
        "/CapHeight 700 >> >>] >>",
    }
    named = " ".join(f"/{name} {number} 0 R" for number, name in enumerate(fonts, 3))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", *fonts.values()]
    kids = []
    for commands in pages:
        stream = commands.encode("latin-1")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{commands}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Contents {len(objects)} 0 R /Resources << /Font << {named} >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    out = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{tail}".encode()
