"""arXiv's API: one question, asked page by page until all that was announced is there.

The `arxiv` package makes the questions and reads the answers. What it lets pass is checked
here: a page must be whole, hold as many entries as it should, and agree with its neighbours;
an empty answer is asked for again; a result set that moved while it was read is read anew.
How often a server is asked belongs to `indexer.sources.politeness`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from xml.etree import ElementTree

import arxiv
from arxiv import _feed

from embeddings.errors import SourceError, UnusableAnswer
from indexer.identity import parse_arxiv_id
from indexer.settings import Settings
from indexer.sources.base import SETTLES, Answer, Record, count, listed
from indexer.sources.cursor import Cursor
from indexer.sources.politeness import PoliteClient
from indexer.sources.window import Window

READINGS = 3
"""How often a result set that moves is read before what was received has to do."""
EMPTY_ASKED = 3
"""How often "no results" must be said before it is believed."""
IDS_AT_ONCE = 100
"""Ids in one question, which must fit an address."""
# The package prints what it skips; here that is kept, and rejected with its reason.
logging.getLogger("arxiv").addHandler(logging.NullHandler())
_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_REQUIRED = ("id", "published", "updated")


@dataclass(frozen=True, slots=True)
class ArxivQuestion:
    """What is asked: categories, authors and a query must all hold; or certain papers.

    `by` is the date that windows are about: the paper's first version or its latest.
    """

    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    query: str = ""
    ids: tuple[str, ...] = ()
    by: str = "submittedDate"

    def __str__(self) -> str:
        clauses = [
            " OR ".join(f"cat:{each}" for each in sorted(set(self.categories))),
            " OR ".join(f'au:"{each}"' for each in sorted(set(self.authors))),
            self.query.strip(),
        ]
        said = [clause for clause in clauses if clause]
        # Brackets only where they are needed, since people read this.
        return f"({') AND ('.join(said)})" if len(said) > 1 else "".join(said)

    def options(self) -> tuple[str, ...]:
        """The options of `archive fetch` that ask this."""
        given: list[str] = []
        for name, values in (("--category", self.categories), ("--author", self.authors)):
            for value in sorted(set(values)):
                given += [name, value]
        given += ["--query", self.query] if self.query else []
        given += ["--ids", ",".join(self.ids)] if self.ids else []
        given += ["--updated"] if self.by != "submittedDate" else []
        return tuple(given)


class _Client(arxiv.Client):
    """The package's client, with an address of one's own and polite, checked requests."""

    def __init__(self, http: PoliteClient, page_size: int) -> None:
        super().__init__(page_size=page_size, delay_seconds=0, num_retries=0)
        self.query_url_format = http.asking + "{}"
        self._http = http

    def page(self, search: arxiv.Search, start: int, *, exact: bool = True) -> dict[str, Any]:
        """The page of results from `start` on; `exact`: with as many as are due.

        Raises `SourceError`.
        """
        url = self._format_url(search, start, self.page_size)
        return self._http.ask(
            url, lambda content: _read_page(content, start, self.page_size, exact)
        )


class ArxivSource:
    """One question to arXiv."""

    name = "arxiv"
    settles = SETTLES["arxiv"]

    def __init__(self, question: ArxivQuestion, settings: Settings, http: PoliteClient) -> None:
        self._question = question
        self._split = settings.arxiv_split
        self._client = _Client(http, settings.arxiv_page)
        # A paper leaves the day of its last update with the next one.
        self.lasting = question.by == "submittedDate"
        by = "" if self.lasting else " by last update"
        self.stream = f"ids {','.join(question.ids)}" if question.ids else f"{question}{by}"
        self.question = f"{http.shown} {settings.arxiv_page} {self.stream}"
        self.asked = question.options()

    def identity(self, record: Record) -> str:
        """The paper's id with its version."""
        return str(record.get("id", record))

    def read(self, window: Window, cursor: Cursor) -> Answer:
        """Ask for a window; for certain papers, for all of them whatever the window."""
        if self._question.ids:
            return self._read_ids(cursor)
        return self._read_window(window, cursor)

    def _read_ids(self, cursor: Cursor) -> Answer:
        ids = list(dict.fromkeys(self._question.ids))
        answer = Answer(announced=len(ids))
        why: list[str] = []
        for start in range(0, len(ids), IDS_AT_ONCE):
            asked = ids[start : start + IDS_AT_ONCE]
            search = arxiv.Search(id_list=asked, max_results=None)
            part = self._read_all(search, cursor, f"ids {start} ")
            answer.received += part.received
            answer.duplicates += part.duplicates
            answer.records += part.records
            answer.error = part.error
            why += [part.missing] if part.missing else []
            if part.error:
                break
        given = {_paper(record) for record in answer.records} | {
            self.identity(record) for record in answer.records
        }
        if missing := [each for each in ids if each not in given]:
            because = f" ({'; '.join(why)})" if why else ""
            answer.missing = f"no record of {listed(missing)}{because}"
        return answer

    def _read_window(self, window: Window, cursor: Cursor) -> Answer:
        query, bounds = str(self._question), window.bounds()
        if bounds is not None:
            start, end = (moment.strftime("%Y%m%d%H%M") for moment in bounds)
            query = f"({query}) AND {self._question.by}:[{start} TO {end}]"
        by_update = self._question.by != "submittedDate"
        search = arxiv.Search(
            query,
            max_results=None,  # the package's own default would stop after 100
            sort_by=arxiv.SortCriterion.LastUpdatedDate
            if by_update
            else arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Ascending,  # what is added while reading comes last
        )
        return self._read_all(search, cursor, "", limit=self._split)

    def _read_all(
        self, search: arxiv.Search, cursor: Cursor, key: str, limit: int | None = None
    ) -> Answer:
        """Read pages until a reading agrees with itself; the readings' union otherwise."""
        records: dict[str, Record] = {}
        before: list[str] = []
        answer = Answer()
        for _ in range(READINGS):
            pages, gaps, error = self._read_pages(search, cursor, key, limit)
            totals = [page["total"] for page in pages]
            answer.announced = totals[-1] if totals else None
            if limit is not None and totals and totals[0] > limit:
                return Answer(announced=totals[0], split=True)
            found = [record for page in pages for record in page["records"]]
            records |= {self.identity(record): record for record in found}
            papers = [_paper(record) for record in found]
            answer.received = len(found)
            answer.duplicates = len(papers) - len(set(papers))
            answer.records = list(records.values())
            if error or gaps:
                answer.error = error
                answer.missing = "; ".join(gaps)
                return answer
            agrees = len(set(totals)) == 1 and len(found) == totals[0]
            # The same twice over is arXiv's own duplicate, not a paper that slipped away.
            if agrees and (not answer.duplicates or papers == before):
                return answer
            before = papers
            cursor.restart()
        answer.missing = (
            f"the results moved each of {READINGS} times that they were read: "
            f"{answer.announced} announced, {len(set(before))} papers read last"
        )
        return answer

    def _read_pages(
        self, search: arxiv.Search, cursor: Cursor, key: str, limit: int | None
    ) -> tuple[list[dict[str, Any]], list[str], SourceError | None]:
        """The pages that could be read, what is missing, and what ended it early."""
        pages: list[dict[str, Any]] = []
        gaps: list[str] = []
        start, total = 0, 1
        while start < total:
            try:
                page = cursor.page(f"{key}{start}", partial(self._page, search, start))
            except UnusableAnswer as error:
                if not pages:  # without a first page nobody knows how many there are
                    return pages, [str(error)], None
                last = min(start + self._client.page_size, total) - 1
                gaps.append(f"results {start} to {last}: {error}")
            except SourceError as error:
                there = f"results from {start} on: " if pages else ""
                return pages, [*gaps, f"{there}{error}"], error
            else:
                pages.append(page)
                total = page["total"]
                if limit is not None and total > limit:
                    break
            start += self._client.page_size
        return pages, gaps, None

    def _page(self, search: arxiv.Search, start: int) -> dict[str, Any]:
        try:
            page = self._client.page(search, start)
        except UnusableAnswer:
            if not search.id_list:
                raise
            # Ids that do not exist may be counted as results; each is looked for by name.
            page = self._client.page(search, start, exact=False)
        for _ in range(EMPTY_ASKED - 1):
            if page["total"]:
                break
            page = self._client.page(search, start)
        return page


def _paper(record: Record) -> str:
    """The paper that a record is about, whatever its version."""
    stated = str(record.get("id", record))
    found = parse_arxiv_id(stated)
    return found.key if found else stated


def _read_page(content: bytes, start: int, size: int, exact: bool) -> dict[str, Any]:
    """A page's announced total and its records; an entry that says too little stays as it is.

    Raises `UnusableAnswer` unless the page is whole, `SourceError` if it states an error.
    """
    try:
        root = ElementTree.fromstring(content)
        entries = root.findall(f"{_ATOM}entry")
        total = int(root.findtext(_TOTAL, ""))
        # Given the text of a broken page, the package's parser makes do with its beginning.
        results = {each.entry_id: each for each in _feed.parse(content).results}
    except (ElementTree.ParseError, ValueError) as error:
        raise UnusableAnswer(
            f"the page from result {start} on is cut short or malformed ({error})"
        ) from error
    for entry in entries:
        if "/api/errors" in entry.findtext(f"{_ATOM}id", ""):
            raise SourceError(f"arXiv refuses: {entry.findtext(f'{_ATOM}summary', '').strip()}")
    if not exact:
        total = start + len(entries)
    if len(entries) != (due := max(0, min(size, total - start))):
        raise UnusableAnswer(
            f"the page from result {start} on holds {count(len(entries), 'paper')} "
            f"where {due} of {total} are due"
        )
    records = []
    for entry in entries:
        if all(entry.findtext(f"{_ATOM}{name}", "").strip() for name in _REQUIRED):
            records.append(_record(results[entry.findtext(f"{_ATOM}id", "")]))
        else:
            records.append({"unreadable": ElementTree.tostring(entry, encoding="unicode")})
    return {"total": total, "records": records}


def _record(result: arxiv.Result) -> Record:
    """All that arXiv says of a paper, as plain JSON."""
    return {
        "id": result.get_short_id(),
        "title": result.title,
        "authors": [author.name for author in result.authors],
        "published": result.published.isoformat(),
        "updated": result.updated.isoformat(),
        "primary_category": result.primary_category,
        "categories": result.categories,
        "comment": result.comment,
        "journal_ref": result.journal_ref,
        "doi": result.doi,
        "abstract": result.summary,
    }


def clean_ids(given: Sequence[str]) -> tuple[str, ...]:
    """Ids or links as arXiv's API takes them, with the version where one is named.

    Raises `ValueError` with the first that is none.
    """
    ids = []
    for text in (part for each in given for part in re.split(r"[,\s]+", each) if part):
        found = parse_arxiv_id(text)
        if found is None:
            raise ValueError(text)
        ids.append(found.key + (f"v{found.version}" if found.version else ""))
    return tuple(dict.fromkeys(ids))
