"""Test collections in BEIR's layout: `corpus.jsonl`, `queries.jsonl` and qrels.

The layout is that of Thakur et al. 2021 (arXiv:2104.08663). Documents become rows of one
page, each with an address of its own, so that they go through the same indexing as digests.
Grades are kept. A query with a `query_paper` is a pasted paper: papers like it are wanted,
itself left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embeddings.errors import InputError, UnreadableFile
from eval.task import Qrels, Query, ReadPage, Task, as_asked, direction, own_url
from indexer.files import SourceFile
from indexer.identity import paper_key
from indexer.language import language_of
from indexer.paper import Language, Row, Text
from indexer.readers.base import Reading

CORPUS = "corpus.jsonl"
QUERIES = "queries.jsonl"
LAYOUT = "beir"


def is_collection(folder: Path) -> bool:
    """Whether a folder has a corpus in BEIR's layout."""
    return (folder / CORPUS).is_file()


def load(folder: Path, qrels: Path | None = None) -> Task:
    """The task of one collection, with the judgements of `qrels` or of its test split.

    Raises `UnreadableFile` with the line for anything malformed, and `InputError` where
    judgements and documents do not belong together.
    """
    rows = _rows(folder / CORPUS)
    keys = {document: paper_key(row) for document, row in rows.items()}
    languages = {document: row.texts[0].language for document, row in rows.items()}
    judged = _judgements(qrels or find_qrels(folder))
    missing = {document for of in judged.values() for document in of} - keys.keys()
    if all(missing.issuperset(of) for of in judged.values()):
        raise InputError(f"{folder}: no judged document is in {CORPUS}; name its --qrels FILE")
    queries = tuple(_queries(folder / QUERIES, judged, keys, languages))
    page = ReadPage(
        SourceFile((folder / CORPUS).resolve(), f"{folder.name}/{CORPUS}"),
        folder.name,
        LAYOUT,
        Reading(tuple(rows.values())),
    )
    # A judged document that the corpus lacks stays: it counts as not found.
    graded = {
        query: {keys.get(document, f"missing:{document}"): grade for document, grade in of.items()}
        for query, of in judged.items()
    }
    about = f"BEIR collection of {len(rows)} documents"
    if missing:
        about += f", {len(missing)} judged ones not among them"
    return Task(folder.resolve().name, about, (page,), queries, graded)


def find_qrels(folder: Path) -> Path:
    """The judgements to use: the test split's if there is one. Raises `UnreadableFile`."""
    split = folder / "qrels" / "test.tsv"
    found = [split] if split.is_file() else sorted(folder.glob("qrels*test*.tsv"))
    found += [whole] if (whole := folder / "qrels.tsv").is_file() else []
    if not found:
        raise UnreadableFile(folder, "has no qrels/test.tsv, qrels*test*.tsv or qrels.tsv")
    return found[0]


def _rows(path: Path) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for line, record in _records(path):
        document, title = _field(path, line, record, "_id"), str(record.get("title") or "").strip()
        text = str(record.get("text") or "").strip()
        if document in rows:
            raise UnreadableFile(path, f"line {line}: the document {document!r} is there twice")
        language: Language = language_of(text or title)
        rows[document] = Row(
            line=line,
            end_line=line,
            title=title,
            title_language=language_of(title) if title else language,
            url=own_url(line),
            texts=(Text("abstract", language, text),),
        )
    return rows


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for line, text in enumerate(_lines(path), 1):
        if not text.strip():
            continue
        parts = text.split("\t")
        try:
            query, document, grade = parts[0], parts[1], int(parts[2])
        except (IndexError, ValueError) as error:
            if line == 1:
                continue  # the header
            raise UnreadableFile(
                path, f"line {line}: is not 'query-id, corpus-id, whole grade' between tabs"
            ) from error
        judged.setdefault(query, {})[document] = max(0, grade)
    if not judged:
        raise UnreadableFile(path, "judges nothing")
    return judged


def _queries(
    path: Path, judged: Qrels, keys: dict[str, str], languages: dict[str, Language]
) -> Iterator[Query]:
    missing = dict.fromkeys(judged)
    for line, record in _records(path):
        query = _field(path, line, record, "_id")
        if query not in missing:
            continue  # not judged, or there twice
        del missing[query]
        text = as_asked(_field(path, line, record, "text"))
        relevant = [languages[d] for d, grade in judged[query].items() if grade and d in languages]
        paper = record.get("query_paper")
        yield Query(
            query,
            text,
            direction(language_of(text), relevant or [language_of(text)]),
            pasted=paper is not None,
            left_out=(keys[str(paper)],) if str(paper) in keys else (),
        )
    if missing:
        raise UnreadableFile(path, f"lacks {len(missing)} judged queries, {next(iter(missing))!r}")


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, text in enumerate(_lines(path), 1):
        if not text.strip():
            continue
        try:
            record = json.loads(text)
        except ValueError as error:
            raise UnreadableFile(path, f"line {line}: is not JSON ({error})") from error
        if not isinstance(record, dict):
            raise UnreadableFile(path, f"line {line}: is not a JSON object")
        yield line, record


def _field(path: Path, line: int, record: dict[str, Any], name: str) -> str:
    value = str(record.get(name, "")).strip()
    if not value:
        raise UnreadableFile(path, f"line {line}: has no {name!r}")
    return value


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from (line.rstrip("\r\n") for line in file)
    except FileNotFoundError as error:
        raise UnreadableFile(path, "does not exist") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(path, f"cannot be read ({error})") from error
