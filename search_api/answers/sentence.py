"""The sentences of a paper's texts, each with the place where it stands.

`sentencex` knows abbreviations, decimals and Chinese punctuation. Here is what it leaves: a
line is never joined with the next, a formula between dollar signs is never cut, nor Eq. 3, the
number of the next point of a Chinese list belongs to no sentence, a Chinese sentence is not cut
before "(LLM)" and may begin with "2D", and what is long is cut once more: a stray bracket as in
"1) …" keeps the library from cutting anything behind it, and Chinese puts semicolons where
English puts full stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sentencex

from indexer.fulltexts.text import FULLTEXT, Block, FullText
from indexer.paper import Language, Paper, PassageKind
from indexer.passages import Passage

MIN_CHARACTERS = 8
"""Of a sentence; shorter ones are headings and left-overs of lists."""
_LONG = {"zh": 120, "en": 300}
_KEYWORDS = re.compile(r"(?:核心)?关键[词字]\s*[:：]|keywords?\s*[:：]", re.IGNORECASE)
"""What begins like this is no sentence."""
# In digests they lead Chinese summaries in bold, with neither a word nor a full stop behind.
_LEADING_KEYWORDS = re.compile(
    r"(?:[^\s，,、。：:；;][^，,、。：:；;]{0,40}[，,、]\s*){2,}[^\s，,、。：:；;][^，,、。：:；;]{0,40}?\s+"
    r"(?=[该本](?:研究|论文|工作|文)|论文|我们)"
)
_LINE = re.compile(r"[^\n]+")
# One for one, so that places stay: at white space of several bytes the splitter may fail.
_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile(r"[^\S\n]")
# In Chinese the splitter takes "(LLM)" for a point of a list, and sees no sentence that begins
# with a digit or a small letter; nor should it where that is the number of a point.
_BRACKETS = re.compile(r"\(([^()\n]*)\)")
_FIRST = re.compile(r"(?<=[。！？])(?!\d\d?[.、](?!\d))[a-z\d]")
# What ends no sentence, as what follows it shows: abbreviations, et al. [12], MoveIt!.
_NO_END = re.compile(
    r"(?<![a-zA-Z])(?:(?:Eqs?|Tabs?|Figs?|Secs?|Refs?|Thm)\.\s*(?=[\d(（])|(?:approx|avg)\.\s*(?=[\da-z~])"
    r"|U\.\s*(?=[SK]\.)|[A-Za-z][a-z]{1,5}\.\s*\[\d[\d,\s–-]*\](?=\s*[a-z,.;:]))|(?<=[a-z][A-Z][a-z])!\s*(?=[a-z])"
)
# The points of an enumeration that goes on: "… three kinds: (i) …, and (ii) …".
_GOES_ON = re.compile(r"(?:[:,;]|[,;] (?:and|or)|\b(?:and|or))\s*$")
_ENUMERATED = re.compile(r"\s*\(?(?:i{1,3}|iv|v|vi|\d{1,2}|[a-h])\)")
_WHOLE = 700
"""Characters of a sentence that such points are joined to, at most."""
_NEAR = 30  # characters of an abbreviation, what it cites and the space behind, at most
_POINT = re.compile(r"((?:(?<=[。！？；])\s*\d{1,2}|(?<=：)\s*1)[.、]\s*)$")
"""The number of the next point of a Chinese list."""
_PRICE = r"(?<![^\s(（])\$\d[\d,.]*[KMB]?[ -](?:a )?[a-z]{2}"
_DOLLAR = re.compile(rf"(?<!\\)(?!{_PRICE})\$")
_CUT = {
    "zh": re.compile(r"(?<=[。！？；])"),
    # Not behind an abbreviation: a full stop ends a sentence behind three small letters.
    # The white space stays, so that pieces joined again are the text as it was.
    "en": re.compile(r"(?<=[a-z)\d%]{2}[)a-z\d%][.!?;])(?=\s+[A-Z(\d])"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it stands in one text of a paper: `Paper.texts[text].text[start:end]`, or in a
    block of its full text, `block.text[start:end]`; then `text` is of no use.
    """

    paper_id: str
    text: int
    field: PassageKind
    language: Language
    start: int
    end: int
    quote: str
    block: Block | None = None


def sentences(paper: Paper) -> Iterator[Sentence]:
    """Every sentence of a paper, in the order of its texts."""
    for number, text in enumerate(paper.texts):
        for start, end in spans(text.text, text.language):
            quote = text.text[start:end]
            if len(quote) >= MIN_CHARACTERS and not _only_keywords(text.text, start, end):
                yield Sentence(paper.paper_id, number, text.kind, text.language, start, end, quote)


def _only_keywords(text: str, start: int, end: int) -> bool:
    leading = _LEADING_KEYWORDS.match(text, start)
    return _KEYWORDS.match(text, start) is not None or (leading is not None and leading.end() > end)


def quotable(paper: Paper) -> list[Sentence]:
    """The sentences that may be quoted: what a model wrote finds a paper, but is not cited as if
    the paper said it.
    """
    return [s for s in sentences(paper) if paper.written_by(paper.texts[s.text]) is None]


def sentences_in(paper_id: str, passage: Passage, text: FullText) -> Iterator[Sentence]:
    """Every sentence of a passage of a paper's full text; none if it is not from there."""
    for block in text.blocks:
        if (block.page, block.section) != (passage.payload.page, passage.payload.section):
            continue
        if (place := block.text.find(passage.body)) < 0:
            continue
        language = passage.language
        for start, end in spans(passage.body, language):
            quote = passage.body[start:end]
            if len(quote) >= MIN_CHARACTERS:
                at = (place + start, place + end)
                yield Sentence(paper_id, -1, FULLTEXT, language, *at, quote, block)
        return


def spans(text: str, language: Language) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text start and end, white space around them left out."""
    text = _SPACE.sub(" ", _BREAK.sub("\n", text))
    if language == "zh":
        text = _FIRST.sub("字", _BRACKETS.sub(r"（\1）", text))
    for line in _LINE.finditer(text):
        place = line.start()
        leading = _LEADING_KEYWORDS.match(line[0])
        cut = leading.end() if leading else 0
        pieces = _mended(sentencex.segment(language, line[0][cut:]))
        for piece in (line[0][:cut], *_whole_formulas(pieces)):
            for part in _whole_formulas(_short(piece, language)):
                quote = part.strip()
                start = text.find(quote, place, line.end())
                # A splitter that changes the text leaves nothing to quote.
                if quote and start >= 0:
                    place = start + len(quote)
                    yield start, place


def _mended(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces joined behind an abbreviation, and cut before the number of the next point."""
    before = ""
    for piece in pieces:
        end = before[-_NEAR:]
        whole = any(m.end() == len(end) for m in _NO_END.finditer(end + piece[:_NEAR]))
        if not (whole or _enumerates(before, piece)):
            yield from _POINT.split(before)
            before = ""
        before += piece
    yield from _POINT.split(before)


def _enumerates(before: str, piece: str) -> bool:
    short = len(before) + len(piece) <= _WHOLE
    return short and bool(_ENUMERATED.match(piece) and _GOES_ON.search(before))


def _short(piece: str, language: Language) -> list[str]:
    return _CUT[language].split(piece) if len(piece) > _LONG[language] else [piece]


def _whole_formulas(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces joined where a cut fell between two dollar signs that are no prices'."""
    pending: list[str] = []
    dollars = 0
    for piece in pieces:
        pending.append(piece)
        dollars += len(_DOLLAR.findall(piece))
        if dollars % 2 == 0:
            yield "".join(pending)
            pending = []
    yield from pending
