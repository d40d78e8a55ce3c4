"""Whether a percentage is an accuracy (90% accuracy, 准确率为90%) or a share of one (90% of the
accuracy of BERT, BERT准确率的90%).

Much may be either: N%的准确率, "retains 90% accuracy", and even "90% of accuracy" is written for
both. Told apart is only what a text gives as the accuracy, and what it gives as a share of one
that it names.
"""

from __future__ import annotations

import re

_MEASURE = r"(?:accuracy|precision|recall|auroc|auc|f1(?:[\s-]scores?)?|success rates?)"
_OTHER = (
    r"(?:original|full|baseline|base|teacher|dense|human|oracle|supervised|unpruned|upper.bound"
    r"|uncompressed|peak|best|optimal)"
)
_ALL = rf"(?:{_MEASURE}|performance|quality|throughput|scores?)"
_SHARE = re.compile(
    rf"\s?of\s(?:the\s)?(?:{_ALL}\s(?:of|that)\b|[^\s,.;:()]+['’]s?\s(?:[\w-]+\s)?{_ALL}\b"
    rf"|(?:its\s|their\s)?{_OTHER}\b[\w'’-]*\s(?:[\w-]+\s)?{_ALL}\b)",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\s(?:(?:overall|average|mean|test|validation|classification|detection|top-?\s?\d)\s)?"
    rf"{_MEASURE}(?=\s(?:on|in|at|for|with|and|over)\b|[,.;)]|\s?$)",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:retain|recover|preserv|maintain|keep|kept|restor|captur|match|of|by|within|drop|los"
    r"|improv|increas|reduc|gain|than|to)\w*\b[^,.;:]{0,20}$",
    re.IGNORECASE,
)
_RATE_BEFORE = re.compile(
    rf"(?P<change>\bin\s(?:[\w-]+\s)?)?\b{_MEASURE}\s(?:of|is|was|reache[sd])\s?$", re.IGNORECASE
)
_OF = re.compile(r"(?:\s?(?:-|–|to|and)\s?[\d.]+\s?%)?\s?of\b")
_HAN_MEASURE = "(?:准确率|精确率|召回率|成功率|精度)"
_HAN_SHARE = re.compile(rf"(?:{_HAN_MEASURE}|性能|质量|水平)的(?:约|近|超过|至少)?\s?$")
_HAN_RATE = re.compile(rf"{_HAN_MEASURE}(?:为|是|达到?了?|高达|约为)\s?$")
_HAN_GOES_ON = re.compile(r"\s?[的至到~～–-]")


def share(percentage: re.Match[str]) -> str:
    """How the percentage that was found is meant: "share", "rate", or "" where it may be both."""
    text, behind = percentage.string, percentage.end()
    before = text[max(0, percentage.start() - 40) : percentage.start()]
    if _SHARE.match(text, behind) or _HAN_SHARE.search(before):
        return "share"
    said = _RATE_BEFORE.search(before)
    if said and not said["change"] and not _OF.match(text, behind):
        return "rate"
    if _HAN_RATE.search(before) and not _HAN_GOES_ON.match(text, behind):
        return "rate"
    return "rate" if _RATE.match(text, behind) and not _CHANGED.search(before) else ""
