"""An OAI-PMH repository: one request, and what its answer says as plain JSON.

The `oaipmh_scythe` package speaks the protocol: answers, errors, headers and resumption
tokens (https://www.openarchives.org/OAI/openarchivesprotocol.html). It would take half a page
for a whole one and sleep by itself, so pages are checked before it sees them, what can be mended
of them is (`indexer.sources.xml_text`), and `PoliteClient` does the asking. Lists of several pages
belong to `indexer.sources.resumption`.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

import httpx
import httpx2
from lxml import etree
from oaipmh_scythe import OAIResponse, Scythe
from oaipmh_scythe.iterator import OAIResponseIterator
from oaipmh_scythe.models import Header

from embeddings.errors import SourceError, UnusableAnswer
from indexer.sources.base import Record
from indexer.sources.politeness import PoliteClient
from indexer.sources.xml_text import parse

Query = dict[str, str]

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_LINES = frozenset(("p", "br", "div", "li", "sec", "title"))


class Repository(Scythe):
    """The package's client with polite, checked requests."""

    def __init__(self, http: PoliteClient) -> None:
        super().__init__(http.url)
        self._http = http

    def harvest(self, query: Query) -> OAIResponse:
        """One answer. Raises `SourceError`, or the protocol's error as `OAIPMHException`."""
        read = partial(_read, query)
        try:
            return self._http.ask(f"{self._http.asking}{urlencode(query)}", read)
        except SourceError as error:
            # Some say the protocol's errors with an HTTP status beside them.
            if isinstance(error.__cause__, httpx.HTTPStatusError):
                with suppress(UnusableAnswer):
                    read(error.__cause__.response.content)
            raise

    def page(self, query: Query) -> dict[str, Any]:
        """A page of a list: its `items`, the `token` of the next page and the stated `size`.

        Items are records, or the names of sets. Raises as `harvest` does.
        """
        pages = OAIResponseIterator(self, query)
        assert pages.oai_response is not None  # of the first request, which has just been made
        tree = pages.oai_response.xml
        token = pages.resumption_token
        size = (token.complete_list_size or "") if token else ""
        if query["verb"] == "ListSets":
            items = [each.text or "" for each in tree.iter(f"{_OAI}setSpec")]
        else:
            items = [_record(each) for each in tree.iterfind(f"{_OAI}ListRecords/{_OAI}record")]
        return {
            "items": items,
            "token": (token.token or "").strip() or None if token else None,
            "size": int(size) if size.isdecimal() else None,
        }


class _Answer(OAIResponse):
    """The package's answer, read whole: the package's own parser ends without a word at a text or
    a nesting beyond its limits, and leaves out entities that the page itself declares.
    """

    @cached_property
    def xml(self) -> Any:
        """The root. Raises `UnusableAnswer`."""
        parser = etree.XMLParser(remove_blank_text=True, recover=True)
        root = etree.XML(self.http_response.content, parser=parser)
        for each in parser.error_log:
            if each.level == etree.ErrorLevels.FATAL:
                raise UnusableAnswer(f"the answer cannot be read to its end ({each.message})")
        return root


def _read(query: Query, content: bytes) -> OAIResponse:
    """Raises `UnusableAnswer` unless the answer is whole, else the error that it states."""
    root, content = parse(content)
    if root.tag != f"{_OAI}OAI-PMH":
        raise UnusableAnswer(
            f"the answer is no OAI-PMH but <{_bare(root.tag)}>; is ARCHIVE_OAI_URL right?"
        )
    answer = _Answer(httpx2.Response(200, content=content), params=query)
    answer.raise_for_oaipmh_error()
    if root.find(f"{_OAI}{query['verb']}") is None:
        raise UnusableAnswer(f"the answer holds no {query['verb']}")
    return answer


def _record(element: Any) -> Record:
    """A record as it came; what is wrong with it is for its reader to say."""
    record: Record = {}
    if (found := element.find(f"{_OAI}header")) is not None:
        header = Header(found)
        record = {
            "identifier": header.identifier,
            "datestamp": header.datestamp,
            "sets": header.setSpecs,
        }
        if header.deleted:
            return record | {"deleted": True}
    for container in element.iterfind(f"{_OAI}metadata/*"):
        record |= {"format": _bare(container.tag), "metadata": _children(container)}
    return record


def _children(element: Any) -> dict[str, Any]:
    """What is in an element, by name; a value is a text, or a dict of what is in it."""
    found: dict[str, Any] = {}
    flat = _bare(element.tag) == "dc"  # Dublin Core has texts alone: what is in them is markup
    for child in element.iterchildren("*"):  # no comments
        value = (None if flat else _children(child)) or _text(child)
        if isinstance(value, dict) and _mixed(child):
            value["#"] = _text(child)  # markup in a text
        if child.attrib:
            named = value if isinstance(value, dict) else {"#": value}
            value = {f"@{_bare(name)}": said for name, said in child.attrib.items()} | named
        found.setdefault(_bare(child.tag), []).append(value)
    return found


def _mixed(element: Any) -> bool:
    """Whether an element has words of its own beside, before or after what is in it."""
    said = (element.text, *(child.tail for child in element))
    return any(each.strip() for each in said if each)


def _text(element: Any) -> str:
    """All words in an element; lines of their own where markup makes them so."""
    words = element.text or ""
    for child in element:
        if isinstance(child.tag, str):  # no comment
            apart = "\n" if _bare(child.tag).lower() in _LINES else ""
            words += apart + _text(child) + apart
        words += child.tail or ""
    return words


def _bare(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]
