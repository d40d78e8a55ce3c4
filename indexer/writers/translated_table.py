"""Writes `translated-table`: one table row per paper, its columns named in Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from indexer.paper import Row
from indexer.readers.markup import NOTHING
from indexer.readers.translated_table import FAILED
from indexer.writers.base import ABSTRACTS
from indexer.writers.markup import (
    abstract_kind,
    escape,
    escape_first,
    normal,
    reference,
    write_address,
    write_slot,
    write_title,
)


class TranslatedTable:
    """The writer of `translated-table`.

    It carries title, link, authors, publication day, code links, texts and notes; the columns
    for day and code are there only if a row has them. It has no place for topics and
    categories. Translators' notes stand behind the abstract, not in the title's cell.
    """

    layout = "translated-table"
    link: Literal["abs", "pdf"] = "pdf"
    prints = ABSTRACTS

    def carried(self, rows: Sequence[Row]) -> list[Row]:
        """See `Writer.carried`."""
        return [replace(normal(row), topics=(), categories=()) for row in rows]

    def write(self, rows: Sequence[Row], date: str, intro: str = "") -> str:
        """See `Writer.write`."""
        rows = self.carried(rows)
        cells = [_cells(row) for row in rows]
        columns = [
            name
            for name in _cells(Row(0, 0, "", "zh"))
            if name not in ("发布日期", "代码仓库") or any(row[name] for row in cells)
        ]
        table = [columns, ["------"] * len(columns)]
        table += [[row[name] for name in columns] for row in cells]
        head = [f"# arxiv {date}", "", *([f"> {intro}", ""] if intro else [])]
        return "\n".join(head + [f"| {' | '.join(line)} |" for line in table]) + "\n"


def _cells(row: Row) -> dict[str, str]:
    return {
        "标题": _title(row.title),
        "作者": "；".join(map(_author, row.authors)),
        "发布日期": row.published or "",
        "PDF链接": f"[PDF]({write_address(row.url or '')})",
        "代码仓库": " ".join(f"[code]({write_address(url)})" for url in row.code_urls),
        "摘要": write_slot(row, abstract_kind).replace(FAILED, escape(FAILED, "[]")),
    }


def _title(title: str) -> str:
    # A bracket at the end may look like a translator's note.
    cut = title.endswith(("）", ")"))
    return write_title(title[:-1]) + reference(title[-1]) if cut else write_title(title)


def _author(name: str) -> str:
    return (escape_first if name.casefold() in NOTHING else escape)(name, "|[];；、")
