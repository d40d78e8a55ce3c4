"""Which lines of a paper are headings, and which sections are kept out of the passages.

Knows words and numbers alone; how a line is printed is told by whoever found it.
"""

from __future__ import annotations

import re
import unicodedata

MAX_HEADING = 100
"""Characters; what is longer is a sentence in bold."""
_LETTERS = 2
_NUMBER = (
    r"(?:(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3}\.?(?=\s)|\d{1,2}\.(?=[A-Z])|[IVX]{1,5}\.(?=\s)"
    r"|第[一二三四五六七八九十]+[章节]|[一二三四五六七八九十]{1,3}、)"
)
_NUMBERED = re.compile(rf"{_NUMBER}\s*(?P<name>\S.*\S)")
_KNOWN = frozenset(
    """
    abstract introduction background relatedwork relatedworks preliminaries method methods
    methodology approach model experiments experiment experimentalsetup experimentalresults
    evaluation results resultsanddiscussion discussion analysis limitations conclusion conclusions
    conclusionanddiscussion conclusionandfuturework discussionandconclusion futurework
    acknowledgement acknowledgements acknowledgment acknowledgments
    ethicsstatement broaderimpact impactstatement reproducibilitystatement dataavailability
    dataavailabilitystatement authorcontributions paperchecklist neuripspaperchecklist
    摘要 引言 绪论 前言 相关工作 背景 方法 实验 实验结果 结果 讨论 分析 结论 总结 致谢
    """.split()
)
_REFERENCES = frozenset(
    """
    references reference referencelist referencescited referencesandnotes bibliography
    literaturecited workscited 参考文献 主要参考文献 参考资料 引用文献
    """.split()
)
_ABSTRACT = {"abstract", "摘要"}
_ANY_PRINT = _REFERENCES | _ABSTRACT
"""Often printed smaller than the text; whether one begins a list is told by what follows it."""
_LISTED = re.compile(
    r"[\[［【]\s*\w[^\]］】]{0,40}[\]］】]|[(（]?1(?:[)）]|\.(?!\d)|\s*[^\W\d])"
    r"|[^\W\d][\w'’ -]{0,30},\s+[A-Z]\.|(?:[A-Z]\.[\s-]*)+[A-Z][\w'’-]+(?:,|\s+and\s)"
)
"""A mark, as "[1]" or "1.", or a name, as "Nobody, A." or "A. Nobody,"."""
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_ENTRY, _NAME = 400, 35
"""Characters of an entry in a list of references, and of a name in it, at most, on average."""
_APPENDIX = re.compile(r"(?:appendi(?:x|ces)|supplement|supporting|附录)", re.IGNORECASE)
_LETTERED = re.compile(r"[A-Z](?:\.\d+)*\.?\s+\S")
_INITIAL = re.compile(r"[A-HJ-UW-Z]\.?[\sA-Z]")
_CAPTION = re.compile(r"(?:table|tab\.|figure|fig\.|algorithm|listing|图|表)\s*\d", re.IGNORECASE)
_RUN_IN = re.compile(r"(abstract|摘\s*要)\s*[—–:：.-]\s*(?=\S)", re.IGNORECASE)


def is_heading(
    line: str, *, larger: bool, bold: bool, begun: bool = True, smaller: bool = False
) -> bool:
    """Whether a line that is printed so is a heading.

    Where no section has `begun`, only one that is numbered or has a known name begins one.
    """
    text = line.strip()
    if _CAPTION.match(text) or ". . ." in text or "...." in text:
        return False  # captions, and the lines of a table of contents
    if not text or len(text) > MAX_HEADING or text[-1] in ".,;:，；。":
        return False
    if sum(char.isalpha() for char in text) < _LETTERS:
        return False
    if (bare := _bare(text)) in _KNOWN | _REFERENCES:
        # In small print it is a word in a picture: "Model", "Results".
        return bare in _ANY_PRINT or bold or not smaller
    found = _NUMBERED.fullmatch(text)
    if found and _bare(found["name"]) in _KNOWN | _REFERENCES:
        return True
    if found and not begun and _INITIAL.match(text):
        return False
    if found and (larger or bold or found["name"].isupper()):
        # A row of figures in bold begins with a number, too.
        name: str = found["name"]
        return sum(char.isalpha() for char in name) > len(name) / 2
    return (
        begun and larger and text[0].isalpha() and not text[0].islower() and len(text.split()) <= 12
    )


def is_abstract(paragraph: str, *, heading: bool) -> bool:
    """Whether the abstract begins with this paragraph or after this heading."""
    return _bare(paragraph) in _ABSTRACT if heading else run_in(paragraph) is not None


def is_references(heading: str) -> bool:
    """Whether a section lists the papers that are cited."""
    found = _NUMBERED.fullmatch(heading.strip())
    return not _REFERENCES.isdisjoint((_bare(heading), _bare(found["name"]) if found else ""))


def looks_listed(text: str) -> bool:
    """Whether this, which follows a heading, is a list of references: it begins as one, or
    has many years, or many names between commas.
    """
    beginning = text[:1500]
    years, commas = len(_YEAR.findall(beginning)), beginning.count(",")
    dense = years > len(beginning) / _ENTRY or commas > len(beginning) / _NAME
    return dense or _LISTED.match(beginning) is not None


def follows_references(heading: str) -> bool:
    """Whether a heading begins an appendix: between references much is printed in bold."""
    bare = heading.strip()
    return bool(_APPENDIX.match(bare) or _LETTERED.match(bare)) or _bare(bare) in _KNOWN


def run_in(line: str) -> tuple[str, str] | None:
    """A heading that the text follows on the same line ("Abstract—We …"), and that text."""
    found = _RUN_IN.match(line)
    return (found[1], line[found.end() :]) if found else None


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalpha())
