r"""The small grammar that all readers share: cells, dates, addresses, titles and plain text.

Only what at least two layouts need is here; what one layout means stays in its reader.
Nothing here is a Markdown parser, on purpose: the pages break Markdown (cells over many
lines, brackets never closed, `|` in cells) and hold LaTeX, whose `_`, `*` and `\(` a
Markdown parser takes for emphasis and escapes. Texts must come out as they went in.

Markup is looked for in the text as printed, and entities are unescaped last and once: a
character that a page escapes is a letter of the text and never markup.
"""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterable, Sequence

from indexer.language import language_of
from indexer.paper import Reject, Text

ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
"""A character that is escaped, as a pattern. Only entities that end in ";" count: without it,
"&times" may be part of an address."""

_ENTITY = re.compile(ENTITY)
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# In running text an address ends where Chinese or a mark goes on; dots and commas end the sentence.
_HAN_OR_FULLWIDTH = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_BARE_URL = re.compile(rf"https?://(?:(?!{_HAN_OR_FULLWIDTH})[^\s()<>|\]\"`*]|\([^\s()<>|]*\))+")
_SENTENCE_END = ".,;:!?'"
_DATE = re.compile(
    r"(?<!\d)(?:(\d{4})([-./])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日)(?!\d)"
)
_BOLD = re.compile(r"\*\*(?!\s)(.+?)\*\*")
WRAPPINGS = ("**", "**"), ("《", "》"), ("“", "”"), ('"', '"'), ("「", "」")
_CJK_BREAK = re.compile(rf"({_HAN_OR_FULLWIDTH})\n({_HAN_OR_FULLWIDTH})")
# "state-of-\nthe-art" was broken at its hyphen; "pre-\nand post-training" at a space.
_HYPHEN_BREAK = re.compile(r"(?<=\w)(-{1,2})\n(?!(?:and|or|to|versus|vs)\b)(?=\w)")
# A suffix that a comma sets off from the name it belongs to.
NAME_SUFFIX = r"(?:Jr|Sr|II|III|IV)\b\.?"
"""What a comma sets off from the name it belongs to, as a pattern."""
_SUFFIX_COMMA = re.compile(rf",\s*(?={NAME_SUFFIX}\s*(?:,|$))")
_FORMULA_OR_BAR = re.compile(r"\$[^$\n]*\$|\\\|")
_SEPARATOR = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*")

NOTHING = frozenset({"", "null", "none", "n/a", "nan", "-", "--"})
"""What pages print, in any case, for "there is none"."""


class EntryError(ValueError):
    """One entry cannot be understood; the text says why.

    It never leaves a reader, which turns it into a `Reject`.
    """


def find_urls(text: str) -> tuple[str, ...]:
    """Return all distinct web addresses in a cell, in order."""
    urls = (unescape(url).rstrip(_SENTENCE_END) for url in _BARE_URL.findall(text))
    return tuple(dict.fromkeys(urls))


def find_date(text: str) -> str | None:
    """Return the first date like YYYY-MM-DD, with dots, slashes or 年月日 too, as an ISO date."""
    for found in _DATE.finditer(text):
        year, month, day = found.group(1, 3, 4) if found[1] else found.group(5, 6, 7)
        try:
            return datetime.date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    return None


def unescape(text: str) -> str:
    """Replace entities by the characters that they stand for."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def squeeze(text: str) -> str:
    """Make one line: runs of white space made one space."""
    return " ".join(text.split())


def clean(text: str) -> str:
    """Make one line of plain text: entities unescaped, runs of white space made one space."""
    return squeeze(unescape(text))


def clean_lines(text: str) -> str:
    """Make plain text whose lines end where `<br>` stands; empty ones are left out."""
    return "\n".join(line for piece in BREAK.split(text) if (line := clean(piece)))


def unbold(text: str) -> str:
    """Remove the markers of bold text and keep its words.

    Only in texts that a digest wrote itself: in an author's abstract `**` may mean anything.
    """
    return _BOLD.sub(r"\1", text)


def clean_title(text: str) -> str:
    """Strip bold markers, quotes or 《…》 that stand around all of a title.

    Quotes around a part of a title are part of it; around the whole they are presentation.
    """
    title = squeeze(text)
    peeled = True
    while peeled:
        peeled = False
        for left, right in WRAPPINGS:
            inner = title[len(left) : -len(right)].strip()
            whole = title.startswith(left) and title.endswith(right) and inner
            if whole and left not in inner and right not in inner:
                title, peeled = inner, True
    return clean(title)


def abstract_texts(text: str) -> tuple[Text, ...]:
    """Make a table's abstract a text: translated if Chinese, the authors' own if English."""
    plain = clean_lines(text)
    if not plain or squeeze(text).casefold() in NOTHING:
        return ()
    if language_of(plain) == "zh":
        return (Text("translation", "zh", clean_lines(unbold(text))),)
    return (Text("abstract", "en", plain),)


def split_names(names: str, separators: str = ",") -> tuple[str, ...]:
    """Split a list of names, but not at a comma before "Jr." and its like."""
    joined = _SUFFIX_COMMA.sub("\0", squeeze(names))
    # Cleaned only then: a comma that a page escapes belongs to its name.
    split = (clean(name.replace("\0", ", ")) for name in re.split(f"[{separators}]", joined))
    return tuple(name for name in split if name)


def unwrap(lines: Iterable[str]) -> str:
    """Join hard-wrapped lines to one line of plain text; see `join_wrapped`."""
    return clean(join_wrapped(lines))


def join_wrapped(lines: Iterable[str]) -> str:
    """Join hard-wrapped lines to one, as printed.

    A word broken at its hyphen keeps the hyphen and is closed up; a hanging hyphen
    ("pre- and post-training") keeps its space; between Han characters no space is put in.
    """
    text = "\n".join(stripped for line in lines if (stripped := line.strip()))
    # Twice, because matches that share a character do not both count in one pass.
    text = _CJK_BREAK.sub(r"\1\2", _CJK_BREAK.sub(r"\1\2", text))
    return squeeze(_HYPHEN_BREAK.sub(r"\1", text))


def split_cells(row: str) -> list[str]:
    """Split a table row into its cells, stripped; the outer bars are optional."""
    inner = row.strip().removeprefix("|").removesuffix("|")
    return [unescape_bars(cell.strip()) for cell in re.split(r"(?<!\\)\|", inner)]


def unescape_bars(cell: str) -> str:
    r"""Write a cell's `\|` as the bar that it stands for; in a formula it is a norm's sign."""
    return _FORMULA_OR_BAR.sub(lambda found: "|" if found[0] == r"\|" else found[0], cell)


def is_separator(line: str) -> bool:
    """Tell whether the line is the dashes between a table's header and its rows."""
    return _SEPARATOR.fullmatch(line) is not None


def reject(lines: Sequence[str], start: int, end: int, reason: str) -> Reject:
    """Make a `Reject` of the lines `start` to `end` (0-based, `end` excluded)."""
    return Reject(start + 1, reason, "\n".join(lines[start:end]))


def last_text_line(lines: Sequence[str], start: int, end: int) -> int:
    """Move `end` (excluded) back over the blank lines before it, at most to one line."""
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end
