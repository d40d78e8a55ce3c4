"""A feed of papers, as Atom or RSS.

Ids are stable: a paper keeps its own in every feed, so that a reader shows it once. Which
papers are in a feed is `channels`' to say. The XML is written by `feedgenerator`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Literal

from indexer.arrivals import Arrival
from indexer.paper import Paper

Format = Literal["atom", "rss"]
MEDIA_TYPES: dict[Format, str] = {"atom": "application/atom+xml", "rss": "application/rss+xml"}
_HOME = "https://arxiv.org/"
# Atom wants a date of every entry; a paper without any must not look new.
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
# What XML 1.0 cannot hold, however it is escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed is of: a title, a key that no other channel of the archive has, and papers,
    newest first.
    """

    title: str
    key: str
    papers: tuple[Arrival, ...]


def render(channel: Channel, form: Format, *, address: str | None = None) -> str:
    """The feed as XML, to be written in UTF-8; `address` is where it will be found."""
    import feedgenerator  # no search needs it

    kind = feedgenerator.Atom1Feed if form == "atom" else feedgenerator.Rss201rev2Feed
    title = _clean(channel.title)
    feed = kind(
        title=f"Paper Archive: {title}",
        link=_HOME,
        description=f"Papers from daily digests: {title}",
        author_name="Paper Archive",
        feed_url=address,
        feed_guid=_urn(channel.key),
    )
    for arrival in channel.papers:
        paper = arrival.paper
        on_arxiv = paper.arxiv_id is not None
        feed.add_item(
            title=_clean(paper.title),
            link=_link(paper),
            description=_clean("\n".join(_paragraphs(paper))),
            author_name=_clean(", ".join(paper.authors)) or None,
            pubdate=_time(paper.date),
            updateddate=_time(arrival.day) or _UNDATED,
            unique_id=_arxiv(paper) if on_arxiv else _urn(f"paper {paper.paper_id}"),
            unique_id_is_permalink=on_arxiv,
            categories=[_clean(each) for each in (*paper.topics, *paper.categories)],
        )
    written: str = feed.writeString("utf-8")
    return written


def _paragraphs(paper: Paper) -> Iterator[str]:
    """What is told of a paper, in every language, as HTML."""
    for title in paper.titles:
        if title.text != paper.title:
            yield f'<p lang="{title.language}"><b>{escape(title.text)}</b></p>'
    for text in paper.texts:
        by = f" ({escape(model)})" if (model := paper.written_by(text)) else ""
        yield f'<p lang="{text.language}"><i>{text.kind}{by}</i> {escape(text.text)}</p>'
    for url in paper.code_urls:
        if _is_safe(url):
            yield f'<p><a href="{escape(url)}">{escape(url)}</a></p>'


def _time(day: str | None) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


def _link(paper: Paper) -> str:
    if paper.url and _is_safe(paper.url):
        return _clean(paper.url)
    return _arxiv(paper) if paper.arxiv_id else _HOME


def _is_safe(url: str) -> bool:
    """Whether a link leads to a page; others may command a reader."""
    return url.lower().startswith(("http://", "https://"))


def _arxiv(paper: Paper) -> str:
    return f"https://arxiv.org/abs/{paper.arxiv_id}"


def _urn(key: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"paper-archive {key}").urn


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)
