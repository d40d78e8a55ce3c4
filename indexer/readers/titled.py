"""Parts a line of free form into the paper's title, its links, and what else it says.

"1. 🔥 **[A title](https://arxiv.org/abs/…)** — Ann A", "**A title** [PDF](…) | [Code](…)" and
"### A title" all begin an entry. What may stand around titles and links is known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.identity import ArxivId, find_arxiv_ids, find_doi, parse_arxiv_id
from indexer.readers.markup import find_urls

_MARKER = re.compile(
    r"^\s*(?:(?:[*+-]|#{1,6}|>)\s+|[*_]{1,3}(?=\S)|!\[[^\]]*\]\([^)]*\)|[^\w\s\[<*_(《“\"'「$\\#>+-]+"
    r"|\d{1,3}(?:\.\d{1,3})+\s+(?=[\[*])|\d{1,3}[.)、:：]\s*(?=\D)|\[\d{1,3}\](?!\()\s*|#\d{1,3}\b|No\.\s*\d+[.:]?)"
)
_LINK = re.compile(
    r"\[(?P<words>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]"
    r"\(\s*<?(?P<url>https?://(?:[^\s()<>]|\([^\s()<>]*\))+)>?\)"
)
_BESIDE = re.compile(rf"[\s,，;|·/:：—–-]*+(?P<bracket>[(（\[])?\s*+{_LINK.pattern}[\s)）\]]*")
_BARE = re.compile(r"<?https?://\S+")
_LINK_NAME = re.compile(
    r"[\W_]*+(?:(?:arxiv|pdf|abs|abstract|html|links?|url|code|github|paper|page|project|homepage"
    r"|website|demo|video|hugging ?face|hf|dataset|data|models?|slides|doi|source|bibtex|alphaxiv"
    r"|full|text|read|more|on|here|the|kimi|链接|论文|原文|代码|项目|主页|下载|阅读|数据|演示|\d[\d.v]*+)[\W_]*+)*",
    re.IGNORECASE,
)
_JOINTS = " \t-—–|·•:：,，;(（[{<~"
_BEFORE_TEXT = " \t-—–|·•:：,，;.。~"
_BOLD_FIRST = re.compile(r"(?P<title>\*\*.+?\*\*)(?P<rest>.*)")
# "**Oral** [A title](…)": what stands before a title's link is short, and marked.
_MARK_BEFORE = re.compile(r"\W*|[\w ]{1,20}(?:\*\*|`|\]|[:：])\W*")
_CODE = re.compile(r"\b(?:code|github|gitlab|repo)\b|代码", re.IGNORECASE)
_CODE_HOST = re.compile(r"//(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Titled:
    """A title, linked as `[title](url)` if it is; its first link; and the rest of the line.

    `links` are those right behind the title, as in "([paper](…), [code](…))".
    """

    title: str
    url: str | None
    rest: str
    links: tuple[NamedLink, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedLink:
    """A link and the words on it, or none if it is bare."""

    words: str
    url: str

    @property
    def is_bare(self) -> bool:
        """Whether its words only say that it is a link: "PDF", "论文链接"."""
        return _LINK_NAME.fullmatch(self.words) is not None

    @property
    def is_code(self) -> bool:
        """Whether it leads to code, by its words or its address."""
        return _CODE.search(self.words) is not None or _CODE_HOST.search(self.url) is not None


def papers(text: str) -> set[str]:
    """The keys of the papers that a text names, by arXiv id or else by DOI."""
    found = {paper.key for paper in find_arxiv_ids(text)}
    if found or "10." not in text:
        return found
    return {doi for piece in (find_urls(text) or [text]) if (doi := find_doi(piece))}


def named_paper(text: str) -> ArxivId | None:
    """The one arXiv paper that is named behind a label, by its link, as `arXiv:…` or first."""
    found = find_arxiv_ids(text)
    if found:
        return found[0] if len(found) == 1 else None
    return parse_arxiv_id(text.partition(" ")[0])


def read_title(line: str) -> Titled:
    """Part a line that begins an entry; all of it is the title if no link on it is the title's.

    A link is the title's if it is the first thing said, or if it bears no words of its own.
    """
    text, opened = line.strip(), ""
    while marker := _MARKER.match(text):
        opened += marker[0]
        text = text[marker.end() :]
    link = _LINK.search(text)
    own = link is None or NamedLink(link["words"], link["url"]).is_bare
    if link and not own and _MARK_BEFORE.fullmatch(before := text[: link.start()]):
        behind = text[link.end() :].lstrip("*_")
        return _titled(link[0], link["url"], behind, before.strip(_JOINTS + "*_"))
    bare = (link or _BARE.search(text)) if own else None
    url = find_urls(bare[0])[0] if bare else None
    if opened.count("**") % 2 and (bold := _BOLD_FIRST.match(f"**{text}")):
        return _titled(bold["title"], url, bold["rest"])
    if bare is None or url is None:
        return Titled(text, None, "")
    return _titled(text[: bare.start()].rstrip(_JOINTS), url, text[bare.start() :])


def _titled(title: str, url: str | None, rest: str, before: str = "") -> Titled:
    """Take the links off that stand behind a title, in brackets or with names of links."""
    links = []
    while beside := _BESIDE.match(rest):
        link = NamedLink(beside["words"], beside["url"])
        if not (link.is_bare or beside["bracket"]):
            break
        links.append(link)
        rest = rest[beside.end() :]
    rest = rest.lstrip(_BEFORE_TEXT).rstrip(_JOINTS)
    return Titled(title, url, f"{before} {rest}".strip(), tuple(links))


def beside_links(text: str) -> str:
    """What a text says beside its links: those that say nothing but that they are links go."""

    def words(link: re.Match[str]) -> str:
        named = NamedLink(link["words"], link["url"])
        return " " if named.is_bare else named.words

    return _BARE.sub(" ", _LINK.sub(words, text)).lstrip(_BEFORE_TEXT).rstrip()


def only_links(text: str) -> list[NamedLink]:
    """The links of a text that says nothing else; none if it does, or holds no link."""
    links = [NamedLink(found["words"], found["url"]) for found in _LINK.finditer(text)]
    rest = _LINK.sub(" ", text)
    links += [NamedLink("", url) for url in find_urls(rest)]
    return links if _LINK_NAME.fullmatch(_BARE.sub(" ", rest)) else []
