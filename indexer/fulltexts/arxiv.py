"""arXiv's files of papers: the HTML version, else the PDF, and which version it is.

Asked only for papers that somebody names. What a file says is the business of `extract`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from embeddings.errors import AbsentFile, InputError, UnreadableFile, UnusableAnswer
from indexer.fulltexts.extract import Extracted, extract
from indexer.fulltexts.html import UnreadableHtml
from indexer.identity import ArxivId
from indexer.settings import Settings
from indexer.sources.politeness import PoliteClient


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it came, what it says, and its address without a password."""

    url: str
    data: bytes
    extracted: Extracted
    version: int | None


class ArxivFiles:
    """arXiv's files. `busy` is told why it waits."""

    def __init__(self, settings: Settings, busy: Callable[[str], None] = lambda why: None) -> None:
        url = settings.arxiv_files_url.rstrip("/")
        self._http = PoliteClient(url, settings.arxiv_interval, settings, busy)

    def fetch(self, wanted: ArxivId, *, pdf: bool = False) -> Fetched:
        """A paper's file; with `pdf` not the HTML version.

        Raises:
            AbsentFile: arXiv has no such file.
            UnreadableFile: what came has no text that can be read.
            SourceError: arXiv refuses, stays busy or cannot be reached.

        """
        name = wanted.key + (f"v{wanted.version}" if wanted.version else "")
        if not pdf:
            try:
                return self._fetch(f"/html/{name}", wanted, _html)
            except (AbsentFile, UnreadableHtml):
                pass  # most papers from before 2024 have none
        path = f"/pdf/{name}"
        try:
            return self._fetch(path, wanted, _pdf)
        except InputError as error:
            raise UnreadableFile(self._http.shown + path, str(error)) from error

    def _fetch(self, path: str, wanted: ArxivId, read: Callable[[bytes], bytes]) -> Fetched:
        url = self._http.shown + path
        data = self._http.ask(self._http.url + path, read)
        found = extract(data)
        stamp = found.stamp
        if stamp is not None and stamp.key != wanted.key:
            raise UnusableAnswer(f"{url} is the file of {stamp.key}")
        version = stamp.version if stamp is not None else None
        return Fetched(url, data, found, version or wanted.version)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()


def _html(data: bytes) -> bytes:
    if b"</html" not in data[-4096:].lower():
        raise UnusableAnswer("the page is cut short, or no HTML")
    return data


def _pdf(data: bytes) -> bytes:
    if b"%PDF-" not in data[:1024] or b"%%EOF" not in data[-4096:]:
        raise UnusableAnswer("the PDF is cut short, or none")
    return data
