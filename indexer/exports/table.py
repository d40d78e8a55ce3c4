"""A table of papers as CSV, for spreadsheets and data frames: UTF-8, with a head line.

It is RFC 4180's but for the ends of lines, which are single line feeds as in every other export.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from indexer.exports.record import Record
from indexer.paper import Language, Paper, TextKind

COLUMNS = (
    "paper_id", "title", "other_titles", "authors", "date", "date_precision", "url", "arxiv_id",
    "topics", "categories", "sources", "code_urls", "abstract_en", "abstract_zh", "summary_en",
    "summary_zh", "notes", "seen_in",
)  # fmt: skip
SEVERAL = ("authors", "topics", "categories", "code_urls", "notes")
"""Columns whose cells hold what `joined` makes of several values, and that are read back."""
_BETWEEN = "; "
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula and runs it; an apostrophe before
it makes it a text (https://owasp.org/www-community/attacks/CSV_Injection)."""
_ABSTRACTS: tuple[TextKind, ...] = ("abstract", "translation")


class Table:
    """Writes one row for each paper, several values of one column as `joined` has them."""

    media_type = "text/csv"
    suffix = ".csv"

    def head(self) -> str:
        """The names of the columns."""
        return _line(COLUMNS)

    def write(self, record: Record) -> str:
        """One row, which is several lines where a text has several."""
        paper = record.paper
        other = [title.text for title in paper.titles if title.text != paper.title]
        seen = dict.fromkeys(f"{at.source} {at.date or ''}".strip() for at in paper.seen_in)
        cells = (
            paper.paper_id,
            paper.title,
            joined(other),
            joined(paper.authors),
            paper.date or "",
            paper.date_precision or "",
            paper.url or "",
            paper.arxiv_id or "",
            joined(paper.topics),
            joined(paper.categories),
            joined(paper.sources),
            joined(paper.code_urls),
            _texts(paper, "en", abstracts=True),
            _texts(paper, "zh", abstracts=True),
            _texts(paper, "en", abstracts=False),
            _texts(paper, "zh", abstracts=False),
            joined(paper.notes),
            joined(seen),
        )
        return _line([f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in cells])


def joined(values: Iterable[str]) -> str:
    """Several values in one cell, semicolons between; one that has any is quoted as a cell is."""
    return _BETWEEN.join(_line([value], ";").rstrip("\n") for value in values)


def divided(cell: str) -> list[str]:
    """The values that `joined` has put into a cell."""
    rows = csv.reader(io.StringIO(cell, newline=""), delimiter=";", skipinitialspace=True)
    return [value for row in rows for value in row]


def _texts(paper: Paper, language: Language, *, abstracts: bool) -> str:
    found = (
        # Cells have no place for origins, and a model's words must not pass for a digest's.
        f"[{model}] {text.text}" if (model := paper.written_by(text)) else text.text
        for text in paper.texts
        if text.language == language and (text.kind in _ABSTRACTS) == abstracts
    )
    return "\n\n".join(found)


def _line(cells: Sequence[str], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return out.getvalue()
