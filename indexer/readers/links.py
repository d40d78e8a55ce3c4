"""Reads the titled link to a paper, among the badges, marks and further links around it.

Where a title stands is the readers' business. As in all of `markup`, what comes out is as it
went in but for markup, and what is not the title becomes a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.identity import links_to_arxiv, parse_arxiv_id
from indexer.readers.markup import (
    BREAK,
    EntryError,
    clean,
    clean_title,
    squeeze,
    unbold,
    unescape,
)

# A URL in a Markdown link: balanced brackets belong to it, a lone ")" ends it.
_URL = r"https?://(?:[^\s()<>|\]]|\([^\s()<>|]*\))+"
# A bracket that leads to no link goes on to the end, so that one pass finds every link.
_LINK = re.compile(rf"(?:\*\*)?\[(?P<title>(?:(?!\]\().)*)(?:$|\]\((?:\s*<?(?P<url>{_URL})>?\)?)?)")
_BROKEN_LINK = re.compile(rf"\[?(?P<title>.+?)\]?\s*\(?\s*<?(?P<url>{_URL})>?\)?")
_NESTED_LINK = re.compile(
    rf"(?P<before>\[[^\[\]]*)(?P<inner>\[(?P<words>[^\[\]]*)\]\({_URL}\))"
    r"(?P<after>[^\[\]]*\]\(\s*<?https?://)"
)
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)|<img\b[^<>]*>", re.IGNORECASE)
_HTML_LINK = re.compile(
    r"<a\b[^<>]*\bhref\s*=\s*[\"']?(?P<url>https?://[^\s\"'<>]+)[^<>]*>"
    r"(?P<words>(?:(?!</?a\b).)*)</a\s*>",
    re.IGNORECASE | re.DOTALL,
)
_AROUND = " *~-–—:|(["
"""What stands between words and the link behind them."""
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Link:
    """A titled link to a paper, with the arXiv id and version if it goes to arXiv."""

    title: str
    url: str
    arxiv_id: str | None
    version: int | None
    notes: tuple[str, ...] = ()
    """What the text says around the link."""


def read_link(text: str) -> Link:
    """Read the linked title in a cell or heading, whichever of the link's brackets are missing.

    Of several links the first to arXiv counts. Where more is said before it than on it, that is
    the title: marks ("Oral") are short, and so are the names of links ("pdf").
    """
    text, inner = _unnest(squeeze(plain_links(text)))
    links = [found for found in _LINK.finditer(text) if found["url"]]
    to_arxiv = [found for found in links if links_to_arxiv(found["url"])]
    match: re.Match[str] | None = next(iter(to_arxiv or links), None)
    if match is None or not _whole(match, text):
        links, match = [], _BROKEN_LINK.match(text)
    if match is None:
        raise EntryError("no link in the title")
    before, title = text[: match.start()], clean_title(match["title"])
    linked = bool(links) and links[0] is not match
    stated = clean_title(links[0]["title"] if linked else unbold(before).strip(_AROUND))
    if len(_LETTER.findall(stated)) > len(_LETTER.findall(title)):
        before, title = (before + title if linked else title), stated
    if not re.search(r"\w", title):
        raise EntryError("the title is empty")
    url = unescape(match["url"])
    arxiv_id, version = read_paper_url(url)
    rest = clean(BREAK.sub(" ", text[match.end() :]))
    notes = [note for note in (clean(unbold(before)), *inner) if _LETTER.search(note)]
    notes += [rest] if re.search(r"\w", rest) else []
    if arxiv_id is None and any(map(links_to_arxiv, notes)):
        raise EntryError(f"the title links to {url}, and an arXiv paper stands beside that")
    return Link(title, url, arxiv_id, version, tuple(notes))


def read_paper_url(url: str) -> tuple[str | None, int | None]:
    """Return the arXiv id and version a link goes to; no id if it goes elsewhere."""
    paper = parse_arxiv_id(url)
    if paper is None and links_to_arxiv(url):
        raise EntryError(f"{url} holds no valid arXiv id")
    return (paper.key, paper.version) if paper else (None, None)


def plain_links(text: str) -> str:
    """Leave out images, such as badges, and write HTML's links as Markdown does."""
    text = _IMAGE.sub(lambda image: image[0] if links_to_arxiv(image[0]) else "", text)
    return _HTML_LINK.sub(lambda link: f"[{link['words']}]({link['url']})", text)


def _unnest(text: str) -> tuple[str, list[str]]:
    """Links within a link's title as their words alone, and these links."""
    inner = [clean(found["inner"]) for found in _NESTED_LINK.finditer(text)]
    return _NESTED_LINK.sub(r"\g<before>\g<words>\g<after>", text), inner


def _whole(link: re.Match[str], text: str) -> bool:
    """Whether a link's first bracket is its own, and not one of a title that lacks its first."""
    title = link["title"]
    return not text[: link.start()].strip(_AROUND) or title.count("[") == title.count("]")
