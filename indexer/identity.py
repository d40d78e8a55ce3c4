"""Which paper a link, an id or a row is about: arXiv ids, DOIs and the archive's paper key.

Everything that knows what an identifier looks like belongs here. Where identifiers stand
on a page is the readers' business, and what happens to rows of one paper is the merge's.

arXiv has had two id schemes (https://info.arxiv.org/help/arxiv_identifier.html):

- since April 2007 `YYMM.NNNN`, with five digits after the dot since January 2015;
- before that `archive/YYMMNNN`, where a subject class may follow the archive
  (`math.GT/0309136`). The class is not part of the id: arXiv's own canonical form is
  `math/0309136`.

A version (`v2`) names one revision of a paper, not another paper, and is kept apart.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

from indexer.paper import Row

# Closed in April 2007, so this list cannot grow. It keeps "and/2509001" from being an id.
OLD_ARCHIVE = (
    r"(?:acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg"
    r"|comp-gas|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math|math-ph|mtrl-th|nlin"
    r"|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con)"
)
"""An archive that gave ids until 2007, some of which are categories still, as a pattern."""
# What stands before the id in a link to a paper, on arXiv and on the sites that mirror it.
_ARXIV_HEAD = (
    r"(?:arxiv\.org/(?:abs|pdf|html|format|src|e-print|ps|ftp/arxiv/papers/\d{4})/"
    r"|ar5iv(?:\.labs\.arxiv)?\.org/(?:(?:abs|html|pdf)/)?"
    r"|10\.48550/arxiv\.)"
)
_SITE_HEAD = (
    r"(?:alphaxiv\.org/(?:\w+/){0,2}|(?:huggingface\.co|hf\.co)/papers/"
    r"|(?:papers\.cool|hjfy\.top|scirate\.com|semanticscholar\.org)/arxiv/)"
)
_LINK_HEAD = rf"(?:{_ARXIV_HEAD}|{_SITE_HEAD})"
_ID = (
    r"(?:(?P<yymm>\d{4})\.(?P<number>\d{4,5})"
    rf"|(?P<archive>{OLD_ARCHIVE})(?:\.[a-z-]+)?/(?P<old>\d{{7}}))"
    r"(?:v(?P<version>[1-9]\d*))?(?![0-9a-z])"
)
_WHOLE = re.compile(
    rf"(?:(?:https?://)?(?:[\w-]+\.)*(?:doi\.org/)?{_LINK_HEAD}|arxiv:\s*)?{_ID}"
    r"(?:\.pdf)?(?:[/?#]\S*|\s*\[[\w. -]+\])?",
    re.IGNORECASE,
)
# Not `\b`: a Han character is a word character, and Chinese puts no space before a link.
_START = r"(?<![0-9A-Za-z-])"
_NAMED = re.compile(rf"{_START}(?:{_LINK_HEAD}|arxiv:\s*){_ID}", re.IGNORECASE)
# Sites about papers have other pages beside theirs: "papers/date/2025-09-29", "arxiv/cs.CV".
_PAPER_LINK = re.compile(
    rf"{_START}(?:{_ARXIV_HEAD}\w|{_SITE_HEAD}(?:\d{{4}}|{OLD_ARCHIVE}(?:\.[a-z-]+)?/))",
    re.IGNORECASE,
)
# Publishers put a SICI (ANSI/NISO Z39.56) into their DOIs until 2000 or so, angle brackets and all:
# 10.1175/1520-0469(1996)053<0951:COAP>2.0.CO;2. What follows the volume tells its papers apart.
_SICI_REST = r"<[^\s<>\"]*>\d\.\d\.[a-z]{2};\d(?:-[\w#])?"
_CUT_SICI = re.compile(r"\d{4}-\d{3}[\dx]\(\d{4,8}(?:/\d+)?\)\d+(?::\d+(?:/\d+)?)?$")
_DOI = re.compile(rf"{_START}10\.\d{{4,9}}/[^\s?#\"<>|]+(?:{_SICI_REST})?", re.IGNORECASE)
SPLIT = "split:"
"""Begins the id of a paper that people made of rows which name another one."""
# Servers that give every version of a preprint a DOI of its own, after the first one's.
_DOI_VERSION = re.compile(
    r"(?:(?<=^10\.21203/)(?P<square>rs\.\d+\.rs-\d+)/v\d+"
    r"|(?<=^10\.20944/)(?P<preprints>preprints\d+\.\d+)\.v\d+"
    r"|(?<=^10\.26434/)(?P<chem>chemrxiv-\S+?)-v\d+)$"
)
# Titles that many papers bear: alone they say nothing about which paper is meant.
_GENERIC = frozenset(
    """
    abstract acknowledgements acknowledgments announcement announcements appendix bibliography
    bookreview bookreviews comment commentary conclusion conclusions correction corrections
    correspondence corrigendum discussion editorial editorsnote editorialboard erratum errata
    foreword frontmatter inmemoriam index introduction keynote letter lettertotheeditor masthead
    news note obituary overview perspective posters preface proceedings references reply
    responsetoreviewers results retraction review rebuttal summary tableofcontents tba tbd test
    title titlepage tutorial unknown untitled welcome workshop
    摘要 引言 前言 导言 绪论 序言 序 社论 编者按 勘误 更正 目录 综述 简介 总结 结论 讨论 参考文献
    致谢 附录 评论 通知 无标题 未命名 标题 未知
    """.split()
)
# What publishers put behind the DOI in the address of a paper's page or file.
_PAGE_SUFFIX = re.compile(r"(?:\.pdf|/(?:full(?:text)?|abstract|e?pdf|html|meta))+$")
# bioRxiv and medRxiv put a version and a format behind the DOI in their addresses.
_PREPRINT_SUFFIX = re.compile(r"(?<=\d)v\d+(?:\.[a-z.+-]+)?$")
# Their feeds and oldest addresses leave out the DOI's prefix, which changed in December 2025
# (https://connect.biorxiv.org/news/2025/11/18/preprint_dois).
_PREPRINT = re.compile(
    r"(?:bio|med)rxiv\.org/cgi/content/(?:\w+/)?(?P<doi>(?P<month>\d{4}\.\d\d)\.\d\d\.\d+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ArxivId:
    """An arXiv paper: its canonical id without version, and the version if one was named."""

    key: str
    version: int | None = None


def parse_arxiv_id(text: str) -> ArxivId | None:
    """Return the paper that `text` names, if all of `text` is one id or one link to a paper.

    None for anything else, and for ids that arXiv cannot have given out, such as one from a
    thirteenth month or with a digit missing.
    """
    match = _WHOLE.fullmatch(text.strip())
    return _arxiv_id(match) if match else None


def looks_like_id(text: str) -> bool:
    """Tell whether all of a text has the form of an arXiv id, or of a link to one, that arXiv may
    never have given out: `9999.99999`.
    """
    return _WHOLE.fullmatch(text.strip()) is not None


def find_arxiv_ids(text: str) -> tuple[ArxivId, ...]:
    """Return every paper that running text links to or names as `arXiv:…`, in order, once each.

    Bare numbers are not taken: in running text `2504.1234` is as likely a measurement.
    """
    found = (_arxiv_id(match) for match in _NAMED.finditer(text))
    return tuple(dict.fromkeys(paper for paper in found if paper))


def links_to_arxiv(text: str) -> bool:
    """Tell whether the text holds something that means to link to an arXiv paper.

    A link with an impossible id counts: whoever wrote it meant a paper.
    """
    return _PAPER_LINK.search(text) is not None


def arxiv_month(arxiv_id: str) -> str | None:
    """Return the month (YYYY-MM) that an arXiv id states; None if it is not an arXiv id."""
    paper = parse_arxiv_id(arxiv_id)
    if paper is None:
        return None
    digits = paper.key.rpartition("/")[2]
    year = int(digits[:2])
    century = 1900 if "/" in paper.key and year > 90 else 2000
    return f"{century + year}-{digits[2:4]}"


def find_doi(text: str) -> str | None:
    """Return the first DOI in a text, lowercased, without version or file endings.

    None where it is cut off behind a journal's volume, since all papers in it would have that one.
    """
    if preprint := _PREPRINT.search(text):
        prefix = "10.1101" if preprint["month"] < "2025.12" else "10.64898"
        return f"{prefix}/{preprint['doi']}"
    match = _DOI.search(unquote(text))
    if match is None:
        return None
    doi = match[0].lower().rstrip(".,;:'")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:'")
    doi = doi.rstrip("/")
    if "doi.org/" not in text.lower():
        doi = _PAGE_SUFFIX.sub("", doi)
    if re.search(r"(?:bio|med)rxiv\.org/", text, re.IGNORECASE):
        doi = _PREPRINT_SUFFIX.sub("", doi)
    return None if _CUT_SICI.search(doi) else doi


def doi_link(doi: str) -> str:
    """Return the address that a DOI resolves at."""
    return "https://doi.org/" + quote(doi, safe="/:;()[]!$&'*+,=@")


def paper_key(row: Row) -> str:
    """Return the archive's key for the paper a row is about; equal keys mean one paper.

    The arXiv id where there is one, else `doi:10.…`, else `title:` and a digest of the
    title that spelling, spacing and punctuation do not change. A title that many papers bear
    counts only together with the row's link, authors or texts.
    """
    for text in (row.arxiv_id, row.url):
        if text and (key := named_key(text)):
            return key
    # A title of nothing but punctuation says nothing; such papers must not fall together.
    essence = bare_title(row.title) or row.url or row.title
    if is_generic(row.title):
        texts = "\n".join(sorted(text.text for text in row.texts))
        essence += "\n" + (row.url or "\n".join(sorted(row.authors)) or texts)
    return "title:" + hashlib.sha256(essence.encode()).hexdigest()[:16]


def named_key(text: str) -> str | None:
    """Return the key of the paper that an id, a DOI or a link to a paper names, if it is one.

    A DOI that arXiv gave is an arXiv id; of preprints whose versions have DOIs of their own
    all versions are one paper.
    """
    if paper := parse_arxiv_id(text):
        return paper.key
    if (doi := find_doi(text)) is None:
        return None
    if paper := parse_arxiv_id(doi):
        return paper.key
    return "doi:" + _DOI_VERSION.sub(lambda found: found[found.lastgroup or 0], doi)


def is_generic(title: str) -> bool:
    """Tell whether so many papers bear a title that it says nothing about which one is meant."""
    return bare_title(title) in _GENERIC


def _arxiv_id(match: re.Match[str]) -> ArxivId | None:
    version = int(match["version"]) if match["version"] else None
    if match["old"]:
        yymm, number = match["old"][:4], match["old"][4:]
        # The old scheme ran from August 1991 to March 2007.
        key = f"{match['archive'].lower()}/{match['old']}"
        possible = yymm >= "9108" or yymm <= "0703"
    else:
        yymm, number = match["yymm"], match["number"]
        key = f"{yymm}.{number}"
        possible = yymm >= "0704" and len(number) == (4 if yymm < "1501" else 5)
    if not possible or not "01" <= yymm[2:] <= "12" or int(number) == 0:
        return None
    return ArxivId(key, version)


def bare_title(title: str) -> str:
    """Return a title without case, spacing and punctuation, to compare."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "".join(
        char for char in folded if unicodedata.category(char)[0] != "P" and not char.isspace()
    )
