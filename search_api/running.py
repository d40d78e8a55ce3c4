"""A running server, as other commands on the same machine meet it.

A server owns its archive's store, so a search in a terminal goes through it. The server
leaves a note with its address in the archive's folder; a note whose server does not answer
is left over from a crash and is ignored.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from embeddings.errors import ArchiveError, BadQuery, StoreBusy, StoreUnavailable, UnknownPaper
from search_api.answers.answer import Answer, Piece
from search_api.filters import Narrowing
from search_api.results import SearchAnswer, SimilarAnswer
from search_api.search import check_either, check_limit, checked_query
from search_api.topics.labels import AllClassified, Classified
from search_api.topics.sets import TopicSet

_NOTE = "server.json"
_TIMEOUT = 60.0
"""Seconds that an answer may take; counting and drawing a whole archive may take longer."""


class _Note(BaseModel):
    url: str


class _Home(BaseModel):
    home: str


class _Works(BaseModel):
    works: list[tuple[str, ...]]


@contextmanager
def noted(home: Path, url: str) -> Iterator[None]:
    """Leave the note while a server runs."""
    note = home / _NOTE
    note.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def find_server(home: Path) -> RemoteSearcher | None:
    """The server that owns this archive, if one runs."""
    try:
        url = _Note.model_validate_json((home / _NOTE).read_bytes()).url
    except (OSError, ValueError):
        return None
    import httpx  # only where there is a server: importing it takes time

    # The server is on this machine: no proxy stands between.
    client = httpx.Client(timeout=_TIMEOUT, trust_env=False)
    try:
        client.base_url = httpx.URL(url)
        answer = client.get("/stats", timeout=5.0).content
        there = _Home.model_validate_json(answer).home
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        there = None
    if there is None or Path(there) != home:
        client.close()
        return None
    return RemoteSearcher(client, url)


def check_unserved(home: Path) -> None:
    """Raise `StoreBusy`, without waiting for the store, where a running server owns it."""
    if server := find_server(home):
        raise StoreBusy(
            f"The archive in {home} is served at {server.url}, which owns it; "
            "stop that server first."
        )


class RemoteSearcher:
    """Answers like `search.Searcher`, through a running server."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self.url = url

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        narrowing: Narrowing | None = None,
        explain: bool = False,
        rerank: bool = True,
    ) -> SearchAnswer:
        """See `Searcher.search`."""
        # What is wrong here is told in the same words with and without a server.
        check_limit(limit, offset)
        query = checked_query(query)
        params: dict[str, Any] = {"q": query, "limit": limit, "offset": offset}
        params |= {"explain": explain, "rerank": rerank}
        data = self._ask("GET", "/search", params | _params(narrowing))
        return TypeAdapter(SearchAnswer).validate_json(data)

    def similar(
        self,
        paper_id: str | None = None,
        *,
        text: str | None = None,
        limit: int = 10,
        narrowing: Narrowing | None = None,
        explain: bool = False,
    ) -> SimilarAnswer:
        """See `Searcher.similar`."""
        check_limit(limit, 0)
        check_either(paper_id, text)
        params = _params(narrowing)
        if paper_id is not None:
            # Left as they are, dots would be steps up in the path.
            path = f"/papers/{quote(paper_id).replace('.', '%2E')}/similar"
            data = self._ask("GET", path, params | {"limit": limit}, paper_id=paper_id)
        else:
            body = {"text": checked_query(text or ""), "limit": limit}
            data = self._ask("POST", "/similar", params, body)
        return TypeAdapter(SimilarAnswer).validate_json(data)

    def classify(
        self,
        paper_id: str | None = None,
        *,
        text: str | None = None,
        topics: TopicSet | None = None,
    ) -> Classified:
        """See `search_api.archive.Archive.classify`."""
        check_either(paper_id, text)
        if text is not None:
            text = checked_query(text)
        body = {"paper_id": paper_id, "text": text, "topics": topics}
        data = self._ask("POST", "/classify", {}, body, paper_id=paper_id or "")
        return TypeAdapter(Classified).validate_json(data)

    def classify_all(self, topics: TopicSet | None = None) -> AllClassified:
        """See `search_api.archive.Archive.classify_all`."""
        asked = {"topics": topics} if topics else {}
        data = self._ask("GET", "/classified", asked, timeout=None)
        return TypeAdapter(AllClassified).validate_json(data)

    def stream(
        self, question: str, narrowing: Narrowing | None = None, *, quote: bool = False
    ) -> Iterator[Piece | Answer]:
        """See `search_api.answers.asker.Asker.stream`."""
        import httpx
        from httpx_sse import EventSource

        body = {"question": checked_query(question), "quote": quote}
        try:
            with self._client.stream(
                "POST", "/ask/stream", params=_params(narrowing), json=body, timeout=None
            ) as response:
                if not response.is_success:
                    response.read()
                    self._refuse(response)
                found: Piece | Answer | None = None
                for event in EventSource(response).iter_sse():
                    kind = Piece if event.event == "piece" else Answer
                    found = TypeAdapter[Piece | Answer](kind).validate_json(event.data)
                    yield found
                if not isinstance(found, Answer):
                    raise httpx.RemoteProtocolError("the answer did not come to its end")
        except (httpx.HTTPError, ValidationError) as error:
            raise self._gone(error) from error

    def same_works(self, paper_ids: Sequence[str]) -> list[tuple[str, ...]]:
        """See `search_api.digests.duplicates.same_works`."""
        body = {"paper_ids": list(paper_ids)}
        data = self._ask("POST", "/same-works", {}, body, timeout=None)
        return _Works.model_validate_json(data).works

    def get(self, path: str, params: dict[str, Any], narrowing: Narrowing) -> bytes:
        """What any other route answers, as it came, however long it takes."""
        given = {name: value for name, value in params.items() if value is not None}
        return self._ask("GET", path, given | _params(narrowing), timeout=None)

    def _ask(
        self,
        method: str,
        path: str,
        params: dict[str, Any],
        body: dict[str, Any] | None = None,
        *,
        paper_id: str = "",
        timeout: float | None = _TIMEOUT,
    ) -> bytes:
        import httpx

        try:
            response = self._client.request(method, path, params=params, json=body, timeout=timeout)
        except httpx.ReadTimeout as error:
            raise StoreUnavailable(
                f"The server at {self.url} took more than {timeout:.0f} s to answer; try again."
            ) from error
        except httpx.HTTPError as error:
            raise self._gone(error) from error
        if not response.is_success:
            self._refuse(response, paper_id)
        return bytes(response.content)

    def _gone(self, error: Exception) -> StoreUnavailable:
        return StoreUnavailable(f"The server at {self.url} stopped answering: {error}")

    def _refuse(self, response: Any, paper_id: str = "") -> NoReturn:
        """Raise what the server says, in the words of this side."""
        import httpx

        try:
            problem = response.json()
        except ValueError as error:
            raise StoreUnavailable(f"{self.url} answers with something else") from error
        if response.status_code == httpx.codes.NOT_FOUND:
            raise UnknownPaper(paper_id, tuple(problem.get("suggestions") or ()))
        kind = BadQuery if response.is_client_error else ArchiveError
        raise kind(problem["detail"])


def _params(narrowing: Narrowing | None) -> dict[str, Any]:
    given = narrowing or Narrowing()
    params = {
        "from": given.date_from,
        "to": given.date_to,
        "topic": given.topics,
        "category": given.categories,
        "source": given.sources,
        "author": given.authors,
        "has_code": given.has_code,
    }
    return {name: value for name, value in params.items() if value not in (None, ())}
