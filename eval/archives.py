"""Tasks made of digest pages themselves: no judge is needed, and none of their text is kept.

- `cross-text`: a paper known in both languages keeps one; the hidden text, pasted whole as
  a reader would paste an abstract (`similar`), must find it across the languages.
- `titles`: a title typed as a query must find the paper by its text in the other language,
  where no title is left in the index.
- `duplicates`: what several digests say of one paper is taken apart; one of these texts,
  pasted, must find the others.

All other papers of the pages stay, to be told apart from. Written queries are `natural`'s.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from embeddings.errors import UnreadableFile
from eval.task import Query, ReadPage, Task, as_asked, direction, own_url
from indexer.files import decode, discover, read_bytes
from indexer.identity import paper_key
from indexer.paper import Language, Row
from indexer.readers.registry import load_registry

OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}


def read_pages(*paths: Path) -> tuple[ReadPage, ...]:
    """The digest pages at these paths, each read by the reader that knows it; others left out.

    Raises `UnreadableFile` for a path that does not exist.
    """
    registry = load_registry()
    pages = []
    for file in discover(paths):
        try:
            page = decode(file.path, read_bytes(file.path))
        except UnreadableFile:
            continue  # as indexing does; it is no page
        if reader := registry.recognise(page):
            pages.append(ReadPage(file, file.source(), reader.layout, reader.read(page)))
    return tuple(pages)


def cross_text(pages: Sequence[ReadPage]) -> Task:
    """Pasted texts against papers whose text in that language is hidden."""
    papers = by_paper(pages)
    kept = {key: kept_language(key) for key, rows in papers.items() if len(languages(rows)) > 1}
    queries = []
    for key, language in kept.items():
        hidden = OTHER[language]
        text = next(said for row in papers[key] if (said := text_in(row, hidden)))
        queries.append(Query(key, as_asked(text), direction(hidden, [language]), pasted=True))
    return Task(
        "cross-text",
        "a hidden text, pasted, finds its paper in the other language",
        changed(pages, lambda key, row: only(row, kept[key]) if key in kept else row),
        tuple(queries),
        {key: {key: 1} for key in kept},
    )


def titles(pages: Sequence[ReadPage]) -> Task:
    """Titles as queries against papers without a title, in the title's other language."""
    kept: dict[str, Language] = {}
    queries = []
    for key, rows in by_paper(pages).items():
        title = next((row for row in rows if row.title), None)
        if title is None or key.startswith("title:"):  # a paper that its title alone names
            continue
        other = OTHER[title.title_language]
        if other in languages(rows):
            kept[key] = other
            group = direction(title.title_language, [other])
            queries.append(Query(key, as_asked(title.title), group))
    return Task(
        "titles",
        "a title finds its paper's text in the other language, all titles blank",
        changed(
            pages,
            lambda key, row: replace(only(row, kept[key]), title="") if key in kept else row,
        ),
        tuple(queries),
        {key: {key: 1} for key in kept},
    )


def duplicates(pages: Sequence[ReadPage]) -> Task:
    """What several pages say of one paper, as documents that must find each other."""
    shown: dict[str, dict[Path, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for page in pages:
        for row in page.reading.rows:
            shown[paper_key(row)][page.file.path].append(row)
    urls: dict[tuple[str, Path], str] = {}
    queries: list[Query] = []
    qrels: dict[str, dict[str, int]] = {}
    for key, places in shown.items():
        if len(places) < 2:
            continue
        documents = {}
        for path, rows in places.items():
            urls[key, path] = own_url(len(urls) + 1)
            documents[_key_of(urls[key, path])] = rows
        for own, rows in documents.items():
            others = {name: said for name, said in documents.items() if name != own}
            answers = languages(row for said in others.values() for row in said)
            for language in sorted(languages(rows)):
                text = next(said for row in rows if (said := text_in(row, language)))
                group = direction(language, answers)
                query = Query(f"{own} {language}", as_asked(text), group, True, (own,))
                queries.append(query)
                qrels[query.id] = dict.fromkeys(others, 1)
    return Task(
        "duplicates",
        "one digest's text about a paper, pasted, finds the other digests' texts",
        tuple(
            page.with_rows(
                _renamed(row, urls.get((paper_key(row), page.file.path)))
                for row in page.reading.rows
            )
            for page in pages
        ),
        tuple(queries),
        qrels,
    )


def kept_language(paper_id: str) -> Language:
    """The language that a paper keeps where one must be hidden, by a hash of its id."""
    return "zh" if hashlib.sha256(paper_id.encode()).digest()[0] % 2 else "en"


def by_paper(pages: Iterable[ReadPage]) -> dict[str, list[Row]]:
    """All rows of each paper."""
    found: dict[str, list[Row]] = defaultdict(list)
    for page in pages:
        for row in page.reading.rows:
            found[paper_key(row)].append(row)
    return dict(found)


def changed(pages: Iterable[ReadPage], change: Callable[[str, Row], Row]) -> tuple[ReadPage, ...]:
    """The pages with each row changed, given its paper's key."""
    return tuple(
        page.with_rows(change(paper_key(row), row) for row in page.reading.rows) for page in pages
    )


def only(row: Row, language: Language) -> Row:
    """A row with its texts in one language."""
    return replace(row, texts=tuple(text for text in row.texts if text.language == language))


def languages(rows: Iterable[Row]) -> set[Language]:
    """The languages that rows have texts in."""
    return {text.language for row in rows for text in row.texts}


def text_in(row: Row, language: Language) -> str:
    """All that a row says in one language."""
    return "\n".join(text.text for text in row.texts if text.language == language)


def _renamed(row: Row, url: str | None) -> Row:
    return replace(row, arxiv_id=None, version=None, url=url) if url else row


def _key_of(url: str) -> str:
    return paper_key(Row(line=0, end_line=0, title="", title_language="en", url=url))
