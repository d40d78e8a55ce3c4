"""OAI-PMH: what changed in a repository's sets in a window, followed from token to token.

A window is about the days on which records were *changed*; when a paper came out stands in
its metadata, which `indexer.readers.oaipmh` reads. A list is whole when it holds what it
announced and no record twice; one that is not is read anew, since lists move while they are
read. One answer belongs to `indexer.sources.repository`, the way from one to the next to
`indexer.sources.resumption`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any

from oaipmh_scythe import (
    BadArgument,
    BadResumptionToken,
    CannotDisseminateFormat,
    NoRecordsMatch,
    NoSetHierarchy,
    OAIPMHException,
)

from embeddings.errors import SourceError, UnusableAnswer
from indexer.settings import Settings
from indexer.sources.base import SETTLES, WHOLE, Answer, Record, count, listed
from indexer.sources.cursor import Cursor
from indexer.sources.politeness import PoliteClient
from indexer.sources.repository import Query, Repository
from indexer.sources.resumption import Moved, follow
from indexer.sources.window import FIRST_YEAR, Window

READINGS = 3
"""How often a list that moves is read before what was received has to do."""

SET_PAGES = 5
"""Pages of sets that are read to tell an empty day from a set that there is not. Some have a
set for each of their users."""


@dataclass(frozen=True, slots=True)
class _List:
    """One set's list, as far as it could be read. `problem` says what ended it early."""

    items: list[Record]
    sizes: list[int]
    problem: SourceError | None = None
    split: bool = False


class OaiSource:
    """One or more sets of one repository."""

    name = "oaipmh"
    settles = SETTLES["oaipmh"]
    lasting = False  # a record that changes again is another day's

    def __init__(self, sets: tuple[str, ...], settings: Settings, http: PoliteClient) -> None:
        self._sets = tuple(sorted(set(sets)))
        self._format = settings.oai_format
        self._split = settings.oai_split
        self._http = http
        self._repository = Repository(http)
        other = {
            name: value
            for name, value in (("oai_url", http.shown), ("oai_format", self._format))
            if value != type(settings).model_fields[name].default
        }
        where = f" of {http.shown.partition('://')[2]}" if "oai_url" in other else ""
        self.stream = f"{', '.join(self._sets)}{where} as {self._format}"
        self.question = f"{http.shown} {self.stream}"
        said = (f"ARCHIVE_{name.upper()}={value}" for name, value in other.items())
        self.asked = (*said, *(word for each in self._sets for word in ("--oai", each)))

    def identity(self, record: Record) -> str:
        """The record's identifier; that it was deleted is a record of its own."""
        if not (identifier := record.get("identifier")):
            return json.dumps(record, sort_keys=True)
        return f"{identifier} deleted" if record.get("deleted") else str(identifier)

    def read(self, window: Window, cursor: Cursor) -> Answer:
        """Ask for what changed in a window, set by set."""
        answer = Answer()
        records: dict[str, Record] = {}
        why: list[str] = []
        given = 0
        for name in self._sets:
            part = self._read_set(name, window, cursor)
            if part.split:
                return part
            if part.announced is not None:
                answer.announced = (answer.announced or 0) + part.announced
            answer.received += part.received
            answer.duplicates += part.duplicates
            given += len(part.records)
            records |= {self.identity(record): record for record in part.records}
            if part.missing:
                why.append(f"{name}: {part.missing}" if len(self._sets) > 1 else part.missing)
            if part.error:
                answer.error = part.error
                break
        answer.records = list(records.values())
        answer.duplicates += given - len(records)  # in several of the sets
        answer.missing = "; ".join(why) or None
        return answer

    def _read_set(self, name: str, window: Window, cursor: Cursor) -> Answer:
        """Read a list until a reading agrees with itself; the readings' union otherwise."""
        records: dict[str, Record] = {}
        before: list[str] | None = None
        answer = Answer()
        for reading in range(1, READINGS + 1):
            found = self._read_list(name, window, cursor)
            if found.split:
                return Answer(announced=found.sizes[0] if found.sizes else None, split=True)
            names = [self.identity(record) for record in found.items]
            records |= dict(zip(names, found.items, strict=True))
            size = found.sizes[-1] if found.sizes else None
            different = len(set(names))
            answer.announced, answer.received = size, len(names)
            answer.duplicates = len(names) - different
            answer.records = list(records.values())
            if found.problem and not isinstance(found.problem, Moved):
                there = f"records from {len(names)} on: " if names else ""
                answer.missing = f"{there}{found.problem}"
                unusable = isinstance(found.problem, UnusableAnswer)
                answer.error = None if unusable else found.problem
                return answer
            again = found.problem is None and names == before
            enough = size is None or len(names) >= size
            steady = len(set(found.sizes)) < 2 and not answer.duplicates
            # The same twice over is the repository's own duplicate, not a record lost.
            if found.problem is None and enough and (steady or again):
                answer.missing = None
                return answer
            cursor.restart()
            answer.missing = f"read {count(reading, 'time')}, and not whole: " + str(
                found.problem or f"{size} announced, {count(different, 'record')} came"
            )
            if again:
                break
            before = names if found.problem is None else None
        return answer

    def _read_list(self, name: str, window: Window, cursor: Cursor) -> _List:
        items: list[Record] = []
        sizes: list[int] = []
        try:
            if (query := self._query(name, window)) is None:
                return _List([], [])
            for page in follow(query, partial(self._kept_page, name, cursor), self.identity):
                sizes += [] if page["size"] is None else [page["size"]]
                too_many = page["token"] if page["size"] is None else page["size"] > self._split
                if too_many and not window.is_day:
                    return _List([], sizes, split=True)
                items += page["items"]
            return _List(items, sizes, None if items or any(sizes) else self._unknown(name))
        except NoRecordsMatch:
            if items:
                return _List(items, sizes, Moved(f"the list ended after {len(items)} records"))
            return _List([], [], self._unknown(name))
        except BadResumptionToken as error:
            return _List(items, sizes, Moved(f"the resumption token was refused ({error})"))
        except OAIPMHException as error:
            return _List(items, sizes, self._refusal(name, error))
        except SourceError as error:
            return _List(items, sizes, error)

    def _query(self, name: str, window: Window) -> Query | None:
        """The question for a window; None for one in which nothing can have changed."""
        query = {"verb": "ListRecords", "metadataPrefix": self._format}
        query |= {} if name == WHOLE else {"set": name}
        if (bounds := window.bounds()) is None:
            return query
        # Days outside of the repository's life are refused by some. The first window there is
        # also holds what came before it: some date their oldest records 1970, or the year 1.
        first = max(bounds[0].date(), self._earliest)
        if bounds[0].date() == date(FIRST_YEAR, 1, 1):
            first = self._earliest
        last = min(bounds[1].date(), datetime.now(UTC).date())
        if first > last:
            return None
        return query | {"from": first.isoformat(), "until": last.isoformat()}

    @cached_property
    def _earliest(self) -> date:
        """The first day on which the repository says that anything changed.

        Raises `SourceError` for good: who cannot say this has no window to give.
        """
        try:
            stated = getattr(self._repository.identify(), "earliestDatestamp", None)
        except UnusableAnswer as error:
            raise SourceError(str(error)) from error
        try:
            return date.fromisoformat(str(stated)[:10])
        except ValueError:
            return date.min

    def _kept_page(self, name: str, cursor: Cursor, query: Query) -> dict[str, Any]:
        key = f"{name} {query.get('resumptionToken', '')}"
        return cursor.page(key, lambda: self._repository.page(query))

    @cached_property
    def _known_sets(self) -> frozenset[str]:
        """The repository's sets; none where it does not say, or has pages over pages of them."""
        known: set[str] = set()
        pages = follow({"verb": "ListSets"}, self._repository.page, str)
        try:
            for number, page in enumerate(pages, 1):
                known |= set(filter(None, page["items"]))
                if page["token"] and number == SET_PAGES:
                    return frozenset()
        except (OAIPMHException, SourceError):
            return frozenset()
        return frozenset(known)

    def _unknown(self, name: str) -> SourceError | None:
        """An error if there is no such set, since many then answer that nothing matches."""
        known = self._known_sets
        if name == WHOLE or not known or any(f"{each}:".startswith(f"{name}:") for each in known):
            return None
        near = get_close_matches(name, known, cutoff=0.5) or sorted(known, key=len)
        return SourceError(f"{self._http.host} has no set {name!r}; it has {listed(near)}")

    def _refusal(self, name: str, error: OAIPMHException) -> SourceError:
        words = " ".join(str(error).split())
        said = type(error).__name__ + (f": {words}" if words else "")
        advice = ""
        if isinstance(error, NoSetHierarchy):
            advice = f"; it has no sets, so ask for --oai {WHOLE}"
        elif isinstance(error, CannotDisseminateFormat):
            advice = f"; ARCHIVE_OAI_FORMAT is {self._format}, and every repository has oai_dc"
        elif isinstance(error, BadArgument):
            if unknown := self._unknown(name):
                return unknown
            advice = f"; check --oai {name}, the days and ARCHIVE_OAI_URL"
        return SourceError(f"{self._http.host} refuses ({said}){advice}")
