"""A table of papers as CSV, for spreadsheets and data frames: UTF-8, RFC 4180, a head line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from indexer.exports.record import Record
from indexer.paper import Language, Paper, TextKind

COLUMNS = (
    "paper_id", "title", "other_titles", "authors", "date", "date_precision", "url", "arxiv_id",
    "topics", "categories", "sources", "code_urls", "abstract_en", "abstract_zh", "summary_en",
    "summary_zh", "notes", "seen_in",
)  # fmt: skip
BETWEEN = "; "
"""Stands between the values of one cell."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula and runs it; an apostrophe before
it makes it a text (https://owasp.org/www-community/attacks/CSV_Injection)."""
_ABSTRACTS: tuple[TextKind, ...] = ("abstract", "translation")


class Table:
    """Writes one row for each paper, several values of one column with semicolons between."""

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
            BETWEEN.join(other),
            BETWEEN.join(paper.authors),
            paper.date or "",
            paper.date_precision or "",
            paper.url or "",
            paper.arxiv_id or "",
            BETWEEN.join(paper.topics),
            BETWEEN.join(paper.categories),
            BETWEEN.join(paper.sources),
            BETWEEN.join(paper.code_urls),
            _texts(paper, "en", abstracts=True),
            _texts(paper, "zh", abstracts=True),
            _texts(paper, "en", abstracts=False),
            _texts(paper, "zh", abstracts=False),
            BETWEEN.join(paper.notes),
            BETWEEN.join(seen),
        )
        return _line([f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in cells])


def _texts(paper: Paper, language: Language, *, abstracts: bool) -> str:
    found = (
        # Cells have no place for origins, and a model's words must not pass for a digest's.
        f"[{model}] {text.text}" if (model := paper.written_by(text)) else text.text
        for text in paper.texts
        if text.language == language and (text.kind in _ABSTRACTS) == abstracts
    )
    return "\n\n".join(found)


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
